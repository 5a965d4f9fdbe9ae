"""Mails to people of whose account somebody else takes something away: they are the first to know.

Sent at once and outside any block, as all mails about one's account: the school perhaps does not
know the person any more. An account without an address hears nothing.
"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.utils.translation import gettext, override

from kring.accounts.models import User


def letter_made(person: User, school: str) -> None:
    """A letter was made that takes the place of this account."""
    with override(person.language):
        subject = gettext("A letter was made that takes the place of your account")
        said = gettext(
            "%(school)s made a letter to open a new account for you. Who uses it sees what you see"
            " of your child, and your account no longer does. Did you not ask for that? Tell the"
            " school at once. Signing in to your account makes the letter worthless."
        )
    _tell(person, school, subject, said)


def letter_used(person: User, school: str) -> None:
    """It was used: another account stands in its place."""
    with override(person.language):
        subject = gettext("A letter took the place of your account")
        said = gettext(
            "Somebody used the letter of %(school)s for a new account. The new account sees your"
            " child from now on, this one no longer does. Was it not you? Tell the school at once."
        )
    _tell(person, school, subject, said)


def merged(person: User, school: str) -> None:
    """The office moved what this account had at its school to another."""
    with override(person.language):
        subject = gettext("What you had in Kring stands in another account now")
        said = gettext(
            "%(school)s moved what this account saw there to another account of yours. Is the other"
            " account not yours? Tell the school at once."
        )
    _tell(person, school, subject, said)


def _tell(person: User, school: str, subject: str, said: str) -> None:
    if person.joined_at:
        context = {"subject": subject, "said": said % {"school": school}}
        get_adapter().send_notification_mail("joining/mail/account", person, context)
