"""Mails to who is invited: read → COMMIT → send → mark → COMMIT."""

from __future__ import annotations

from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import override

from kring.base import clock
from kring.base.jobs import at_work, job
from kring.base.mail import letter
from kring.joining.models import Invitation
from kring.notifications.channels import RefusedError
from kring.notifications.channels.email import Email, sent_by
from kring.schools.telephones import readable

log = structlog.get_logger("kring.joining")


@job(queue="mail", outside=True)
def send_invitation(school_id: str, invitation: str, serial: int) -> None:
    """Send one mail, unless it was sent, sent anew or taken back by now.

    A server that says 'later' fails the job, which is tried again; one that says 'never' is noted.
    """
    with at_work(school_id):
        found = _waiting(invitation, serial).select_related("person", "school").first()
    if found is None:
        return
    became = "sent_at"
    try:
        with closing(Email()) as channel:
            channel.send(lambda: compose(found))
    except RefusedError as error:
        log.warning("invitation.refused", invitation=invitation, answer=str(error))
        became = "failed_at"
    with at_work(school_id):
        _waiting(invitation, serial).update(**{became: clock.now()})


def enqueue(invitation: Invitation) -> None:
    """Have its mail sent, with this transaction."""
    pk, serial = invitation.pk, invitation.serial
    school_id, lock = invitation.school_id, f"invite {pk}"
    send_invitation.enqueue(school_id, lock=lock, invitation=pk, serial=serial)


def compose(invitation: Invitation) -> EmailMultiAlternatives:
    """The mail. However often it goes, it has the same Message-ID; sent anew, it has another."""
    person, host = invitation.person, urlsplit(settings.ORIGIN).hostname
    context: dict[str, Any] = {
        "person": person,
        "school": invitation.school,
        "contact": ", ".join(
            filter(None, (readable(invitation.school.telephone), invitation.school.email))
        ),
        "until": invitation.expires_at.astimezone(clock.SCHOOL_TIME).date(),
        "link": settings.ORIGIN + reverse("joining:invitation", args=[invitation.token]),
        "for_staff": invitation.kind == Invitation.Kind.STAFF,
    }
    with override(person.language):
        made = letter("joining/mail/invitation", to=invitation.email, **context)
    made.from_email = sent_by(invitation.school.name)
    made.extra_headers["Message-ID"] = f"<{invitation.pk}.{invitation.serial}@{host}>"
    return made


def _waiting(invitation: str, serial: int) -> QuerySet[Invitation]:
    waiting = Invitation.objects.unscoped("a job: row security binds it to one school")
    return waiting.open(clock.now()).filter(
        pk=invitation, serial=serial, sent_at=None, failed_at=None
    )
