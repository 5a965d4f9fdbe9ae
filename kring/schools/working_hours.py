"""Working hours as people fill them in and as families read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.base import clock
from kring.base.visibility import Viewer
from kring.schools.models import TeachingAssignment, WorkingHours

DAYS = range(1, 6)  # of a school week; 1 is Monday (ISO 8601)
BEGINS, ENDS = time(8), time(16, 30)  # what is proposed

A_TIME = gettext_lazy("Type a time, such as 8:00.")
BACKWARDS = gettext_lazy("The end of a day comes after its begin.")

type Hours = Mapping[int, tuple[time, time]]


class HoursForm(forms.Form):
    """Per day of the week: whether one works, from when until when."""

    use_required_attribute = False

    def __init__(self, data: QueryDict | None, *, stands: Hours) -> None:
        super().__init__(data)
        for day in DAYS:
            name, (starts, ends) = WEEKDAYS[day - 1], stands.get(day, (BEGINS, ENDS))
            self.fields[f"works_{day}"] = forms.BooleanField(
                label=name, required=False, initial=day in stands
            )
            said = {"starts": gettext_lazy("%(day)s from"), "ends": gettext_lazy("%(day)s until")}
            for key, value in {"starts": starts, "ends": ends}.items():
                self.fields[f"{key}_{day}"] = forms.TimeField(
                    label=str(said[key]) % {"day": name},
                    initial=value,
                    widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
                    error_messages=dict.fromkeys(("invalid", "required"), A_TIME),
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for day in DAYS:
            starts, ends = data.get(f"starts_{day}"), data.get(f"ends_{day}")
            if not data.get(f"works_{day}"):  # what stands beside a day off says nothing
                self.errors.pop(f"starts_{day}", None)
                self.errors.pop(f"ends_{day}", None)
            elif starts and ends and ends <= starts:
                self.add_error(f"ends_{day}", BACKWARDS)
        return data

    @property
    def hours(self) -> dict[int, tuple[time, time]]:
        """Of the days that are ticked, once the form is valid."""
        told = self.cleaned_data
        return {
            day: (told[f"starts_{day}"], told[f"ends_{day}"])
            for day in DAYS
            if told[f"works_{day}"]
        }

    @property
    def rows(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """A line for each day."""
        for day in DAYS:
            yield self[f"works_{day}"], self[f"starts_{day}"], self[f"ends_{day}"]


class Sheet:
    """The form of one person at one school: what stands or is proposed, and what was typed."""

    def __init__(
        self, data: QueryDict | None, person_id: UUID, school_id: UUID, viewer: Viewer
    ) -> None:
        self.person_id, self.school_id, self.viewer = person_id, school_id, viewer
        stands = kept(person_id, school_id, viewer)
        self.is_proposal = not stands and data is None
        self.copies = bool(data and data.get("copy"))
        if data and self.copies:
            data = with_monday_everywhere(data)
        usual = stands or proposed(person_id, school_id, viewer)
        self.form = HoursForm(data, stands=usual)

    def keep(self) -> bool:
        """Write what was typed. False: nothing was sent, or it is not right, or it is copied."""
        if self.copies or not self.form.is_valid():
            return False
        WorkingHours.keep(self.school_id, self.person_id, self.form.hours, by=self.viewer)
        return True


def with_monday_everywhere(data: QueryDict) -> QueryDict:
    """What was typed, with Monday's times on every day."""
    copied = data.copy()
    for day in DAYS:
        copied[f"starts_{day}"] = data.get("starts_1", "")
        copied[f"ends_{day}"] = data.get("ends_1", "")
    return copied


def kept(person_id: UUID, school_id: UUID, viewer: Viewer) -> dict[int, tuple[time, time]]:
    """The hours that somebody keeps at a school; none where nothing was filled in."""
    rows = WorkingHours.objects.visible_to(viewer).filter(person=person_id, school=school_id)
    return {row.weekday: (row.starts_at, row.ends_at) for row in rows.order_by("weekday")}


def proposed(person_id: UUID, school_id: UUID, viewer: Viewer) -> dict[int, tuple[time, time]]:
    """Usual hours on the days on which one teaches there; on all days where none are known."""
    lessons = TeachingAssignment.objects.visible_to(viewer).on(clock.today())
    known = lessons.filter(user=person_id, school=school_id).values_list("weekdays", flat=True)
    days = {day for weekdays in known for day in weekdays or DAYS} & set(DAYS)
    return dict.fromkeys(sorted(days or DAYS), (BEGINS, ENDS))


def hours_of(
    people: Iterable[UUID], viewer: Viewer
) -> dict[tuple[UUID, UUID], dict[int, tuple[time, time]]]:
    """Per person and school the hours that are kept: one query, however many people."""
    found: dict[tuple[UUID, UUID], dict[int, tuple[time, time]]] = {}
    rows = WorkingHours.objects.visible_to(viewer).filter(person__in=set(people))
    for row in rows.order_by("weekday"):
        days = found.setdefault((row.person_id, row.school_id), {})
        days[row.weekday] = (row.starts_at, row.ends_at)
    return found


def in_words(hours: Hours) -> str:
    """'Mo, Tu and Th from 8:00 to 16:30'; days with the same times together."""
    together: dict[tuple[time, time], list[str]] = {}
    for day in sorted(hours):
        together.setdefault(hours[day], []).append(str(WEEKDAYS_ABBR[day - 1]).lower())
    return "; ".join(
        _("%(days)s from %(start)s to %(end)s")
        % {"days": get_text_list(days, _("and")), "start": _clock(start), "end": _clock(end)}
        for (start, end), days in together.items()
    )


def _clock(at: time) -> str:
    return _("%(hour)d:%(minute)02d") % {"hour": at.hour, "minute": at.minute}
