"""What the office looks for in the trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kring.office.typed import Day, LineField
from kring.office.wording import VERBS


class TrailForm(forms.Form):
    """About whom, by whom, what and when: each as far as it is known."""

    about = LineField(label=_("About a child or adult"), max_length=100, required=False)
    by = LineField(label=_("Done by"), max_length=100, required=False)
    verb = forms.ChoiceField(label=_("What"), required=False)
    since = Day(label=_("From"), required=False)
    until = Day(label=_("Until and with"), required=False)
    # From the page of a child or a person.
    child = forms.UUIDField(widget=forms.HiddenInput, required=False)
    person = forms.UUIDField(widget=forms.HiddenInput, required=False)
    before = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = sorted(((verb, str(word)) for verb, word in VERBS.items()), key=lambda one: one[1])
        self.fields["verb"].choices = [("", _("everything")), *words]  # type: ignore[attr-defined]
