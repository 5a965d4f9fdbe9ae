"""Families of an audience: a household with a child in it. Two homes count two, siblings one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from kring.audiences.models import Addressed, Audience
from kring.base import clock
from kring.base.visibility import Viewer
from kring.schools.models import Enrollment, Guardianship

IN_CARE = Guardianship.Access.IN_CARE
INFORMED = Guardianship.Access.INFORMED


@dataclass(frozen=True)
class Family:
    """Who is told for these children. Without guardians: a child whose family nobody entered."""

    child_ids: frozenset[UUID]
    guardian_ids: frozenset[UUID]
    joined: bool  # one of them has signed in

    def has_read(self, readers: frozenset[UUID]) -> bool:
        return not self.guardian_ids.isdisjoint(readers)


class Tie(NamedTuple):
    guardian_id: UUID
    student_id: UUID
    school_id: UUID
    household_id: UUID | None
    access: str
    joined: bool


class Stay(NamedTuple):
    student_id: UUID
    group_id: UUID
    school_id: UUID
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Neighbourhood:
    """The families that a viewer may know of on some days, loaded once for a page: two queries."""

    def __init__(self, viewer: Viewer, school_ids: Iterable[UUID], days: Iterable[date]) -> None:
        wanted, span = set(school_ids), sorted(days) or [clock.today()]
        stays = Enrollment.objects.visible_to(viewer).filter(
            Q(ends_on=None) | Q(ends_on__gte=span[0]), starts_on__lte=span[-1], school__in=wanted
        )
        self.stays: defaultdict[UUID, list[Stay]] = defaultdict(list)  # of a group, of a school
        for stay in map(Stay._make, stays.values_list(*Stay._fields)):
            self.stays[stay.group_id].append(stay)
            self.stays[stay.school_id].append(stay)
        self.ties: defaultdict[UUID, list[Tie]] = defaultdict(list)
        for tie in _ties(viewer, wanted):
            self.ties[tie.student_id].append(tie)
        self._families: dict[frozenset[UUID], list[Family]] = {}

    def children(self, audience: Audience, day: date) -> frozenset[UUID]:
        """The children of an audience as it was on a day."""
        if audience.student_ids:
            return frozenset(audience.student_ids)
        units = [audience.school_id] if audience.whole_school else audience.group_ids
        stays = (stay for unit in units for stay in self.stays[unit])
        return frozenset(stay.student_id for stay in stays if stay.covers(day))

    def families(self, audiences: Iterable[Audience], day: date) -> list[Family]:
        """The families of an audience, or of the sibling audiences of one broadcast together."""
        children = frozenset[UUID]().union(*(self.children(one, day) for one in audiences))
        if children not in self._families:
            ties = [tie for child in children for tie in self.ties[child]]
            self._families[children] = gathered(children, ties)
        return self._families[children]

    def informed(self, audiences: Iterable[Audience], day: date) -> frozenset[UUID]:
        """Guardians who are informed only: counted apart."""
        children = frozenset[UUID]().union(*(self.children(one, day) for one in audiences))
        return frozenset(
            tie.guardian_id
            for child in children
            for tie in self.ties[child]
            if tie.access == INFORMED
        )


def _ties(viewer: Viewer, school_ids: Iterable[UUID]) -> Iterator[Tie]:
    ties = Guardianship.objects.visible_to(viewer).at(clock.now())
    ties = ties.filter(school__in=school_ids, access__in=[IN_CARE, INFORMED])
    columns = ("guardian_id", "student_id", "school_id", "household_id", "access")
    for row in ties.values_list(*columns, "guardian__joined_at"):
        guardian, student, school, home, access, joined_at = row
        yield Tie(guardian, student, school, home, access, joined_at is not None)


def gathered(children: Iterable[UUID], ties: Sequence[Tie]) -> list[Family]:
    """Put guardians and children together into families."""
    caring = [tie for tie in ties if tie.access == IN_CARE]
    held: defaultdict[UUID, list[Tie]] = defaultdict(list)
    for tie in caring:
        held[tie.guardian_id].append(tie)
    homes = _Union()
    for child in set(children) - {tie.student_id for tie in caring}:
        homes.find(("child", child))
    for own in held.values():
        _bring_together(own, homes)
    members: defaultdict[Hashable, list[Tie]] = defaultdict(list)
    for tie in caring:
        members[homes.find(_home(tie, held[tie.guardian_id]))].append(tie)
    return [_family(root, members[root]) for root in homes.roots()]


def _home(tie: Tie, own: Sequence[Tie]) -> Hashable:
    """The home that somebody entered, here or at another of the person's schools.

    Without one the guardians of one child are one family, until the office splits them.
    """
    entered = tie.household_id or next((one.household_id for one in own if one.household_id), None)
    return ("home", entered) if entered else ("child", tie.student_id)


def _bring_together(own: Sequence[Tie], homes: _Union) -> None:
    """One person in two organisations is one family; in one school two homes stay two."""
    firsts: dict[UUID, Hashable] = {}
    for tie in own:
        home = _home(tie, own)
        homes.find(home)
        first = firsts.setdefault(tie.school_id, home)
        if isinstance(home, tuple) and home[0] == "child":
            homes.join(home, first)
    for home in firsts.values():
        homes.join(home, next(iter(firsts.values())))


def _family(root: Hashable, ties: Sequence[Tie]) -> Family:
    alone = root[1] if isinstance(root, tuple) and not ties else None
    return Family(
        child_ids=frozenset([alone] if alone else [tie.student_id for tie in ties]),
        guardian_ids=frozenset(tie.guardian_id for tie in ties),
        joined=any(tie.joined for tie in ties),
    )


class _Union:
    """Sets that grow together (union-find)."""

    def __init__(self) -> None:
        self.parents: dict[Hashable, Hashable] = {}

    def find(self, item: Hashable) -> Hashable:
        parent = self.parents.setdefault(item, item)
        if parent != item:
            parent = self.parents[item] = self.find(parent)
        return parent

    def join(self, one: Hashable, other: Hashable) -> None:
        self.parents[self.find(one)] = self.find(other)

    def roots(self) -> list[Hashable]:
        return [item for item in self.parents if self.find(item) == item]


def knows_all(viewer: Viewer, thing: Addressed | Audience) -> bool:
    """Whether this person, as staff, may know every family that the thing is addressed to."""
    if thing.school_id in viewer.ids("leads", "administers", "coaches", "cares_for"):
        return not thing.staff_only
    if thing.whole_school or thing.staff_only:
        return False
    groups, children = frozenset(thing.group_ids), frozenset(thing.student_ids)
    return groups <= viewer.taught_group_ids and children <= viewer.pupil_ids
