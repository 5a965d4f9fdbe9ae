"""What people type of an entry: by itself, or with a message."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.base.text import cleaned
from kring.calendar import when
from kring.calendar.choices import Planners
from kring.calendar.models import LONGEST_PLACE, LONGEST_TITLE, CalendarEntry

LONGEST_TEXT = 4_000  # characters
LONGEST_STAY = timedelta(days=366)  # of one entry
FARTHEST = timedelta(days=3 * 366)  # from today
CANNOT_BE_SHOWN = _("There are characters in this text that cannot be shown.")


class LineField(forms.CharField):
    """One line that somebody types: bounded, and without characters that deceive."""

    def to_python(self, value: Any) -> str:
        if value and "\x00" in value:  # before Django's own check, whose sentence says "null"
            raise ValidationError(CANNOT_BE_SHOWN)
        return " ".join(cleaned(super().to_python(value) or "").split())


class LinesField(LineField):
    """A few lines."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> str:
        if value and "\x00" in value:
            raise ValidationError(CANNOT_BE_SHOWN)
        return cleaned(forms.CharField.to_python(self, value) or "")


class DayField(forms.DateField):
    """A day, picked or typed."""

    default_error_messages = {
        "required": _("Choose a day."),
        "invalid": _("This is no day. Type it as 31-12-2026."),
    }

    def __init__(self, **kwargs: Any) -> None:
        shown = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        typed = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d-%m-%y"]
        super().__init__(widget=shown, input_formats=typed, **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and abs(day - clock.today()) > FARTHEST:
            raise ValidationError(_("This day is too far away. Look at the year."))
        return day


class TimeField(forms.TimeField):
    """A time of the school's clock, picked or typed."""

    default_error_messages = {"invalid": _("This is no time. Type it as 14:30.")}

    def __init__(self, **kwargs: Any) -> None:
        shown = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        typed = ["%H:%M", "%H.%M", "%H:%M:%S"]
        super().__init__(widget=shown, input_formats=typed, **kwargs)


class WhenForm(forms.Form):
    """What, where, and when: a day, several days, or a time."""

    title = LineField(
        label=_("What"),
        max_length=LONGEST_TITLE,
        error_messages={"required": _("Say in a few words what it is.")},
        help_text=_(
            "Stands in the weekly newsletter, too, unless it is for some only. Name no children."
        ),
    )
    first_day = DayField(label=_("Day"))
    last_day = DayField(
        label=_("Last day"), required=False, help_text=_("Only when it takes several days.")
    )
    begins = TimeField(
        label=_("From what time"),
        required=False,
        help_text=_("Leave empty when it is the whole day."),
    )
    ends = TimeField(label=_("Until what time"), required=False)
    place = LineField(label=_("Where"), max_length=LONGEST_PLACE, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, begins = data.get("first_day"), data.get("begins")
        if self.errors or first is None:
            return data
        last = data.get("last_day") or first
        if last < first:
            self.add_error("last_day", _("The last day is before the first."))
        elif last - first > LONGEST_STAY:
            self.add_error("last_day", _("This is longer than a year. Look at the year."))
        elif data.get("ends") and not begins:
            self.add_error("begins", _("Say from when, too."))
        else:
            self._time(data, first, last, begins)
        return data

    def _time(self, data: dict[str, Any], first: date, last: date, begins: time | None) -> None:
        if begins is None:
            starts_at, ends_at = when.whole_days(first, last)
        else:
            starts_at = when.moment(first, begins)
            ends_at = when.moment(last, data["ends"]) if data.get("ends") else starts_at
            if last > first and not data.get("ends"):
                self.add_error("ends", _("Say until when on the last day."))
            elif ends_at < starts_at or (data.get("ends") and ends_at == starts_at):
                self.add_error("ends", _("It ends before it begins."))
        data |= {"starts_at": starts_at, "ends_at": ends_at, "whole_day": begins is None}

    @property
    def told(self) -> dict[str, Any]:
        """What an entry is made of."""
        told = {name: self.cleaned_data[name] for name in ("title", "place", "starts_at")}
        more = {name: self.cleaned_data[name] for name in ("ends_at", "whole_day")}
        return told | more | {"text": self.cleaned_data.get("text", "")}


def typed_again(entry: CalendarEntry) -> dict[str, Any]:
    """An entry as the form shows it."""
    first, last = when.first_day(entry), when.last_day(entry)
    starts, ends = (at.astimezone(clock.SCHOOL_TIME) for at in (entry.starts_at, entry.ends_at))
    timed = not entry.whole_day
    return {
        "title": entry.title,
        "place": entry.place,
        "text": entry.text,
        "first_day": first,
        "last_day": ends.date() if timed and ends.date() > first else last if last > first else "",
        "begins": starts.time() if timed else "",
        "ends": ends.time() if timed and ends > starts else "",
    }


class EntryForm(WhenForm):
    """An entry that stands."""

    text = LinesField(label=_("More about it"), max_length=LONGEST_TEXT, required=False)
    tell = forms.BooleanField(
        label=_("Tell them by mail and push"),
        required=False,
        help_text=_("Without this it stands in the agenda, and nobody gets a message."),
    )
    field_order: tuple[str, ...] = (
        *("title", "first_day", "begins", "ends", "last_day"),
        *("place", "text", "tell"),
    )


class NewEntryForm(EntryForm):
    """A new one, with whom it is for."""

    audience = forms.MultipleChoiceField(
        label=_("For whom"), widget=forms.CheckboxSelectMultiple, required=False
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    field_order = ("audience", *EntryForm.field_order)

    def __init__(self, *args: Any, planners: Planners, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planners = planners
        choices = [(value, value) for value in planners.values()]
        self.fields["audience"].choices = choices  # type: ignore[attr-defined]

    def clean_audience(self) -> Any:
        return self.planners.audience(self.cleaned_data["audience"])


class PartForm(WhenForm):
    """In the composer: an entry that goes with the message, when it is ticked."""

    prefix = "agenda"
    on = forms.BooleanField(label=_("Put it in the agenda, too"), required=False)
    field_order = ("on", "title", "first_day", "begins", "ends", "last_day", "place")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if data is not None and not data.get(self.add_prefix("on")):
            for name in self.fields:
                self.fields[name].required = False

    def full_clean(self) -> None:
        """What was typed and not ticked is not looked at."""
        super().full_clean()
        if self.is_bound and not self.data.get(self.add_prefix("on")):
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data = {"on": False}
