"""What comes back for a mail of ours: an address that does not work, or somebody's answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection

from kring.base import clock
from kring.base.jobs import at_work
from kring.notifications import answering
from kring.notifications.models import Bounce, Delivery, Reply, digest_of
from kring.notifications.reading import Came, Says, is_hard
from kring.notifications.verp import DELIVERY

log = structlog.get_logger("kring.notifications")

COMES_BACK_WITHIN = timedelta(days=14)  # mail servers try for some five days


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A mail that went out, as far as what comes back must know."""

    mail_id: UUID
    school_id: UUID
    person_id: UUID
    email: str  # the address of now, or that it went to
    at: datetime  # when it went
    refused: Callable[[Posted, str], None]  # with the status, at work: say so where it is shown
    subject_id: UUID | None = None  # what it was about
    answers: bool = True  # whether somebody who replies to it is answered


type Finder = Callable[[UUID], Posted | None]

finders: dict[str, Finder] = {}


def posted(kind: str) -> Callable[[Finder], Finder]:
    """Find mails whose envelopes bear this letter. Called outside any block."""

    def register(finder: Finder) -> Finder:
        finders[kind] = finder
        return finder

    return register


def school_of(function: str, mail_id: UUID) -> UUID | None:
    """Of which school a mail was: the one thing that is asked across schools."""
    with connection.cursor() as cursor:
        cursor.callproc(function, [mail_id])
        (found,) = cursor.fetchone() or (None,)
    return found


def mark_address(sent: Posted, status: str) -> None:
    """The address of this person does not work, or may not. At work."""
    Bounce.note(
        sent.school_id,
        sent.person_id,
        sent.email,
        mail_id=sent.mail_id,
        code=status,
        hard=is_hard(status),
    )


@posted(DELIVERY)
def told_by_mail(mail_id: UUID) -> Posted | None:
    """A notification that went by mail, to the address that its person has now."""
    school_id = school_of("kring_school_of_delivery", mail_id)
    if school_id is None:
        return None
    with at_work(school_id):
        mails = Delivery.objects.filter(pk=mail_id, channel="email")
        sent = mails.select_related("person", "notification").first()
    if sent is None or not sent.person.email:
        return None
    return Posted(
        mail_id=mail_id,
        school_id=school_id,
        person_id=sent.person_id,
        email=sent.person.email,
        at=sent.done_at or sent.created_at,
        refused=mark_address,
        subject_id=sent.notification.subject_id,
    )


def take_in(came: Came) -> bool:
    """Do what follows from a mail, once; False where it proves nothing. Outside any block."""
    finder = finders.get(came.tag.sort)
    sent = finder(came.tag.mail_id) if finder else None
    if sent is None or not came.tag.proves(sent.email):
        return False
    if came.says == Says.BOUNCE:
        _bounced(sent, came)
    elif came.says == Says.REPLY and sent.answers and digest_of(came.by) == digest_of(sent.email):
        _answered(sent)
    return True


def _bounced(sent: Posted, came: Came) -> None:
    """Only what came to the envelope's own address counts, and for a fortnight.

    The one for answers is passed on with every answer: whoever has it could say that the address of
    the person is dead.
    """
    if came.tag.is_for_answers or sent.at < clock.now() - COMES_BACK_WITHIN:
        log.info("mail.bounce_passed_over", mail=str(sent.mail_id), status=came.status)
        return
    with at_work(sent.school_id):
        sent.refused(sent, came.status)
    log.info("mail.bounced", mail=str(sent.mail_id), status=came.status)


def _answered(sent: Posted) -> None:
    """The person wrote back from the own address: the office sees that, and it is answered.

    Of what others write in an answer's address, nothing is kept under the name of the person.
    """
    with at_work(sent.school_id):
        reply = Reply.note(
            sent.school_id,
            sent.person_id,
            delivery_id=sent.mail_id,
            subject_id=sent.subject_id,
        )
        if reply and reply.take_up():
            answering.answer.enqueue(sent.school_id, reply=reply.pk)
