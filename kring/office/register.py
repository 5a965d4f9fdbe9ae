"""The children of a school as its office lists them: a few queries, however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.base.names import full_name
from kring.base.visibility import Viewer
from kring.office.search import Entry, found
from kring.schools.models import Enrollment, Guardianship, School, Student

type State = Literal["here", "coming", "left", "nowhere"]

STATES: dict[str, Promise] = {
    "": _("all children"),
    "left": _("has left"),
    "nowhere": _("not in a group"),
    "alone": _("without a parent or carer"),
    "unknown": _("authority not known yet"),
}
_NEEDS_GUARDIANS = {"alone", "unknown"}


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in a group."""

    student_id: UUID
    group_id: UUID
    group: str
    color: int
    is_homeroom: bool
    starts_on: date
    ends_on: date | None

    def holds(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


@dataclass(frozen=True, slots=True)
class Guardian:
    """A person who has something to say or to fetch, as a list shows one."""

    student_id: UUID
    person_id: UUID
    first_name: str
    infix: str
    last_name: str
    account: str
    joined_at: datetime | None
    has_authority: str
    access: str
    telephone: str
    email: str

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.infix, self.last_name)

    @property
    def address(self) -> str:
        """Where this person reads mail."""
        return self.account or self.email

    @property
    def cares(self) -> bool:
        return self.access == Guardianship.Access.IN_CARE


@dataclass(slots=True)
class Child:
    """A line of the list."""

    id: UUID
    first_name: str
    infix: str
    last_name: str
    born_on: date | None
    today: date
    stays: list[Stay] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.infix, self.last_name)

    @property
    def age(self) -> int | None:
        """In whole years."""
        born, today = self.born_on, self.today
        if born is None:
            return None
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    @property
    def now(self) -> list[Stay]:
        """The groups of today, the homeroom first."""
        here = [stay for stay in self.stays if stay.holds(self.today)]
        return sorted(here, key=lambda stay: not stay.is_homeroom)

    @property
    def next(self) -> Stay | None:
        """Where it begins later."""
        return next((stay for stay in self.stays if stay.starts_on > self.today), None)

    @property
    def last(self) -> Stay | None:
        """Where it was last."""
        return max(self.stays, key=lambda stay: stay.starts_on, default=None)

    @property
    def state(self) -> State:
        if not self.stays:
            return "nowhere"
        return "here" if self.now else "coming" if self.next else "left"

    @property
    def connected(self) -> int:
        return sum(one.joined_at is not None for one in self.guardians if one.cares)

    @property
    def carers(self) -> int:
        return sum(one.cares for one in self.guardians)

    @property
    def warnings(self) -> list[Promise]:
        """Where the books contradict themselves, or leave something open."""
        if self.state == "left":
            return []
        names = [one.name.casefold() for one in self.guardians]
        said = {
            _("No parent or carer"): self.carers == 0,
            _("Not in a group"): self.state == "nowhere",
            _("Authority not known yet"): self.has_unknown_authority,
            _("Two people with one name"): len(set(names)) < len(names),
            _("No date of birth"): self.born_on is None,
        }
        return [sentence for sentence, holds in said.items() if holds]

    @property
    def has_unknown_authority(self) -> bool:
        return any(one.has_authority == "unknown" and one.cares for one in self.guardians)

    @property
    def entry(self) -> Entry:
        """To be found by the addresses that the school knows, not by those of accounts."""
        others = [f"{one.name} {one.email}" for one in self.guardians]
        return Entry.of([self.name], others, [one.telephone for one in self.guardians])


class Register:
    """Who are at the school, were or will be."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school_id = self.pk = school.pk  # as the trail names what was exported
        self.viewer, self.today = viewer, clock.today()

    @cached_property
    def children(self) -> list[Child]:
        """By last name, with their groups."""
        rows = Student.objects.visible_to(self.viewer).filter(school=self.school_id)
        names = ("id", "first_name", "infix", "last_name", "born_on")
        values = rows.order_by("sort_key", "pk").values_list(*names)
        children = {
            key: Child(key, first, infix, last, born, self.today)
            for key, first, infix, last, born in values
        }
        for stay in self._stays():
            if stay.student_id in children:
                children[stay.student_id].stays.append(stay)
        return list(children.values())

    @property
    def groups(self) -> list[tuple[str, str]]:
        """The groups that children are in, or will be."""
        current = {
            (stay.group, str(stay.group_id))
            for child in self.children
            for stay in child.stays
            if stay.ends_on is None or stay.ends_on >= self.today
        }
        return [(key, name) for name, key in sorted(current)]

    def listed(self, query: str = "", group: str = "", state: str = "") -> list[Child]:
        """Those that are asked for. Who left is listed when somebody asks or looks for them."""
        chosen = [child for child in self.children if _is_in(child, group)]
        if state in {"left", "nowhere"}:
            chosen = [child for child in chosen if child.state == state]
        elif state or not query:
            chosen = [child for child in chosen if child.state != "left"]
        if query or state in _NEEDS_GUARDIANS:
            self.meet(chosen, everybody=True)
        if state == "alone":
            chosen = [child for child in chosen if not child.carers]
        if state == "unknown":
            chosen = [child for child in chosen if child.has_unknown_authority]
        if query:
            places = found(query, [child.entry for child in chosen])
            chosen = [chosen[place] for place in places]
        return chosen

    def meet(self, children: Sequence[Child], *, everybody: bool = False) -> None:
        """Add who care for these children, unless they are known already."""
        if self._met:
            return
        self._met = True
        theirs = defaultdict(list)
        for one in self._guardians(None if everybody else [child.id for child in children]):
            theirs[one.student_id].append(one)
        for child in children:
            child.guardians = theirs[child.id]

    _met = False

    def _stays(self) -> Iterable[Stay]:
        rows = Enrollment.objects.visible_to(self.viewer).filter(school=self.school_id)
        names = (
            "student_id",
            "group_id",
            "group__name",
            "group__color",
            "group__is_homeroom",
            "starts_on",
            "ends_on",
        )
        return (Stay(*row) for row in rows.order_by("starts_on").values_list(*names))

    def _guardians(self, of: Collection[UUID] | None) -> Iterable[Guardian]:
        rows = Guardianship.objects.visible_to(self.viewer).filter(school=self.school_id)
        rows = rows.standing(clock.now())
        if of is not None:
            rows = rows.filter(student__in=of)
        names = (
            "student_id",
            "guardian_id",
            "guardian__first_name",
            "guardian__infix",
            "guardian__last_name",
            "guardian__email",
            "guardian__joined_at",
            "has_authority",
            "access",
            "telephone",
            "email",
        )
        for row in rows.order_by("starts_at", "guardian__sort_key").values_list(*names):
            yield Guardian(*row)


def _is_in(child: Child, group: str) -> bool:
    today = child.today
    return not group or any(
        str(stay.group_id) == group and (stay.ends_on is None or stay.ends_on >= today)
        for stay in child.stays
    )
