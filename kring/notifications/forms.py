"""The shape of what a person chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.notifications import wording
from kring.notifications.channels import Way, fit_for, in_order
from kring.notifications.kinds import Kind
from kring.notifications.models import Wishes
from kring.notifications.wishing import Chosen

RHYTHMS: dict[Wishes.Rhythm, tuple[Promise, Promise]] = {
    Wishes.Rhythm.AT_ONCE: (_("At once"), _("Each message as soon as it is there.")),
    Wishes.Rhythm.DAILY: (
        _("Once a day"),
        _("In the evening one mail, the daily overview. Nothing new is no mail."),
    ),
    Wishes.Rhythm.WEEKLY: (
        _("Only the weekly newsletter"),
        _("Once a week one mail with everything. In between you look in Kring when you like."),
    ),
}


class RhythmForm(forms.Form):
    """How often one wants to hear."""

    rhythm = forms.ChoiceField(
        label=_("How often do you want to hear from us?"),
        choices=[(value, label) for value, (label, _said) in RHYTHMS.items()],
        widget=forms.RadioSelect,
        initial=Wishes.Rhythm.AT_ONCE,
        error_messages={"required": _("Choose how often.")},
    )

    @property
    def rhythms(self) -> Iterator[dict[str, Any]]:
        """Each with its dot and what it means."""
        for option in self["rhythm"]:
            value = Wishes.Rhythm(option.data["value"])
            yield {"option": option, "said": RHYTHMS[value][1]}


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """A kind in the table, with a box for each channel."""

    kind: Kind
    said: str
    boxes: Sequence[tuple[type[Way], BoundField | None]]  # None: not over this one


class WishesForm(RhythmForm):
    """All of it, on one page."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Fill in a time, like 22:00.")},
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Fill in a time, like 07:00.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        kinds: Sequence[Kind],
        chosen: Chosen,
        staff: bool = False,
    ) -> None:
        quiet_from, quiet_until = chosen.quiet or (None, None)
        initial = {
            "rhythm": chosen.rhythm,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
        }
        super().__init__(data, initial=initial)
        self.kinds, self.staff, self.ways = kinds, staff, in_order()
        for kind in kinds:
            for way in fit_for(kind):
                self.fields[_name(kind, way)] = forms.BooleanField(
                    label=f"{kind.label}: {way.label}",
                    required=False,
                    initial=chosen.wants(kind, way.channel),
                )

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, and some time in between."""
        data = super().clean() or {}
        begin, end = data.get("quiet_from"), data.get("quiet_until")
        if self.errors:
            return data
        if begin and not end:
            self.add_error("quiet_until", gettext("Fill in until when, or leave both empty."))
        elif end and not begin:
            self.add_error("quiet_from", gettext("Fill in from when, or leave both empty."))
        elif begin and begin == end:
            self.add_error("quiet_until", gettext("Both times are the same. Choose another one."))
        return data

    @property
    def rows(self) -> Iterator[SwitchRow]:
        """The table: what each kind is, and how often it comes."""
        about = wording.ABOUT_OF_STAFF if self.staff else wording.ABOUT
        for kind in self.kinds:
            own = fit_for(kind)
            boxes = [(one, self[_name(kind, one)] if one in own else None) for one in self.ways]
            yield SwitchRow(kind, str(about[kind]), boxes)

    @property
    def chosen(self) -> Chosen:
        """What it says, of a form that is valid."""
        data = self.cleaned_data
        begin, end = data["quiet_from"], data["quiet_until"]
        return Chosen(
            rhythm=Wishes.Rhythm(data["rhythm"]),
            quiet=(begin, end) if begin and end else None,
            said={
                (kind, way.channel): data[_name(kind, way)]
                for kind in self.kinds
                for way in fit_for(kind)
            },
        )


def _name(kind: Kind, way: type[Way]) -> str:
    return f"{kind.value}_{way.channel}"
