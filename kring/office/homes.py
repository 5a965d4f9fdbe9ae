"""Families as homes: who live together, with which children."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from kring.base import clock
from kring.base.names import full_name
from kring.base.visibility import Viewer
from kring.office.record import ties_of
from kring.office.search import Entry, found
from kring.schools.models import Guardianship, Household, School

_COLUMNS = (
    "pk",
    "household_id",
    "guardian_id",
    "student_id",
    "relation",
    "access",
    "has_secret_address",
    "ends_at",
    "telephone",
    "email",
    "guardian__joined_at",
    "guardian__first_name",
    "guardian__infix",
    "guardian__last_name",
    "student__first_name",
    "student__infix",
    "student__last_name",
)


@dataclass(frozen=True, slots=True)
class Tie:
    """A guardian and a child of a home, as a list needs them: thousands fit in one page's time."""

    pk: UUID
    household_id: UUID | None
    guardian_id: UUID
    student_id: UUID
    relation: str
    access: str
    has_secret_address: bool
    ends_at: datetime | None
    telephone: str
    email: str  # as the school wrote it down
    joined_at: datetime | None
    first_name: str
    infix: str
    last_name: str
    child_first_name: str
    child_infix: str
    child_last_name: str

    @property
    def guardian(self) -> str:
        return full_name(self.first_name, self.infix, self.last_name)

    @property
    def child(self) -> str:
        return full_name(self.child_first_name, self.child_infix, self.child_last_name)

    @property
    def lives(self) -> bool:
        """Belongs to a family: who fetches only or sees nothing may be of no home."""
        return bool(self.household_id) or self.access == Guardianship.Access.IN_CARE


@dataclass
class Home:
    """Who live in one home; a person without a known home stands alone."""

    household_id: UUID | None
    household: Household | None = None  # once it is furnished
    ties: list[Tie] = field(default_factory=list)
    is_secret: bool = False

    @property
    def guardians(self) -> list[tuple[UUID, str, bool]]:
        """Everybody once: id, name, and whether the address of this person is secret."""
        secret = {tie.guardian_id for tie in self.ties if tie.has_secret_address}
        people = {tie.guardian_id: tie.guardian for tie in self.ties}
        return [(key, name, key in secret) for key, name in people.items()]

    @property
    def names(self) -> str:
        return ", ".join(name for _key, name, _secret in self.guardians)

    @property
    def children(self) -> list[tuple[UUID, str]]:
        return list({tie.student_id: tie.child for tie in self.ties}.items())

    @property
    def child_names(self) -> str:
        return ", ".join(dict.fromkeys(tie.child_first_name for tie in self.ties))

    @property
    def address(self) -> str:
        """In one line; nothing where it is secret."""
        return "" if self.household is None or self.is_secret else self.household.address

    @property
    def entry(self) -> Entry:
        """To be found by the people in it, never by where it is."""
        people = [name for _key, name, _secret in self.guardians]
        mail = {tie.email for tie in self.ties}
        children = [name for _key, name in self.children]
        return Entry.of(people, [*children, *mail], {tie.telephone for tie in self.ties})


class Homes:
    """The homes of a school: two queries, however many they are."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school, self.viewer = school, viewer

    @cached_property
    def _ties(self) -> list[Tie]:
        rows = ties_of(self.school, self.viewer).order_by(
            "guardian__sort_key", "student__sort_key", "starts_at"
        )
        return [Tie(*row) for row in rows.values_list(*_COLUMNS)]

    @cached_property
    def _secret(self) -> set[UUID | None]:
        """Where somebody lives, or lived, whose address is secret."""
        return {tie.household_id for tie in self._ties if tie.has_secret_address} - {None}

    @cached_property
    def all(self) -> list[Home]:
        """By the name of the first who lives there."""
        now, homes = clock.now(), dict[UUID, Home]()
        for tie in self._ties:
            if tie.lives and (tie.ends_at is None or tie.ends_at > now):
                key = tie.household_id or tie.guardian_id
                secret = tie.household_id in self._secret
                home = homes.setdefault(key, Home(tie.household_id, is_secret=secret))
                home.ties.append(tie)
        return list(homes.values())

    def furnish(self, homes: Iterable[Home]) -> None:
        """Add the addresses and languages of these homes."""
        known = Household.objects.visible_to(self.viewer).filter(school=self.school)
        found_here = known.in_bulk([home.household_id for home in homes if home.household_id])
        for home in homes:
            home.household = found_here.get(home.household_id) if home.household_id else None

    def listed(self, query: str, *, homeless: bool) -> list[Home]:
        """Those that are looked for; or the people whose home nobody wrote down."""
        homes = [home for home in self.all if not homeless or home.household_id is None]
        if query:
            return [homes[place] for place in found(query, [home.entry for home in homes])]
        return homes

    def of(self, household: Household) -> Home:
        """One of them, also where nobody lives now."""
        known = (home for home in self.all if home.household_id == household.pk)
        home = next(known, Home(household.pk, is_secret=household.pk in self._secret))
        home.household = household
        return home

    def near(self, home: Home, query: str, most: int) -> list[Home]:
        """Where people of this one may move to: the other homes of its children first."""
        mine = home.household_id
        others = [one for one in self.all if one.household_id and one.household_id != mine]
        children = {tie.student_id for tie in home.ties}
        near = [one for one in others if any(tie.student_id in children for tie in one.ties)]
        if query:
            hits = [others[place] for place in found(query, [one.entry for one in others])]
            near += [one for one in hits[:most] if one not in near]
        return near


def secrets_of(household: Household, school: School, viewer: Viewer) -> list[Guardianship]:
    """The ties that make its address secret, also those that are over."""
    ties = ties_of(school, viewer).filter(household=household, has_secret_address=True)
    return list(ties.order_by("starts_at"))
