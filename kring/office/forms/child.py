"""What the office types about a child."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.base.visibility import Viewer
from kring.office.forms.careful import CarefulForm
from kring.office.typed import Day, LineField
from kring.schools.models import Enrollment, Group, School, Student

FACTS = ("first_name", "infix", "last_name", "born_on")
OLDEST = timedelta(days=25 * 365)  # a child at a school
FARTHEST = timedelta(days=3 * 365)  # from today, back or ahead: else it is a typing mistake


class GroupChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A group of this school; homerooms of years that are not over."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = _("This group is not known here. Choose one from the list.")
        kwargs.setdefault("error_messages", {"invalid_choice": wrong})
        super().__init__(queryset=Group.objects.none(), empty_label=_("Choose a group"), **kwargs)

    def offer(self, school: School, viewer: Viewer) -> None:
        """Those of this year and later."""
        groups = Group.objects.visible_to(viewer).filter(school=school)
        standing = groups.filter(year__ends_on__gte=clock.today()).select_related("year")
        self.queryset = standing.order_by("year__starts_on", "name")

    def label_from_instance(self, obj: Group) -> str:
        return f"{obj.name} ({obj.year.name})"


class FactsForm(CarefulForm):
    """Name and date of birth."""

    first_name = LineField(label=_("First name"), max_length=64)
    infix = LineField(
        label=_("Infix"), max_length=20, required=False, help_text=_("Such as “van der”.")
    )
    last_name = LineField(label=_("Last name"), max_length=200)
    born_on = Day(
        label=_("Date of birth"),
        required=False,
        help_text=_("A letter with a code needs it: who uses the code fills it in."),
    )

    def clean_born_on(self) -> date | None:
        born: date | None = self.cleaned_data["born_on"]
        if born and not clock.today() - OLDEST <= born <= clock.today():
            raise ValidationError(_("No child at school was born on this day. Look at the year."))
        return born


class NewChildForm(FactsForm):
    """A child that no file brought."""

    group = GroupChoiceField(label=_("Group"))
    starts_on = Day(label=_("First day"))

    def __init__(self, *args: Any, school: School, viewer: Viewer, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": clock.today()}
        super().__init__(*args, **kwargs)
        self.school, self.viewer = school, viewer
        self.fields["group"].offer(school, viewer)  # type: ignore[attr-defined]

    def clean_starts_on(self) -> date:
        return near(self.cleaned_data["starts_on"])

    @property
    def namesakes(self) -> list[Student]:
        """Children here with this name and day of birth, or one of them not known."""
        data = self.cleaned_data
        here = Student.objects.visible_to(self.viewer).filter(school=self.school)
        same = here.filter(
            first_name__iexact=data["first_name"], last_name__iexact=data["last_name"]
        )
        return [one for one in same if None in {one.born_on, data["born_on"]} or _same(one, data)]


class PlacementForm(forms.Form):
    """Another group, from a day on."""

    group = GroupChoiceField(label=_("New group"))
    starts_on = Day(
        label=_("First day in this group"),
        help_text=_("The group of before ends the day before."),
    )

    def __init__(
        self, *args: Any, child: Student, school: School, viewer: Viewer, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"starts_on": clock.today()}
        super().__init__(*args, **kwargs)
        self.child, self.viewer = child, viewer
        self.fields["group"].offer(school, viewer)  # type: ignore[attr-defined]

    def clean_starts_on(self) -> date:
        return near(self.cleaned_data["starts_on"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.keys() >= {"group", "starts_on"}:
            stays = Enrollment.objects.visible_to(self.viewer).filter(student=self.child)
            if stays.on(data["starts_on"]).filter(group=data["group"]).exists():
                self.add_error("group", _("The child is in this group on that day already."))
        return data


class LeavingForm(forms.Form):
    """The last day."""

    ends_on = Day(
        label=_("Last day"),
        help_text=_("Until and with this day families see what is new. Later they see no more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"ends_on": clock.today()}
        super().__init__(*args, **kwargs)

    def clean_ends_on(self) -> date:
        return near(self.cleaned_data["ends_on"])


def near(day: date) -> date:
    """Refuse a day that is years away."""
    if abs(day - clock.today()) > FARTHEST:
        raise ValidationError(_("This day is years away. Look at the year."))
    return day


def _same(one: Student, data: dict[str, Any]) -> bool:
    return bool(one.born_on == data["born_on"])
