"""For whom a person may put something in the agenda, and how an audience is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import Viewer
from kring.schools.models import Group, School


class Choice(NamedTuple):
    """A chip to tick."""

    value: str
    name: str
    hue: str
    checked: bool


class Section(NamedTuple):
    """What can be ticked of one organisation."""

    name: str
    chips: list[Choice]


class Chip(NamedTuple):
    """A group or a school: its name in its colour."""

    name: str
    hue: str
    url: str = ""
    current: bool = False


class Home(Protocol):
    """A school, as far as a chip shows it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Room(Protocol):
    """A group, as far as a chip shows it."""

    @property
    def name(self) -> str: ...
    @property
    def color(self) -> int: ...


def school_hue(school: Home) -> str:
    """The class that gives a school its colour."""
    return "bso" if school.kind == School.Kind.AFTERCARE else "school"


def chips_of(audience: Audience, school: Home, groups: Mapping[UUID, Room]) -> list[Chip]:
    """Whom it is for, as far as who looks may know the groups."""
    if audience.staff_only:
        return [Chip(_("team of %(school)s") % {"school": school.name}, "school")]
    if audience.student_ids:
        count = len(audience.student_ids)
        said = ngettext("%(count)d child", "%(count)d children", count)
        return [Chip(said % {"count": count}, school_hue(school))]
    named = [groups[one] for one in audience.group_ids if one in groups]
    if audience.whole_school or not named:
        return [Chip(school.name, school_hue(school))]
    return [Chip(one.name, f"g{one.color}") for one in sorted(named, key=_by_name)]


def _by_name(room: Room) -> str:
    return room.name


class Planners:
    """Schools, their teams and groups; as row security has it for writing."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.leading = viewer.ids("leads", "administers", "cares_for")

    @cached_property
    def schools(self) -> dict[UUID, School]:
        found = School.objects.visible_to(self.viewer).filter(pk__in=self.viewer.staff_of)
        return {school.pk: school for school in found.order_by("-kind", "name")}

    @cached_property
    def groups(self) -> dict[UUID, Group]:
        """Those that one teaches, and all of the schools that one leads, of this year."""
        groups = Group.objects.visible_to(self.viewer).filter(year__ends_on__gte=clock.today())
        mine = groups.filter(pk__in=self.viewer.taught_group_ids)
        led = groups.filter(school__in=self.leading)
        return {group.pk: group for group in (mine | led).order_by("name")}

    def values(self) -> list[str]:
        """All that may be ticked."""
        return [choice.value for section in self.sections(()) for choice in section.chips]

    def sections(self, ticked: Iterable[str]) -> list[Section]:
        """For the page, per organisation."""
        checked, several = frozenset(ticked), len(self.schools) > 1
        return [
            Section(school.name if several else "", self._chips(school, checked))
            for school in self.schools.values()
        ]

    def _chips(self, school: School, checked: frozenset[str]) -> list[Choice]:
        rooms = (one for one in self.groups.values() if one.school_id == school.pk)
        named = [(f"group:{one.pk}", one.name, f"g{one.color}") for one in rooms]
        if school.pk in self.leading:
            whole = _("everybody") if school.kind == School.Kind.AFTERCARE else _("whole school")
            named.append((f"school:{school.pk}", whole, school_hue(school)))
        named.append((f"staff:{school.pk}", _("team only"), "school"))
        return [Choice(value, name, hue, value in checked) for value, name, hue in named]

    def audience(self, ticked: Iterable[str]) -> Audience:
        """The one that was ticked. Raises ValidationError where it is none, or several."""
        pairs = [(kind, UUID(unit)) for kind, unit in (one.split(":", 1) for one in ticked)]
        schools = {self.groups[unit].school_id if kind == "group" else unit for kind, unit in pairs}
        if not schools:
            raise ValidationError(_("Choose for whom this is."))
        kinds = {kind for kind, _unit in pairs}
        kinds -= {"group"} if "school" in kinds else set()  # groups are of the school
        if len(schools) != 1 or len(kinds) != 1:
            raise ValidationError(_("Choose groups, the whole school, or the team: of one school."))
        groups = [unit for kind, unit in pairs if kind == "group"] if kinds == {"group"} else ()
        [school] = schools
        return Audience(
            school,
            whole_school=kinds == {"school"},
            staff_only=kinds == {"staff"},
            group_ids=tuple(sorted(groups)),
        )
