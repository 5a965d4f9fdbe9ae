"""Two people may change one thing at a time: only what somebody changed is written."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext


class CarefulForm(forms.Form):
    """Carries what it showed, beside what is typed.

    So it knows what this person changed, and leaves the rest alone. Where somebody else changed
    the same meanwhile, it says so and shows that, before anything is overwritten.
    """

    def __init__(self, *args: Any, standing: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.standing = standing or {}
        kwargs["initial"] = self.standing | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for name in self.standing.keys() & self.fields.keys():
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.standing.keys() & self.fields.keys() & data.keys():
            shown, stands = self._shown(name), self.standing[name]
            if data[name] not in (shown, stands) and shown != stands:
                self._say_what_stands(name)
        return data

    @property
    def changes(self) -> dict[str, Any]:
        """What this person changed, and is otherwise than what stands."""
        data = self.cleaned_data
        fields = self.standing.keys() & data.keys()
        return {
            name: data[name]
            for name in self.fields
            if name in fields and data[name] not in (self._shown(name), self.standing[name])
        }

    def _shown(self, name: str) -> Any:
        """What stood in the field when the page was opened."""
        field, key = self.fields[name], self.add_initial_prefix(name)
        if key not in self.data:
            return self.standing[name]
        try:
            return field.to_python(self.data[key])
        except forms.ValidationError:
            return None

    def _say_what_stands(self, name: str) -> None:
        stands = self.fields[name].prepare_value(self.standing[name])
        said = gettext(
            "Somebody else changed this a moment ago to “%(value)s”. Save again to put yours there."
        )
        self.add_error(name, said % {"value": self._in_words(name)})
        typed = cast("QueryDict", self.data).copy()
        typed[self.add_initial_prefix(name)] = "" if stands is None else str(stands)
        self.data = typed

    def _in_words(self, name: str) -> str:
        value = self.fields[name].prepare_value(self.standing[name])
        choices = getattr(self.fields[name], "choices", ())
        return str(dict(choices).get(value, value) or "–")
