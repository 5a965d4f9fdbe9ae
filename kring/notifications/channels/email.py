"""Letters as mails."""

from __future__ import annotations

from collections.abc import Callable
from email.headerregistry import Address
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.utils.translation import override

from kring.accounts.models import User
from kring.base import mail
from kring.notifications.channels import LaterError, RefusedError
from kring.notifications.letters import Letter

CLOSING = 421  # the server ends the connection
FOR_GOOD = 500  # answers from here on stay what they are


class Email:
    """Sends mails over one connection, opened for the first and kept until ``close``."""

    def __init__(self) -> None:
        self.mailer = mailers.default

    def deliver(self, letter: Letter, *, to: User, delivery_id: UUID) -> None:
        """Hand one letter to the mail server; raises as ``send`` does."""
        self.send(lambda: compose(letter, to, delivery_id))

    def send(self, composed: Callable[[], EmailMultiAlternatives]) -> None:
        """Hand one mail to the mail server.

        Raises RefusedError or LaterError for this one; SMTPException or OSError when nothing goes.
        """
        self.mailer.open()
        try:
            self.mailer.send_messages([composed()])
        except ValueError as error:  # nothing that can stand in a mail
            raise RefusedError from error
        except (SMTPRecipientsRefused, SMTPDataError) as error:
            code = _answer(error)
            if code == CLOSING:
                raise
            raise (RefusedError if code >= FOR_GOOD else LaterError)(code) from error

    def close(self) -> None:
        """End the connection."""
        self.mailer.close()


def compose(letter: Letter, to: User, delivery_id: UUID) -> EmailMultiAlternatives:
    """The mail to one person. The same delivery has the same Message-ID, however often it goes."""
    host = urlsplit(settings.ORIGIN).hostname
    with override(to.language):
        made = mail.letter("mail/notice", to=str(to.email), person=to, letter=letter)
    made.from_email = sent_by(letter.sender)
    made.extra_headers |= {
        "Message-ID": f"<{delivery_id}@{host}>",
        "List-Id": f"<{letter.school_id}.{host}>",
    }
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
