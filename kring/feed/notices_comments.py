"""Who is told of comments, and that nobody is flooded by them.

The writer of a message is told over the ways that she chose, within her working hours: once per
message until she looked, however many comments come. Who commented before is told when the staff
answers, in the app only: a parent who asked something finds the answer, and no telephone rings for
the thanks of fifteen others. A broadcast is one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.accounts.models import User
from kring.audiences.recipients import recipients_of
from kring.base.visibility import Viewer, rule_of
from kring.events.handlers import on
from kring.events.models import Event
from kring.feed.models import Comment, Post
from kring.feed.notices_lines import begin_of, posts_of
from kring.notifications.kinds import Kind, offered
from kring.notifications.letters import Letter, Line, letter, lines, who_may_know
from kring.notifications.models import Notification
from kring.notifications.standing import standing
from kring.notifications.telling import notify

VERB = "comment.said"

offered.add(Kind.COMMENTS)

# Ids say when a comment came (UUIDv7): those from the one on that was told of.
standing(
    VERB,
    stands="""EXISTS (
        SELECT FROM feed_post post JOIN feed_comment comment ON comment.post_id = post.id
        WHERE post.card_id = note.about_id AND post.withdrawn_at IS NULL AND {post}
            AND comment.id >= note.subject_id AND comment.author_id <> note.person_id
            AND comment.hidden_at IS NULL AND {comment} OFFSET 0)""",
    post=Post,
    comment=Comment,
)


@on(VERB)
def tell_of_a_comment(event: Event) -> None:
    """The writer of the message; and who asked something, when the staff answers."""
    found = Comment.objects.filter(pk=event.subject_id, hidden_at=None, post__withdrawn_at=None)
    comment = found.select_related("post").first()
    if comment is None:
        return
    post = comment.post
    to = recipients_of(comment).exclude(pk__in=_who_looked_since(comment))
    told = {"about_id": post.card_id, "kind": Kind.COMMENTS}
    notify(event, to=to.filter(pk=post.author_id), **told)
    if _is_of_staff(comment):
        before = Comment.objects.filter(post__card_id=post.card_id, pk__lt=comment.pk)
        notify(event, to=to.filter(pk__in=before.values("author")), **told, quietly=True)


def _who_looked_since(comment: Comment) -> QuerySet[Notification, UUID]:
    """Those who were told of the comments of this message, and read them with this one."""
    told = Notification.objects.filter(verb=VERB, about_id=comment.post.card_id)
    return told.filter(read_at__gte=comment.created_at).values_list("person", flat=True)


def _is_of_staff(comment: Comment) -> bool:
    staff = rule_of(Post, "staff").people(comment.post)
    author: QuerySet[User] = User.objects.filter(staff, pk=comment.author_id)
    return author.exists()


@who_may_know(VERB)
def who_still_may_know(notification: Notification) -> QuerySet[User]:
    """Whoever did not read them in the meantime, while one of the comments stands."""
    cards = Comment.objects.filter(post__card_id=notification.about_id, hidden_at=None)
    standing_one = cards.filter(pk__gte=notification.subject_id, post__withdrawn_at=None).first()
    if standing_one is None:
        nobody: QuerySet[User] = User.objects.none()
        return nobody
    unread = Notification.objects.filter(verb=VERB, about_id=notification.about_id, read_at=None)
    still: QuerySet[User] = recipients_of(standing_one).filter(pk__in=unread.values("person"))
    return still


@letter(VERB)
def say_that_there_are_comments(
    notification: Notification,
    person: User,  # noqa: ARG001
    viewer: Viewer,
) -> Letter | None:
    """To the writer; nothing once she read them."""
    line = say_how_many([notification], viewer).get(notification.pk)
    if notification.read_at or line is None:
        return None
    post = posts_of([notification], viewer)[notification.pk]
    return Letter(
        school_id=post.school_id,
        sender=post.school.name,
        subject=_("New comments on your message"),
        text=_(
            "Somebody commented on your message. What it says is not in this mail. Until you"
            " have looked, you get no more mails about this message."
        ),
        action=_("Read the comments"),
        path=line.path,
        stops=Kind.COMMENTS,
    )


class Talk(NamedTuple):
    """What was said under a message since one was told."""

    many: int
    last: str  # who said the last of it


@lines(VERB)
def say_how_many(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """How many comments stand, and under which message."""
    posts, talks = posts_of(told, viewer), _talks(told, viewer)
    return {
        one.pk: Line(
            title=_title(posts[one.pk], talks[one.pk], viewer),
            said=begin_of(posts[one.pk]),
            path=reverse("feed:post", args=[posts[one.pk].pk]) + "#comments",
            icon="message-circle",
        )
        for one in told
        if one.pk in posts and one.pk in talks
    }


def _talks(told: Sequence[Notification], viewer: Viewer) -> dict[UUID, Talk]:
    cards = {one.about_id for one in told}
    seen = Comment.objects.visible_to(viewer).filter(hidden_at=None).exclude(author=viewer.user_id)
    rows = seen.filter(post__card_id__in=cards).order_by("pk")
    said = list(rows.values_list("post__card_id", "pk", "byline"))
    found = {}
    for one in told:
        names = [name for card, pk, name in said if card == one.about_id and pk >= one.subject_id]
        if names:
            found[one.pk] = Talk(len(names), names[-1])
    return found


def _title(post: Post, talk: Talk, viewer: Viewer) -> str:
    if post.author_id != viewer.user_id:
        return _("%(name)s answered under a message where you commented") % {"name": talk.last}
    if talk.many == 1:
        return _("%(name)s commented on your message") % {"name": talk.last}
    return ngettext(
        "%(count)d new comment on your message",
        "%(count)d new comments on your message",
        talk.many,
    ) % {"count": talk.many}
