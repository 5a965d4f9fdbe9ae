"""Who says yes: somebody who has an account, or who gets one with that yes and not before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.accounts.opening import (
    Names,
    NameTakenError,
    PasswordOrNoneForm,
    UserNameForm,
    open_with_address,
    open_with_user_name,
    words_of,
)
from kring.joining import mailbox
from kring.joining.forms import NamesForm
from kring.joining.journey import Journey


class OnPaperForm(UserNameForm, PasswordOrNoneForm):
    """How somebody without a mailbox signs in."""

    field_order: Sequence[str] = ("username", "password", "again")


class NamedOnPaperForm(NamesForm, OnPaperForm):
    """The same, of whom the school has no name."""

    field_order: Sequence[str] = (
        "first_name",
        "infix",
        "last_name",
        "username",
        "password",
        "again",
    )


class Arrival:
    """What is still to fill in, and the account that the yes makes.

    ``card`` lends its name: whom the school knows by first and last name is not asked for it. Half
    a name was perhaps guessed from an address, so that is asked. The card never becomes the
    account: what was promised moves to the account, and nothing else that waits for the card.
    """

    def __init__(
        self, request: HttpRequest, journey: Journey, card: User | None, *words: str
    ) -> None:
        self.person = request.user if isinstance(request.user, User) else None
        self.journey, self.card = journey, card if _is_named(card) else None
        self.half = Names(card.first_name, card.infix, card.last_name)._asdict() if card else {}
        self.sheet: list[str] = []
        data = request.POST if request.method == "POST" else None
        self.form = self._form(data, words_of(card) | set(words))

    def _form(self, data: Mapping[str, Any] | None, avoided: set[str]) -> forms.Form:
        if self.person:
            return forms.Form(data)
        if not self.journey.no_mail:
            return forms.Form(data) if self.card else NamesForm(data, initial=self.half)
        if self.card:
            return OnPaperForm(data, words=avoided)
        return NamedOnPaperForm(data, words=avoided, initial=self.half)

    @property
    def is_ready(self) -> bool:
        """Whether it is known how this person will sign in."""
        return bool(self.person or self.journey.proven or self.journey.no_mail)

    def enters_now(self) -> bool:
        """Whether the session is still to be opened."""
        return self.person is None

    def account(self) -> User | None:
        """The account, made where there is none; None: the user name went a moment ago."""
        if self.person:
            return self.person
        try:
            return self._opened()
        except NameTakenError:
            if not self.journey.no_mail:  # pressed twice: the mailbox was proven for this account
                return mailbox.owner(self.journey.address)
            taken = _("Somebody has this name already. Take another one.")
            self.form.add_error("username", taken)
            return None

    def _opened(self) -> User:
        language = get_language() or User.Language.DUTCH
        if not self.journey.no_mail:
            return open_with_address(None, self._called(), self.journey.address, language)
        person, self.sheet = open_with_user_name(
            None,
            self._called(),
            self.form.cleaned_data["username"],
            self.form.cleaned_data["password"],
            language,
        )
        return person

    def _called(self) -> Names:
        if self.card:
            return Names(self.card.first_name, self.card.infix, self.card.last_name)
        return Names(*(self.form.cleaned_data[name] for name in Names._fields))


def _is_named(card: User | None) -> bool:
    return bool(card and card.first_name and card.last_name)
