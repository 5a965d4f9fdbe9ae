"""Opening an account: with an own address, or with a user name and codes on paper.

Called outside any block by the pages where people come in, once these know who it is and have the
person's yes. A waiting name card becomes the account, for one of those who come at the same time.
"""

from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from kring.accounts import known_devices, paper_codes, security, sessions
from kring.accounts.models import User
from kring.accounts.password_forms import NewPasswordForm, PasswordOrNoneForm, UserNameForm
from kring.accounts.passwords import encoded, words_of
from kring.base import clock, names

__all__ = [
    "CardTakenError",
    "NameTakenError",
    "Names",
    "NewPasswordForm",
    "PasswordOrNoneForm",
    "UserNameForm",
    "enter",
    "open_with_address",
    "open_with_user_name",
    "words_of",
]


class Names(NamedTuple):
    """What somebody is called."""

    first_name: str
    infix: str
    last_name: str


class CardTakenError(Exception):
    """Somebody became this card's account a moment before."""


class NameTakenError(Exception):
    """There is an account with this address or user name already."""


def open_with_address(card: User | None, called: Names, email: str, language: str) -> User:
    """The account of somebody who has just proved to hold this mailbox.

    Raises ``CardTakenError`` and ``NameTakenError``; then nothing was written.
    """
    with transaction.atomic():
        return _opened(card, called, language, email=email.strip().lower())


def open_with_user_name(
    card: User | None, called: Names, username: str, password: str | None, language: str
) -> tuple[User, list[str]]:
    """The account of somebody without an own address, and ten codes to show once, for printing.

    ``username`` and ``password`` come from ``UserNameForm`` and ``PasswordOrNoneForm``. Without a
    password a passkey opens it, or user name and paper code, which choose one. Raises as
    ``open_with_address`` does.
    """
    kept = encoded(password or None)
    with transaction.atomic():
        person = _opened(card, called, language, username=username.lower(), password=kept)
        return person, paper_codes.new_sheet(person)


def enter(request: HttpRequest, response: HttpResponse, person: User) -> HttpResponse:
    """Sign in who has just opened an account, on a device that is known from now on."""
    sessions.sign_in(request, person)
    known_devices.remember(request, response, person)
    security.note("account.opened", request, user_id=person.pk)
    return response


def _opened(card: User | None, called: Names, language: str, **way_in: str) -> User:
    fields = {
        **called._asdict(),
        "sort_key": names.sort_key(called.first_name, called.last_name),
        "language": language,
        "joined_at": clock.now(),
        **way_in,
    }
    try:
        with transaction.atomic():
            return _from_card(card.pk, fields) if card else _anew(fields)
    except IntegrityError as error:
        raise NameTakenError from error


def _anew(fields: dict[str, Any]) -> User:
    person = User(**fields)
    person.save(force_insert=True)
    return person


def _from_card(card_id: UUID, fields: dict[str, Any]) -> User:
    """One statement, so that of two who come at once one becomes the card."""
    cards = User.objects.unscoped("the card has no owner yet, and its reader no viewer")
    waiting = cards.filter(pk=card_id, email=None, username=None, joined_at=None, is_active=True)
    if not waiting.update(**fields):
        raise CardTakenError
    person: User = cards.get(pk=card_id)
    return person
