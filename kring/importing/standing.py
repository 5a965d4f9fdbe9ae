"""What stands in a school, as plain values: read in a number of queries that does not grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Max, Q

from kring.base import clock
from kring.base.names import full_name, sort_key
from kring.importing.roster import Roster
from kring.schools.models import (
    Employment,
    Enrollment,
    Group,
    Guardianship,
    Household,
    School,
    SchoolYear,
    StaffProposal,
    Student,
)

type NameAndBirthday = tuple[str, date | None]


class Child(NamedTuple):
    """A row of Student."""

    id: UUID
    first_name: str
    infix: str
    last_name: str
    born_on: date | None
    source_id: str
    eck_id: str

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.infix, self.last_name)


class Year(NamedTuple):
    """A row of SchoolYear."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date


class Unit(NamedTuple):
    """A row of Group."""

    id: UUID
    year_id: UUID
    name: str
    grades: list[int]
    is_homeroom: bool
    color: int
    source_id: str


class Place(NamedTuple):
    """A row of Enrollment that holds today, or begins later."""

    id: UUID
    student_id: UUID
    group_id: UUID
    grade: int | None
    weekdays: list[int]
    starts_on: date
    ends_on: date | None


class Tie(NamedTuple):
    """A row of Guardianship, with the name card of the guardian."""

    id: UUID
    student_id: UUID
    guardian_id: UUID
    household_id: UUID | None
    relation: str
    has_authority: str
    access: str
    telephone: str
    email: str
    has_secret_address: bool
    asked_at: datetime | None
    ends_at: datetime | None
    first_name: str
    infix: str
    last_name: str
    address: str | None  # that the person signs in with
    joined_at: datetime | None

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.infix, self.last_name)

    @property
    def is_unnamed(self) -> bool:
        """Made of an address only: the name is a guess."""
        return not self.last_name

    @property
    def waits(self) -> bool:
        """Whether nobody has come in with this card yet."""
        return self.joined_at is None and not self.address


class Employed(NamedTuple):
    """A row of Employment, with the name card."""

    id: UUID
    source_id: str
    first_name: str
    infix: str
    last_name: str
    address: str | None

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.infix, self.last_name)


class Proposed(NamedTuple):
    """A row of StaffProposal."""

    id: UUID
    source_id: str
    first_name: str
    infix: str
    last_name: str
    email: str
    roles: list[str]
    group_ids: list[UUID]
    settled_at: datetime | None
    was_accepted: bool


TIE = (
    *Tie._fields[: Tie._fields.index("first_name")],
    *(f"guardian__{name}" for name in ("first_name", "infix", "last_name", "email", "joined_at")),
)
WHERE = ("street", "postcode", "city")
EMPLOYED = (
    "id",
    "source_id",
    *(f"user__{name}" for name in ("first_name", "infix", "last_name", "email")),
)


def alike(first_name: str, last_name: str) -> str:
    """A name to compare by: without accents, case and voorvoegsel."""
    return sort_key(first_name, last_name)


@dataclass(kw_only=True)
class Standing:
    """All that a roster may meet."""

    school: School
    today: date
    years: list[Year] = field(default_factory=list)
    groups: dict[UUID, Unit] = field(default_factory=dict)
    children: dict[UUID, Child] = field(default_factory=dict)
    places: defaultdict[UUID, list[Place]] = field(default_factory=lambda: defaultdict(list))
    last_days: dict[UUID, date] = field(default_factory=dict)  # of places that are over
    ties: defaultdict[UUID, list[Tie]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[str, UUID] = field(default_factory=dict)  # by the key of a list
    home_keys: dict[UUID, str] = field(default_factory=dict)
    streets: dict[UUID, str] = field(default_factory=dict)  # of these homes, where they are known
    employed: list[Employed] = field(default_factory=list)
    proposed: list[Proposed] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)  # by earlier imports of this year

    @classmethod
    def of(cls, school: School, roster: Roster) -> Standing:
        """Read what this roster can touch."""
        found = cls(school=school, today=clock.today())
        found._read_groups()
        found._read_children()
        if any(line.carers for line in roster.students):
            found._read_carers()
        if roster.staff or roster.is_whole:
            found._read_staff()
        return found

    @property
    def newest(self) -> Year | None:
        """The newest year that has groups."""
        used = {unit.year_id for unit in self.groups.values()}
        years = [year for year in self.years if year.id in used]
        return max(years, key=lambda year: year.starts_on, default=None)

    def year_of(self, group_id: UUID) -> Year:
        """The school year of a group."""
        return self._years_by_id[self.groups[group_id].year_id]

    def add_year(self, year: Year) -> None:
        """One that the import makes."""
        self.years.append(year)
        self._years_by_id[year.id] = year

    def _read_groups(self) -> None:
        years = SchoolYear.objects.filter(school=self.school).order_by("starts_on")
        self.years = [Year(*row) for row in years.values_list(*Year._fields)]
        self._years_by_id = {year.id: year for year in self.years}
        groups = Group.objects.filter(school=self.school).order_by("name", "id")
        self.groups = {row[0]: Unit(*row) for row in groups.values_list(*Unit._fields)}

    def _read_children(self) -> None:
        rows = Student.objects.filter(school=self.school).order_by("sort_key", "id")
        self.children = {row[0]: Child(*row) for row in _rows(rows, Child._fields)}
        held = Enrollment.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=self.today), school=self.school
        )
        for row in _rows(held.order_by("starts_on", "id"), Place._fields):
            self.places[row[1]].append(Place(*row))

        over = Enrollment.objects.filter(school=self.school, ends_on__lt=self.today)
        last = over.values("student_id").annotate(last=Max("ends_on")).order_by()
        self.last_days = dict(last.values_list("student_id", "last"))

    def _read_carers(self) -> None:
        ties = Guardianship.objects.filter(school=self.school).order_by("starts_at", "id")
        for row in _rows(ties, TIE):
            self.ties[row[1]].append(Tie(*row))
        homes = Household.objects.filter(school=self.school).exclude(source_id="")
        for key, home_id, *where in homes.values_list("source_id", "id", *WHERE):
            self.homes[key] = home_id
            self.home_keys[home_id] = key
            if street := ", ".join(part for part in where if part):
                self.streets[home_id] = street

    def _read_staff(self) -> None:
        employed = Employment.objects.on(self.today).filter(school=self.school)
        known = employed.exclude(source_id="").order_by("source_id", "id")
        self.employed = [Employed(*row) for row in _rows(known, EMPLOYED)]
        proposed = StaffProposal.objects.filter(school=self.school).order_by("source_id")
        self.proposed = [Proposed(*row) for row in _rows(proposed, Proposed._fields)]


def _rows(found: Any, names: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    return found.values_list(*names).iterator(chunk_size=5_000)  # type: ignore[no-any-return]
