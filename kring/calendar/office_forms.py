"""What the office says of holidays: the region, and the days of a school year."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import get_default_renderer
from django.utils.translation import gettext_lazy as _

from kring.calendar.confirming import Line, SchoolYearOfDays
from kring.calendar.forms import DayField, LineField
from kring.schools.models import ClosedDay, School

LONGEST = timedelta(days=70)  # a summer holiday has 44
ADDED, MOST = 3, 80  # empty lines, and all lines
DAYS = ("kind", "name", "starts_on", "ends_on")


class RegionForm(forms.Form):
    """In which region of the school holidays the school lies."""

    region = forms.ChoiceField(
        label=_("Region of the school holidays"),
        choices=School.Region.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a region.")},
    )


class DaysForm(forms.Form):
    """A line: days on which nobody is expected."""

    standing = forms.UUIDField(widget=forms.HiddenInput, required=False)
    keep = forms.BooleanField(label=_("Closed"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=ClosedDay.Kind.choices)
    name = LineField(label=_("Name"), max_length=100, required=False)
    starts_on = DayField(label=_("First day"), required=False)
    ends_on = DayField(label=_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or not data["keep"]:
            return data
        if not data["name"]:
            self.add_error("name", _("Give it a name."))
        first = data["starts_on"]
        if first is None:
            self.add_error("starts_on", _("Choose a day."))
            return data
        last = data["ends_on"] = data["ends_on"] or first
        if last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        elif last - first > LONGEST:
            self.add_error("ends_on", _("This is longer than ten weeks. Look at the year."))
        return data


class YearForms(forms.BaseFormSet):  # type: ignore[type-arg]
    """All lines of a school year; the last ones are empty, to add days."""

    # As ``formset_factory`` makes it, by a name that types know.
    form = DaysForm
    extra, min_num, max_num, absolute_max = ADDED, 0, MOST, MOST
    validate_min, validate_max = False, True
    can_order = can_delete = can_delete_extra = False
    renderer = get_default_renderer()

    def __init__(self, data: Any = None, *, year: SchoolYearOfDays) -> None:
        self.year = year
        super().__init__(data, initial=[] if data else [_initial(one) for one in year.lines])

    def add_fields(self, form: DaysForm, index: int | None) -> None:
        super().add_fields(form, index)
        if index is not None and index >= self.initial_form_count():
            form.initial.setdefault("keep", True)
            form.initial.setdefault("kind", ClosedDay.Kind.STUDY)

    def clean(self) -> None:
        if any(form.errors for form in self.forms):
            return
        begins = [one["starts_on"] for one in self.told if one["starts_on"]]
        if any(not self._is_of_the_year(day) for day in begins):
            said = _("One of these days is not in %(year)s. Look at the year.")
            raise ValidationError(said, params={"year": self.year.name})

    def _is_of_the_year(self, day: Any) -> bool:
        return bool((self.year.year, 8, 1) <= day.timetuple()[:3] <= (self.year.year + 1, 7, 31))

    @property
    def told(self) -> list[dict[str, Any]]:
        """The lines that say something."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]


def _initial(line: Line) -> dict[str, Any]:
    standing = {"standing": line.standing.pk if line.standing else None, "keep": line.keep}
    return standing | {name: getattr(line.said, name) for name in DAYS}
