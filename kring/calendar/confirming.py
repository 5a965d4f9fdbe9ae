"""A school year of closed days: what is proposed, what stands, and what the school says now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from kring.base.visibility import Viewer
from kring.calendar import when
from kring.calendar.holidays import OWN, Proposed, proposed
from kring.schools.models import ClosedDay, School

AUGUST, JULY = 8, 7
ONCE_A_YEAR = (ClosedDay.Kind.HOLIDAY, ClosedDay.Kind.PUBLIC)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the form: what is proposed, and what stands where the school said so."""

    proposal: Proposed | None
    standing: ClosedDay | None
    keep: bool

    @property
    def said(self) -> Proposed | ClosedDay:
        """What stands; else what is proposed."""
        said = self.standing or self.proposal
        assert said
        return said

    @property
    def source(self) -> str:
        """Whose word it is."""
        return self.proposal.source if self.proposal else OWN

    @property
    def differs(self) -> bool:
        """Whether the school said other days than are proposed."""
        if self.standing is None or self.proposal is None:
            return False
        told = (self.standing.starts_on, self.standing.ends_on)
        return told != (self.proposal.starts_on, self.proposal.ends_on)

    @property
    def proposed_days(self) -> str:
        """The days of the proposal."""
        assert self.proposal
        return when.days_said(self.proposal.starts_on, self.proposal.ends_on)


class Outcome(NamedTuple):
    """How much became otherwise."""

    made: int
    changed: int
    removed: int


@dataclass
class SchoolYearOfDays:
    """One school year of one school."""

    school: School
    year: int
    viewer: Viewer

    @property
    def name(self) -> str:
        return f"{self.year}-{self.year + 1}"

    @cached_property
    def standing(self) -> list[ClosedDay]:
        """What begins in it, as the school said."""
        first, last = date(self.year, AUGUST, 1), date(self.year + 1, JULY, 31)
        days = ClosedDay.objects.visible_to(self.viewer).filter(school=self.school)
        begun = days.filter(starts_on__gte=first, starts_on__lte=last)
        return list(begun.order_by("starts_on", "name", "pk"))

    @cached_property
    def lines(self) -> list[Line]:
        """Proposals, with what the school made of them; and its own days."""
        left = list(self.standing)
        found = [self._proposed(one, left) for one in proposed(self.year, self.school)]
        own = [Line(proposal=None, standing=one, keep=True) for one in left]
        return sorted(found + own, key=_by_day)

    def _proposed(self, one: Proposed, left: list[ClosedDay]) -> Line:
        """As it stands; else ticked, as long as nothing of this year was confirmed."""
        stands = _same(left, one.kind, one.name, one.starts_on, one.ends_on)
        if stands is None:
            return Line(proposal=one, standing=None, keep=one.is_usual and not self.standing)
        left.remove(stands)
        return Line(proposal=one, standing=stands, keep=True)

    @transaction.atomic
    def say(self, told: Sequence[Mapping[str, Any]], *, by: Viewer) -> Outcome:
        """Keep what is told, take out what is not kept any more. The same again changes nothing.

        ``told``: per line ``keep``, ``standing`` (an id, or None), kind, name, starts_on, ends_on.
        One at a time, so that two who confirm at once say it once.
        """
        School.objects.changeable_by(by).select_for_update().get(pk=self.school.pk)
        self.__dict__.pop("standing", None)
        left, made, changed, removed = list(self.standing), 0, 0, 0
        for line in told:
            stands = self._meant(left, line)
            if stands:
                left.remove(stands)
            if not line["keep"]:
                if stands and line["standing"]:
                    stands.remove(by=by)
                    removed += 1
                continue
            days = {name: line[name] for name in ("kind", "name", "starts_on", "ends_on")}
            otherwise = ClosedDay.keep(self.school, by=by, instead_of=stands, **days)
            changed += bool(stands and otherwise)
            made += stands is None
        return Outcome(made, changed, removed)

    def _meant(self, left: list[ClosedDay], line: Mapping[str, Any]) -> ClosedDay | None:
        """The row that a line is about: by its id, or because it says the same."""
        wanted: UUID | None = line["standing"]
        by_id = next((one for one in left if one.pk == wanted), None)
        days = (line["starts_on"], line["ends_on"])
        return by_id or _same(left, line["kind"], line["name"], *days)


def _same(
    standing: Iterable[ClosedDay], kind: str, name: str, first: date, last: date
) -> ClosedDay | None:
    """What says the same; of holidays and public days there is one of each name in a year."""
    named = [one for one in standing if (one.kind, one.name.casefold()) == (kind, name.casefold())]
    exact = (one for one in named if (one.starts_on, one.ends_on) == (first, last))
    return next(exact, None) or (named[0] if named and kind in ONCE_A_YEAR else None)


def _by_day(line: Line) -> tuple[date, str]:
    return line.said.starts_on, line.said.name
