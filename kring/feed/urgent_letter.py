"""The mail of an urgent message: it must arrive, and it says as little as every other."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.feed import confirming
from kring.feed.models import Post
from kring.notifications.letters import Letter

# How mail programs mark what should be seen first (RFC 2156; X-Priority is what Outlook reads).
IMPORTANT = {"Importance": "high", "Priority": "urgent", "X-Priority": "1"}


def urgent_letter(post: Post, person: User) -> Letter:
    """Where to read it, and a way to say so without signing in; nobody stops these by a click.

    What it says stays out of the mail. Who reads it in Kring, or presses the button, is not called.
    """
    return Letter(
        school_id=post.school_id,
        sender=post.school.name,
        subject=_("Urgent message from %(school)s") % {"school": post.school.name},
        text=_(
            "There is an urgent message for you on Kring. Read it as soon as you can. What it says"
            " is not in this mail: that stays between you and the school."
        ),
        action=_("Read the message"),
        path=reverse("feed:post", args=[post.pk]),
        template="mail/urgent",
        context={"confirm_path": confirming.path_of(person.pk, post.card_id)},
        headers=IMPORTANT,
    )
