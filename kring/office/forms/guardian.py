"""What the office types about a parent, a carer, or who may fetch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.office.forms.careful import CarefulForm
from kring.office.forms.child import near
from kring.office.typed import Day, LineField, TelephoneField
from kring.schools.models import Guardianship
from kring.schools.models.family import PERSONAL

NAMES = ("first_name", "infix", "last_name")
DAYS = ("starts_on", "ends_on")
NEW_HOME = "new"
Access, Authority = Guardianship.Access, Guardianship.Authority
REACH = (Access.WITHHELD, Access.PICK_UP, Access.INFORMED, Access.IN_CARE)  # ever more is seen


class GuardianForm(CarefulForm):
    """One person and one child: who this is, and what the school lets this person see."""

    first_name = LineField(label=_("First name"), max_length=80)
    infix = LineField(
        label=_("Infix"), max_length=30, required=False, help_text=_("Such as “van der”.")
    )
    last_name = LineField(label=_("Last name"), max_length=80)
    relation = forms.ChoiceField(label=_("Relation"), choices=Guardianship.Relation.choices)
    access = forms.ChoiceField(
        label=_("Sees"),
        choices=Access.choices,
        help_text=_(
            "Informed only: posts, no comments. May only fetch: nothing but the name of the child."
            " Withheld: nothing at all."
        ),
    )
    has_authority = forms.ChoiceField(label=_("Authority"), choices=Authority.choices)
    telephone = TelephoneField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("The invitation goes there. Later this person signs in with an own one."),
        error_messages={"invalid": _("This is not an e-mail address. Look for a typing mistake.")},
    )
    home = forms.ChoiceField(
        label=_("Home"),
        required=False,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    has_secret_address = forms.BooleanField(
        label=_("Secret address"),
        required=False,
        help_text=_("Nobody sees the address without a line in the trail."),
    )
    starts_on = Day(label=_("From"))
    ends_on = Day(label=_("Until and with"), required=False)

    def __init__(
        self,
        *args: Any,
        homes: Sequence[tuple[str, str]],
        standing: dict[str, Any] | None = None,
        known: bool = False,
        **kwargs: Any,
    ) -> None:
        """``known``: of somebody whose name and telephone the school has already."""
        super().__init__(*args, standing=standing, **kwargs)
        none = [("", _("not known")), (NEW_HOME, _("a new home"))]
        self.fields["home"].choices = [*none, *homes]  # type: ignore[attr-defined]
        if known:
            for name in (*NAMES, *PERSONAL):
                del self.fields[name]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_ends_on(self) -> date | None:
        day = self.cleaned_data["ends_on"]
        return near(day) if day else None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        """What of this belongs to the tie, as it is kept; the home apart."""
        kept = {name: data[name] for name in data if name not in {*NAMES, "home", *DAYS}}
        if "starts_on" in data:
            kept["starts_at"] = _beginning_of(data["starts_on"])
        if "ends_on" in data:
            kept["ends_at"] = data["ends_on"] and clock.end_of(data["ends_on"])
        return kept

    @property
    def homes(self) -> dict[str, str]:
        """The homes that there are already, by id."""
        choices = dict(self.fields["home"].choices)  # type: ignore[attr-defined]
        return {key: name for key, name in choices.items() if key not in {"", NEW_HOME}}


def _beginning_of(day: date) -> datetime:
    """Today is from now on: what ended this morning, ended."""
    return clock.now() if day == clock.today() else clock.start_of(day)


def standing_facts(tie: Guardianship) -> dict[str, Any]:
    """What the form of a tie shows."""
    person, ends = tie.guardian, tie.ends_at
    return {
        **{name: getattr(person, name) for name in NAMES},
        "relation": tie.relation,
        "access": tie.access,
        "has_authority": tie.has_authority,
        "telephone": tie.telephone,
        "email": tie.email,
        "home": str(tie.household_id or ""),
        "has_secret_address": tie.has_secret_address,
        "starts_on": tie.starts_at.astimezone(clock.SCHOOL_TIME).date(),
        "ends_on": ends and last_day(tie),
    }


def last_day(tie: Guardianship) -> date:
    """The day on which it is, or was, seen last."""
    assert tie.ends_at
    return (tie.ends_at - datetime.resolution).astimezone(clock.SCHOOL_TIME).date()


def widening(tie: Guardianship, changes: dict[str, Any], homes: dict[str, str]) -> list[str]:
    """What a person sees or may do more by these changes, in sentences with the names.

    ``changes`` as a form gives them, with a time from and until; ``homes`` by their id.
    """
    names = {"person": tie.guardian.name, "child": tie.student.first_name}
    said = []
    access = changes.get("access", tie.access)
    if REACH.index(access) > REACH.index(Access(tie.access)):
        label = str(Access(access).label)
        sentence = gettext("%(person)s sees more of %(child)s: %(access)s.")
        said.append(sentence % (names | {"access": label}))
    if changes.get("has_authority") == Authority.YES:
        said.append(gettext("%(person)s gets authority over %(child)s.") % names)
    ends_at = changes.get("ends_at", tie.ends_at)
    if tie.ends_at and (ends_at is None or ends_at > tie.ends_at):
        said.append(gettext("%(person)s sees %(child)s longer than before.") % names)
    if changes.get("starts_at", tie.starts_at) < tie.starts_at:
        said.append(gettext("%(person)s sees %(child)s from an earlier day.") % names)
    if changes.get("home") in homes:
        who_lives_there = {"home": homes[changes["home"]]}
        sentence = gettext("%(person)s sees the address of: %(home)s.")
        said.append(sentence % (names | who_lives_there))
    return said


class EndingForm(forms.Form):
    """The last day."""

    ends_on = Day(label=_("Last day"))

    def __init__(self, *args: Any, tie: Guardianship) -> None:
        super().__init__(*args)
        self.tie = tie

    def clean_ends_on(self) -> date:
        day = near(self.cleaned_data["ends_on"])
        if clock.end_of(day) < self.tie.starts_at:
            raise ValidationError(_("The last day lies before the first."))
        if day < clock.today():
            raise ValidationError(_("This day is over. End it now, or choose a later day."))
        return day
