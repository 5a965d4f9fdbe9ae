"""The fields that forms of the office share: lines of text, weekdays, days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from kring.base.text import cleaned
from kring.schools.telephones import kept, readable

CANNOT_BE_SHOWN = _("There are characters in this text that cannot be shown.")
NO_NUMBER = _("This is no telephone number. Type it with the area code: 020 123 4567.")
SCHOOL_DAYS = range(1, 6)  # 1 is Monday


class LineField(forms.CharField):
    """One line that somebody types: bounded, and without characters that deceive."""

    def to_python(self, value: Any) -> str:
        if value and "\x00" in value:  # before Django's own check, whose sentence says "null"
            raise ValidationError(CANNOT_BE_SHOWN)
        return " ".join(cleaned(super().to_python(value) or "").split())


class LinesField(LineField):
    """A few lines."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        if value and "\x00" in value:
            raise ValidationError(CANNOT_BE_SHOWN)
        return cleaned(forms.CharField.to_python(self, value) or "")


class TelephoneField(LineField):
    """A telephone number as people write it, kept as E.164."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        if typed and not kept(typed):
            raise ValidationError(NO_NUMBER)
        return kept(typed)

    def prepare_value(self, value: Any) -> Any:
        return readable(value) if str(value or "").startswith("+") else value


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week on which something holds; none ticked: every day."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        days = [(day, WEEKDAYS[day - 1]) for day in SCHOOL_DAYS]
        super().__init__(choices=days, coerce=int, required=False, **kwargs)


def days_in_words(weekdays: list[int]) -> str:
    """'mo, tu', or nothing where it is every day."""
    if not weekdays or set(weekdays) >= set(SCHOOL_DAYS):
        return ""
    return ", ".join(str(WEEKDAYS_ABBR[day - 1]) for day in sorted(weekdays))


class Day(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        shown = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        typed = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d-%m-%y"]
        said = {"invalid": _("This is no day. Type it as 31-12-2026.")}
        super().__init__(widget=shown, input_formats=typed, error_messages=said, **kwargs)
