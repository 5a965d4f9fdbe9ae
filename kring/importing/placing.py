"""Which group a child is in from when, as a roster has it.

A new school year begins for all on its first day, and what came before ends the day before. Within
a year a child changes groups today, and whoever is new begins on the day that the file says; where
it says none, today, or with the year where the whole year is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from kring.importing.differences import FieldChange
from kring.importing.drafting import Draft, change
from kring.importing.grouping import Groups
from kring.importing.roster import StudentLine
from kring.importing.standing import Place, Unit
from kring.schools.models import Enrollment

DAY = timedelta(days=1)


class Placing:
    """Puts the children of a roster where they belong."""

    def __init__(self, draft: Draft, groups: Groups) -> None:
        self.draft, self.groups = draft, groups
        self.first_day = groups.year.starts_on

    def place(self, student_id: UUID, line: StudentLine) -> list[FieldChange]:
        """Put one child there; says what changes by it."""
        held = self.held(student_id)
        if line.ends_on and line.ends_on < self.draft.today and not held:
            return []  # left, and we know
        begins = self._begins(student_id, line, held)
        if line.ends_on and line.ends_on < begins:
            return self._leave(held, line.ends_on)
        wanted = self._wanted(line, held)
        staying = [one for one in held if one.group_id in wanted]
        ending = [one for one in held if one.group_id not in wanted and self._ends(one, wanted)]
        for place in ending:
            self.end(place, self._last_day(place, begins))
        here = {place.group_id for place in staying}
        beginning = [unit for group_id, unit in wanted.items() if group_id not in here]
        for unit in beginning:
            self._begin(student_id, unit, line, begins)
        changes = self._moves(ending, beginning)
        for place in {one.group_id: one for one in staying}.values():  # the last of each
            changes += self._adjust(place, wanted[place.group_id], line)
        return list(dict.fromkeys(changes))

    def end(self, place: Place, last_day: date) -> None:
        """Close a place after this day; one that would begin later never held."""
        at = place.student_id
        if place.starts_on > last_day:
            self.draft.remove(Enrollment, place.id, student=at)
        else:
            self.draft.change(Enrollment, place.id, {"ends_on": last_day}, student=at)

    def leave(self, student_id: UUID) -> None:
        """The child has left: with the school year where a new one begins, else yesterday."""
        for place in self.held(student_id):
            if self._is_of_this_year(place):
                self.end(place, self.draft.today - DAY)
            else:
                self.end(place, self.first_day - DAY)

    def held(self, student_id: UUID) -> list[Place]:
        """Where it is or will be, but for what ends before this school year anyway."""
        return [
            place
            for place in self.draft.standing.places.get(student_id, ())
            if place.ends_on is None
            or place.ends_on >= self.first_day
            or self._is_of_this_year(place)
        ]

    def name(self, student_id: UUID) -> str:
        """The homeroom of a child, for a line beside its name."""
        held = self.draft.standing.places.get(student_id, [])
        units = [self.draft.standing.groups[place.group_id] for place in held]
        return ", ".join(dict.fromkeys(unit.name for unit in units if unit.is_homeroom))

    # ── when ─────────────────────────────────────────────────────────────────
    def _begins(self, student_id: UUID, line: StudentLine, held: list[Place]) -> date:
        """The first day in the group of the file."""
        if any(self._is_of_this_year(place) for place in held):
            return max(self.draft.today, self.first_day)
        said = line.starts_on
        if said is None:
            begins_with_the_year = held or self.groups.is_new_year
            said = self.first_day if begins_with_the_year else self.draft.today
        before = self.draft.standing.last_days.get(student_id)  # that it was here, and left
        free = before + DAY if before else self.first_day
        return max(self.first_day, said, free)

    def _last_day(self, place: Place, begins: date) -> date:
        if self._is_of_this_year(place):
            return begins - DAY
        return min(begins, self.first_day) - DAY

    def _is_of_this_year(self, place: Place) -> bool:
        return self.draft.standing.year_of(place.group_id).name == self.groups.year.name

    # ── where ────────────────────────────────────────────────────────────────
    def _wanted(self, line: StudentLine, held: list[Place]) -> dict[UUID, Unit]:
        """The groups of the file. Where it says none, the child stays in that of this year."""
        unit = self.groups.homeroom(line)
        if unit is None:
            here = [place for place in held if self._is_of_this_year(place)]
            own = [self.draft.standing.groups[place.group_id] for place in here]
            unit = next((one for one in own if one.is_homeroom), None)
        unit = unit or self.groups.of_grade(line.grade)
        return {one.id: one for one in (unit, *self.groups.clubs(line))}

    def _ends(self, place: Place, wanted: dict[UUID, Unit]) -> bool:
        """Whether a place that the file does not name ends: a club made by hand stays."""
        unit = self.draft.standing.groups[place.group_id]
        if not self._is_of_this_year(place):
            return True
        if unit.is_homeroom:
            return any(one.is_homeroom for one in wanted.values())
        return bool(unit.source_id) and bool(self.draft.roster.groups)

    # ── writing ──────────────────────────────────────────────────────────────
    def _begin(self, student_id: UUID, unit: Unit, line: StudentLine, begins: date) -> None:
        self.draft.make(
            Enrollment,
            student_id=student_id,
            group_id=unit.id,
            grade=_grade(unit, line),
            weekdays=list(line.weekdays) if unit.is_homeroom else [],
            starts_on=begins,
            ends_on=line.ends_on,
        )

    def _leave(self, held: list[Place], last_day: date) -> list[FieldChange]:
        ending = [place for place in held if place.ends_on is None or place.ends_on > last_day]
        for place in ending:
            self.end(place, last_day)
        return [change("ends_on", None, last_day)] if ending else []

    def _adjust(self, place: Place, unit: Unit, line: StudentLine) -> list[FieldChange]:
        """A place that stays, with other days or another grade."""
        values: dict[str, object] = {"grade": _grade(unit, line)}
        if line.ends_on:  # else the file does not say; the office may know
            values["ends_on"] = line.ends_on
        if unit.is_homeroom and line.weekdays:
            values["weekdays"] = list(line.weekdays)
        if line.starts_on and min(line.starts_on, place.starts_on) > self.draft.today:
            values["starts_on"] = max(line.starts_on, self.first_day)
        differing = {name: new for name, new in values.items() if getattr(place, name) != new}
        if differing:
            self.draft.change(Enrollment, place.id, differing, student=place.student_id)
        return [change(name, getattr(place, name), new) for name, new in differing.items()]

    def _moves(self, ending: list[Place], beginning: list[Unit]) -> list[FieldChange]:
        before = [self.draft.standing.groups[place.group_id] for place in ending]
        changes = []
        for name, is_homeroom in (("group", True), ("other_groups", False)):
            old, new = (self._named(units, at=is_homeroom) for units in (before, beginning))
            if old or new:
                same = old == new  # the same name in another year
                texts = (
                    self._named(units, at=is_homeroom, years=same) for units in (before, beginning)
                )
                changes.append(change(name, *texts))
        return changes

    def _named(self, units: Iterable[Unit], *, at: bool, years: bool = False) -> str:
        return ", ".join(sorted(self._names(units, at=at, years=years)))

    def _names(self, units: Iterable[Unit], *, at: bool, years: bool) -> Iterator[str]:
        for unit in units:
            if unit.is_homeroom is at:
                year = self.draft.standing.year_of(unit.id).name
                yield f"{unit.name} {year}" if years else unit.name


def _grade(unit: Unit, line: StudentLine) -> int | None:
    """Said of a child only where its group has several."""
    return None if line.grade is None or unit.grades == [line.grade] else line.grade
