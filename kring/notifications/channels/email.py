"""Letters as mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from email.headerregistry import Address
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kring.accounts.models import User
from kring.base import mail
from kring.base.jobs import at_work
from kring.notifications import letters, reading, stopping, verp
from kring.notifications.channels import (
    DownError,
    LaterError,
    RefusedError,
    Settled,
    Way,
    Where,
    way,
)
from kring.notifications.kinds import MAIL
from kring.notifications.letters import Letter
from kring.notifications.models import Bounce, Delivery

log = structlog.get_logger("kring.notifications")

CLOSING = 421  # the server ends the connection
FOR_GOOD = 500  # answers from here on stay what they are


class UnreachableError(RefusedError):
    """It is the address that the other side refused, before it saw the mail."""

    def __init__(self, code: int, status: str) -> None:
        super().__init__(code)
        self.status = status  # of RFC 3463


class Email:
    """Sends mails over one connection, opened for the first and kept until ``close``."""

    def __init__(self) -> None:
        self.mailer = mailers.default
        self.taken = 0  # over this connection

    def send(self, composed: Callable[[], EmailMultiAlternatives]) -> None:
        """Hand one mail to the mail server.

        Raises RefusedError or LaterError for this one; SMTPException or OSError when nothing goes.
        """
        try:
            self._hand_over(composed)
        except (SMTPException, OSError):
            if not self.taken:
                raise
            self.close()  # many servers take a hundred mails over one connection, and end it
            self._hand_over(composed)
        self.taken += 1

    def _hand_over(self, composed: Callable[[], EmailMultiAlternatives]) -> None:
        self.mailer.open()
        try:
            self.mailer.send_messages([composed()])
        except ValueError as error:  # nothing that can stand in a mail
            raise RefusedError from error
        except (SMTPRecipientsRefused, SMTPDataError) as error:
            code = _answer(error)
            if code == CLOSING:
                raise
            if code >= FOR_GOOD and isinstance(error, SMTPRecipientsRefused):
                raise UnreachableError(code, _status(error)) from error
            raise (RefusedError if code >= FOR_GOOD else LaterError)(code) from error

    def close(self) -> None:
        """End the connection."""
        self.mailer.close()
        self.taken = 0


@way
class ByMail(Way):
    """Letters as mails, one by one, each read anew as the person may see things at that moment."""

    channel = MAIL
    label = _("Mail")
    by = _("by mail")
    lack = _("You have no e-mail address in Kring, so you get no mail.")
    broken = _("Your e-mail address does not work, so you get no mail now.")
    icon = "mail"
    place, rung = 10, 20
    queue = "mail"
    at_once = 50
    addresses = """
    SELECT person.id, NULL::uuid, bounce.id IS NULL FROM accounts_user person
    LEFT JOIN notifications_bounce bounce ON bounce.person_id = person.id
        AND bounce.is_hard AND bounce.cleared_at IS NULL
        AND bounce.address = encode(sha256(convert_to(lower(person.email), 'UTF8')), 'hex')
    WHERE person.id = ANY (people) AND person.email IS NOT NULL
    """

    def __init__(self, school_id: UUID) -> None:
        super().__init__(school_id)
        self.email = Email()

    def deliver(self, deliveries: Sequence[Delivery]) -> Iterator[list[Settled]]:
        """Each is noted before the next goes, so that a kill sends at most one again."""
        for delivery in deliveries:
            yield [self._one(delivery)]

    def _one(self, delivery: Delivery) -> Settled:
        written = letters.write(delivery.notification_id, delivery.person_id)
        if written is None:
            return Settled(delivery, Delivery.State.SKIPPED)
        person, letter = written
        try:
            self.email.send(lambda: compose(letter, person, delivery.pk))
        except RefusedError as error:
            log.warning("delivery.refused", delivery=str(delivery.pk), answer=str(error))
            if isinstance(error, UnreachableError):
                self._mark(delivery, str(person.email), error.status)
            return Settled(delivery, Delivery.State.FAILED, str(error))
        except LaterError as error:
            log.info("delivery.later", delivery=str(delivery.pk), answer=str(error))
            return Settled(delivery, Delivery.State.QUEUED, str(error))
        except (SMTPException, OSError) as error:
            raise DownError(type(error).__name__) from error
        return Settled(delivery, Delivery.State.SENT)

    def _mark(self, delivery: Delivery, address: str, status: str) -> None:
        """The mail came back before it left."""
        with at_work(self.school_id):
            Bounce.note(
                self.school_id,
                delivery.person_id,
                address,
                mail_id=delivery.pk,
                code=status,
                hard=reading.is_hard(status),
            )

    def close(self) -> None:
        """End the connection."""
        self.email.close()

    @classmethod
    def where(cls, person: User) -> Where:
        """The address, or that there is none."""
        said = _("Change your e-mail address") if person.email else _("Add an e-mail address")
        text = str(person.email or _("No e-mail address"))
        return Where(text, str(said), reverse("accounts:address"))


def compose(letter: Letter, to: User, delivery_id: UUID) -> EmailMultiAlternatives:
    """The mail to one person. The same delivery has the same Message-ID, however often it goes."""
    host = urlsplit(settings.ORIGIN).hostname
    told = {"stop": stopping.address_of(to.pk, letter.stops)} if letter.stops else {}
    with override(to.language):
        made = mail.letter(
            letter.template, to=str(to.email), person=to, letter=letter, **told, **letter.context
        )
    made.from_email = sent_by(letter.sender)
    made.extra_headers |= {
        "Message-ID": f"<{delivery_id}@{host}>",
        "List-Id": f"<{letter.school_id}.{host}>",
        **letter.headers,
    }
    if letter.stops:
        made.extra_headers |= stopping.headers(to.pk, letter.stops)
    verp.leave_as(made, verp.DELIVERY, delivery_id, str(to.email))
    return made


def sent_by(sender: str) -> str:
    """The school by its name, at the one address that this server sends from."""
    name = "".join(sign for sign in " ".join(sender.split()) if sign.isprintable())
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(f"{name} via Kring", addr_spec=address))


def _answer(error: SMTPRecipientsRefused | SMTPDataError) -> int:
    if isinstance(error, SMTPDataError):
        return error.smtp_code
    return max(code for code, _ in error.recipients.values())


def _status(error: SMTPRecipientsRefused) -> str:
    """Of an answer that is hard, where one of several is; a mail of ours has one recipient."""
    answers = (f"{code} {bytes(said).decode('ascii', 'replace')}" for code, said in _said(error))
    return max(map(reading.status_in, answers), key=reading.is_hard)


def _said(error: SMTPRecipientsRefused) -> list[tuple[int, bytes]]:
    return [(code, said) for code, said in error.recipients.values() if code >= FOR_GOOD]
