"""Rouw: around which child or home nothing goes by itself, whom that covers, and who said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer
from kring.office.record import home_names, ties_of
from kring.schools.models import Guardianship, Household, Mourning, School, Student


@dataclass(frozen=True)
class Standing:
    """One that was not ended, with whom it is around and who asked for it."""

    mourning: Mourning
    name: str  # of the child, or of who live in the home
    by: str


class Around:
    """A child, or a home, and the silence around it."""

    def __init__(self, thing: Student | Household, school: School, viewer: Viewer) -> None:
        self.thing, self.school, self.viewer = thing, school, viewer

    @classmethod
    def child(cls, school: School, viewer: Viewer, student_id: UUID) -> Around:
        """Of this school; 404 for any other."""
        known = Student.objects.visible_to(viewer).filter(school=school)
        return cls(get_object_or_404(known, pk=student_id), school, viewer)

    @classmethod
    def home(cls, school: School, viewer: Viewer, household_id: UUID) -> Around:
        """Of this school; 404 for any other."""
        known = Household.objects.visible_to(viewer).filter(school=school)
        return cls(get_object_or_404(known, pk=household_id), school, viewer)

    @property
    def is_child(self) -> bool:
        return isinstance(self.thing, Student)

    @cached_property
    def name(self) -> str:
        """Of the child, or of who live in the home."""
        if isinstance(self.thing, Student):
            return self.thing.name
        names = home_names(self.school, self.viewer, {self.thing.pk})
        return names.get(self.thing.pk) or _("this home")

    @cached_property
    def covered(self) -> list[str]:
        """Whom nothing reaches while it stands, by name. Who only fetches the child, is not named.

        Those of now: who is added later, is covered, too.
        """
        ties = ties_of(self.school, self.viewer).standing(clock.now())
        own = ties.filter(**{self._field: self.thing.pk}).exclude(
            access=Guardianship.Access.PICK_UP
        )
        return list(dict.fromkeys(tie.guardian.name for tie in own.order_by("guardian__sort_key")))

    @cached_property
    def own(self) -> Standing | None:
        """The one around exactly this, where it stands."""
        return next(iter(self._standing(Q(**{self._field: self.thing.pk}))), None)

    @cached_property
    def others(self) -> list[Standing]:
        """Those that reach this family from a child of it, or from a home of the child."""
        ties = ties_of(self.school, self.viewer).standing(clock.now())
        related = "household" if self.is_child else "student"
        keys = ties.filter(**{self._field: self.thing.pk}).values(related)
        return self._standing(Q(**{f"{related}__in": keys}))

    @property
    def stands(self) -> bool:
        """Whether this family, or a part of it, gets nothing by itself now."""
        return bool(self.own or self.others)

    @property
    def _field(self) -> str:
        return "student" if self.is_child else "household"

    def _standing(self, which: Q) -> list[Standing]:
        return standing(self.school, self.viewer, which)


def standing(school: School, viewer: Viewer, which: Q | None = None) -> list[Standing]:
    """Those that this school wrote down and did not end, the newest first. Three queries."""
    rows = Mourning.objects.visible_to(viewer).standing().filter(which or Q(), school=school)
    found = list(rows.select_related("student", "household").order_by("-created_at"))
    people = User.objects.visible_to(viewer).in_bulk({row.begun_by_id for row in found} - {None})
    homes = home_names(school, viewer, {row.household_id for row in found if row.household_id})
    return [
        Standing(
            row,
            _name(row, homes),
            people[row.begun_by_id].name if row.begun_by_id in people else "",
        )
        for row in found
    ]


def _name(row: Mourning, homes: Mapping[UUID, str]) -> str:
    if row.student:
        return str(row.student.name)
    return homes.get(row.household_id or row.pk) or _("a home where nobody lives now")
