"""Mails to who is invited: read → COMMIT → send → mark → COMMIT.

None to a family that mourns since it was asked for: that invitation is taken back, so that it does
not go when the mourning is over.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

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
from kring.notifications import verp
from kring.notifications.channels import RefusedError
from kring.notifications.channels.email import Email, sent_by
from kring.notifications.coming_back import Posted, posted, school_of
from kring.notifications.reading import is_hard
from kring.schools.models import in_mourning
from kring.schools.telephones import readable

log = structlog.get_logger("kring.joining")


@job(queue="mail", outside=True)
def send_invitation(school_id: str, invitation: str, serial: int) -> None:
    """Send one mail, unless it was sent, sent anew or taken back by now.

    A server that says 'later' fails the job, which is tried again; one that says 'never' is noted.
    """
    with at_work(school_id):
        found = _waiting(invitation, serial).select_related("person", "school").first()
        if found and mourns(found):
            _waiting(invitation, serial).update(revoked_at=clock.now())
            return
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
    verp.leave_as(made, verp.INVITATION, invitation.pk, invitation.email)
    return made


@posted(verp.INVITATION)
def invited_by_mail(mail_id: UUID) -> Posted | None:
    """An invitation that came back; who answers one is not in yet, and gets no answer."""
    school_id = school_of("kring_school_of_invitation", mail_id)
    if school_id is None:
        return None
    with at_work(school_id):
        found = Invitation.objects.filter(pk=mail_id).first()
    if found is None:
        return None
    return Posted(
        mail_id=mail_id,
        school_id=school_id,
        person_id=found.person_id,
        email=found.email,
        at=found.sent_at or found.created_at,
        refused=_came_back,
        answers=False,
    )


def _came_back(sent: Posted, status: str) -> None:
    """As one that was refused at sending; what may pass is tried again by hand, if ever."""
    if is_hard(status):
        mails = Invitation.objects.filter(pk=sent.mail_id, failed_at=None)
        mails.update(failed_at=clock.now())


def mourns(invitation: Invitation) -> bool:
    """A guardian; a colleague is invited as one who works here."""
    is_guardian = invitation.kind == Invitation.Kind.GUARDIAN
    return is_guardian and bool(in_mourning([invitation.person_id]))


def _waiting(invitation: str, serial: int) -> QuerySet[Invitation]:
    waiting = Invitation.objects.unscoped("a job: row security binds it to one school")
    return waiting.open(clock.now()).filter(
        pk=invitation, serial=serial, sent_at=None, failed_at=None
    )
