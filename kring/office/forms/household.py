"""What the office types about a home, and about who moves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kring.office.forms.careful import CarefulForm
from kring.office.homes import Home
from kring.office.typed import LineField
from kring.schools.models import Household

ADDRESS = ("street", "postcode", "city")
NEW = "new"
UNKNOWN = _("This is not known here. Choose from the list.")


class HouseholdForm(CarefulForm):
    """An address, and the language of letters that go there."""

    street = LineField(label=_("Street and number"), max_length=200, required=False)
    postcode = LineField(label=_("Postcode"), max_length=10, required=False)
    city = LineField(label=_("Town"), max_length=100, required=False)
    letter_language = forms.ChoiceField(
        label=_("Language of letters"), choices=Household.Language.choices
    )

    def __init__(self, *args: Any, with_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_address:
            for name in ADDRESS:
                del self.fields[name]

    def clean_postcode(self) -> str:
        return str(self.cleaned_data["postcode"]).upper()

    @classmethod
    def standing_of(cls, household: Household) -> dict[str, Any]:
        return {name: getattr(household, name) for name in (*ADDRESS, "letter_language")}


class MovingForm(forms.Form):
    """Who of a home moves, and where to."""

    people = forms.MultipleChoiceField(
        label=_("Who moves"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who moves."), "invalid_choice": UNKNOWN},
    )
    to = forms.ChoiceField(
        label=_("Where to"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where to."), "invalid_choice": UNKNOWN},
    )

    def __init__(self, *args: Any, home: Home, homes: list[Home]) -> None:
        super().__init__(*args)
        people = [(str(key), name) for key, name, _secret in home.guardians]
        others = [(str(one.household_id), _named(one)) for one in homes]
        self.fields["people"].choices = people  # type: ignore[attr-defined]
        self.fields["to"].choices = [(NEW, _("a new home")), *others]  # type: ignore[attr-defined]

    @property
    def movers(self) -> set[UUID]:
        return {UUID(one) for one in self.cleaned_data["people"]}


def _named(home: Home) -> str:
    return str(
        _("home of %(names)s (with %(children)s)")
        % {"names": home.names, "children": home.child_names}
    )
