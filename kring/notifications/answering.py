"""The answer to who replies to a mail of ours: that it is read by nobody, and where to write."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import override

from kring.base import mail
from kring.base.jobs import at_work, job
from kring.notifications.channels import RefusedError
from kring.notifications.channels.email import Email, sent_by
from kring.notifications.models import Reply
from kring.schools.models import in_mourning

log = structlog.get_logger("kring.notifications")


@job(queue="mail", outside=True)
def answer(school_id: str, reply: str) -> None:
    """Answer once, at the address that the person has in Kring and nowhere else.

    Nobody in mourning: the office sees that the reply came.
    """
    with at_work(school_id):
        found = Reply.objects.filter(pk=reply).select_related("person", "school").first()
        mourns = bool(found and in_mourning([found.person_id]))
    if found is None or mourns or not found.person.email or not found.person.is_active:
        return
    try:
        with closing(Email()) as channel:
            channel.send(lambda: compose(found))
    except RefusedError as error:
        log.warning("answer.refused", reply=reply, answer=str(error))


def compose(reply: Reply) -> EmailMultiAlternatives:
    """The mail. No machine answers to it (RFC 3834), and what comes back is of nobody."""
    host = urlsplit(settings.ORIGIN).hostname
    with override(reply.person.language):
        made = mail.letter(
            "notifications/mail/answer",
            to=str(reply.person.email),
            person=reply.person,
            school=reply.school,
        )
    made.from_email = sent_by(reply.school.name)
    made.extra_headers |= {
        "Auto-Submitted": "auto-replied",
        "Message-ID": f"<{reply.pk}@{host}>",
        "X-Auto-Response-Suppress": "All",
    }
    return made
