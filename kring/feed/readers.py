"""To whom a person may write, as the composer offers it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kring.audiences.models import Audience
from kring.audiences.rules import rules_of
from kring.base import clock
from kring.base.ids import id_of
from kring.base.visibility import Viewer
from kring.feed.cards import group_hue
from kring.schools.models import Enrollment, Group, School


class Choice(NamedTuple):
    """A chip to tick."""

    value: str
    name: str
    hue: str
    checked: bool


class Some(NamedTuple):
    """The children of a group, to tick one by one."""

    name: str
    hue: str
    open: bool
    children: list[Choice]


class Section(NamedTuple):
    """What can be ticked of one organisation."""

    name: str
    chips: list[Choice]
    some: list[Some]


class Readers:
    """Schools, their teams, groups and children; as row security has it for writing."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.leading = viewer.ids("leads", "administers", "cares_for")
        self.rules = rules_of(viewer, viewer.staff_of)
        schools = School.objects.visible_to(viewer).filter(pk__in=viewer.staff_of)
        self.schools = {school.pk: school for school in schools.order_by("-kind", "name")}
        groups = Group.objects.visible_to(viewer).filter(year__ends_on__gte=clock.today())
        mine = groups.filter(pk__in=viewer.taught_group_ids)
        led = groups.filter(school__in=self.leading)
        self.groups = {group.pk: group for group in (mine | led).order_by("name")}
        self._found: dict[frozenset[UUID], Mapping[UUID, UUID]] = {}

    @property
    def home(self) -> UUID:
        """The organisation that uploads belong to until they are sent."""
        return next(iter(self.schools))

    @property
    def for_all(self) -> frozenset[UUID]:
        """The organisations whose whole one may write to: who leads, as far as the school says."""
        return frozenset(
            school
            for school, rules in self.rules.items()
            if school in self.leading and rules.may_post_to_all
        )

    @cached_property
    def stays(self) -> list[Enrollment]:
        """The children of those groups, by name."""
        stays = self._stays().select_related("student")
        return list(stays.order_by("student__first_name", "student__sort_key"))

    def known(self, ticked: Iterable[str]) -> set[str]:
        """Of what was ticked that which may be: a large school has thousands of children."""
        asked = set(ticked)
        units = {
            *(f"group:{group}" for group in self.groups),
            *(f"school:{school}" for school in self.for_all),
            *(f"staff:{school}" for school in self.schools),
        }
        children = self._homes(_children(asked))
        return asked & (units | {f"student:{child}" for child in children})

    def sections(self, ticked: Iterable[str]) -> list[Section]:
        """For the page, per organisation."""
        checked = frozenset(ticked)
        several = len(self.schools) > 1
        return [
            Section(
                school.name if several else "",
                self._chips(school, checked),
                [self._some(group, checked) for group in self._groups_of(school)],
            )
            for school in self.schools.values()
        ]

    def ticked(self, values: Iterable[str]) -> list[Choice]:
        """The chips and the children that were ticked, for the page that asks once more."""
        found: list[Choice] = []
        for section in self.sections(values):
            found += [*section.chips, *(child for some in section.some for child in some.children)]
        return [one for one in found if one.checked]

    def audiences(self, ticked: Iterable[str]) -> list[Audience]:
        """One per organisation, always in one order, so that two forms never wait for each other.

        Raises ValidationError where no single audience comes out.
        """
        ticked = list(ticked)
        homes = self._homes(_children(ticked))
        chosen: defaultdict[UUID, defaultdict[str, set[UUID]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for kind, one in (value.split(":", 1) for value in ticked):
            unit = UUID(one)
            school = self.groups[unit].school_id if kind == "group" else homes.get(unit, unit)
            chosen[school][kind].add(unit)
        return [_audience(school, kinds) for school, kinds in sorted(chosen.items())]

    def _homes(self, children: frozenset[UUID]) -> Mapping[UUID, UUID]:
        """The organisation of each of these children that one may write to."""
        if not children:
            return {}
        if children not in self._found:
            stays = self._stays().filter(student__in=children)
            self._found[children] = dict(stays.values_list("student_id", "school_id"))
        return self._found[children]

    def _stays(self) -> QuerySet[Enrollment]:
        stays = Enrollment.objects.visible_to(self.viewer).on(clock.today())
        return stays.filter(group__in=self.groups)

    def _groups_of(self, school: School) -> list[Group]:
        return [group for group in self.groups.values() if group.school_id == school.pk]

    def _chips(self, school: School, checked: frozenset[str]) -> list[Choice]:
        named = [(f"group:{one.pk}", one.name, group_hue(one)) for one in self._groups_of(school)]
        if school.pk in self.for_all:
            whole = _("everybody") if school.kind == School.Kind.AFTERCARE else _("whole school")
            named.append((f"school:{school.pk}", whole, "school"))
        named.append((f"staff:{school.pk}", _("team only"), "school"))
        return [Choice(value, name, hue, value in checked) for value, name, hue in named]

    def _some(self, group: Group, checked: frozenset[str]) -> Some:
        hue = group_hue(group)
        stays = [stay for stay in self.stays if stay.group_id == group.pk]
        children = [
            Choice(value, stay.student.name, hue, value in checked)
            for stay in stays
            for value in [f"student:{stay.student_id}"]
        ]
        return Some(group.name, hue, any(one.checked for one in children), children)


def _children(ticked: Iterable[str]) -> frozenset[UUID]:
    found = (
        id_of(value.removeprefix("student:")) for value in ticked if value.startswith("student:")
    )
    return frozenset(filter(None, found))


def _audience(school: UUID, kinds: Mapping[str, set[UUID]]) -> Audience:
    if "school" in kinds:  # groups and children are of the school
        kinds = {kind: units for kind, units in kinds.items() if kind not in {"group", "student"}}
    if len(kinds) != 1:
        raise ValidationError(
            _("Choose one kind of readers: groups, some children, the whole school or the team.")
        )
    return Audience(
        school,
        whole_school="school" in kinds,
        staff_only="staff" in kinds,
        group_ids=tuple(sorted(kinds.get("group", ()))),
        student_ids=tuple(sorted(kinds.get("student", ()))),
    )
