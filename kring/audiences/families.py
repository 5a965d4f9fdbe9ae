"""Families of an audience: a household with a child in it. Two homes count two, siblings one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

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
    """The families that a viewer may know of, loaded once for a page: two queries."""

    def __init__(self, viewer: Viewer, school_ids: Iterable[UUID]) -> None:
        stays = Enrollment.objects.visible_to(viewer).filter(school__in=set(school_ids))
        self.stays = [Stay(*row) for row in stays.values_list(*Stay._fields)]
        ties = Guardianship.objects.visible_to(viewer).at(clock.now())
        ties = ties.filter(school__in=set(school_ids), access__in=[IN_CARE, INFORMED])
        self.ties: defaultdict[UUID, list[Tie]] = defaultdict(list)
        columns = ("guardian_id", "student_id", "school_id", "household_id", "access")
        for row in ties.values_list(*columns, "guardian__joined_at"):
            guardian, student, school, home, access, joined_at = row
            tie = Tie(guardian, student, school, home, access, joined_at is not None)
            self.ties[tie.student_id].append(tie)

    def children(self, audience: Audience, day: date) -> frozenset[UUID]:
        """The children of an audience as it was on a day."""
        if audience.student_ids:
            return frozenset(audience.student_ids)
        return frozenset(
            stay.student_id
            for stay in self.stays
            if stay.school_id == audience.school_id
            and (audience.whole_school or stay.group_id in audience.group_ids)
            and not audience.staff_only
            and stay.covers(day)
        )

    def families(self, audiences: Iterable[Audience], day: date) -> list[Family]:
        """The families of an audience, or of the sibling audiences of one broadcast together."""
        children = frozenset[UUID]().union(*(self.children(one, day) for one in audiences))
        return gathered(children, [tie for child in children for tie in self.ties[child]])

    def informed(self, audiences: Iterable[Audience], day: date) -> frozenset[UUID]:
        """Guardians who are informed only: counted apart."""
        children = frozenset[UUID]().union(*(self.children(one, day) for one in audiences))
        return frozenset(
            tie.guardian_id
            for child in children
            for tie in self.ties[child]
            if tie.access == INFORMED
        )


def gathered(children: Iterable[UUID], ties: Sequence[Tie]) -> list[Family]:
    """Put guardians and children together into families."""
    caring = [tie for tie in ties if tie.access == IN_CARE]
    homes = _Union()
    for child in set(children) - {tie.student_id for tie in caring}:
        homes.find(("child", child))
    for tie in caring:
        home = _home(tie)
        homes.find(home)
        # One person in two organisations is one family; in one school two homes stay two.
        homes.join(home, _first_home_elsewhere(tie, caring))
    members: defaultdict[Hashable, list[Tie]] = defaultdict(list)
    for tie in caring:
        members[homes.find(_home(tie))].append(tie)
    return [_family(root, members[root]) for root in homes.roots()]


def _home(tie: Tie) -> Hashable:
    """Without a household the guardians of one child are one family, until the office splits them."""
    return ("home", tie.household_id) if tie.household_id else ("child", tie.student_id)


def _first_home_elsewhere(tie: Tie, ties: Sequence[Tie]) -> Hashable:
    for other in ties:
        same_person = other.guardian_id == tie.guardian_id
        if same_person and (other.school_id != tie.school_id or not _housed(tie, other)):
            return _home(other)
    return _home(tie)


def _housed(one: Tie, other: Tie) -> bool:
    return bool(one.household_id or other.household_id)


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
