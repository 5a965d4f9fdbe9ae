"""The school year and the groups of a roster."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import chain, count

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kring.base.ids import new_id
from kring.importing.differences import FieldChange
from kring.importing.drafting import Draft, RefusedError, change
from kring.importing.matching import usable
from kring.importing.roster import GroupLine, StudentLine
from kring.importing.standing import Unit, Year
from kring.schools.models import Group, SchoolYear

COLORS = range(1, 13)
LONGEST, SHORT = 64, 30
AUGUST, JULY = 8, 7


class Groups:
    """The groups that children of this roster go to."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.year = _year(draft)
        self.units: dict[str, Unit] = {}  # by the key of the file
        mine = [one for one in draft.standing.groups.values() if one.year_id == self.year.id]
        self.is_new_year = not mine
        self.by_name = {one.name.casefold(): one for one in mine}
        self.by_key = {one.source_id: one for one in mine if one.source_id}
        self.colors = Counter(one.color for one in mine)

    def draw(self) -> None:
        """Meet every group of the file."""
        for line in self.draft.roster.groups:
            known = self.by_key.get(usable(line.key)) or self._namesake(line)
            self.units[line.key] = self._change(known, line) if known else self._make(line)

    def homeroom(self, line: StudentLine) -> Unit | None:
        """Where a child belongs; made where a list only names it. None: the file does not say."""
        if line.group_key in self.units:
            return self.units[line.group_key]
        if line.group_name:
            return self._named(line.group_name)
        return None

    def of_grade(self, grade: int | None) -> Unit:
        """For a new child whose group the file does not say."""
        with translation.override(settings.LANGUAGE_CODE):  # data of the school, not of a reader
            name = _("No group") if grade is None else _("Year %(grade)d") % {"grade": grade}
        return self._named(name, () if grade is None else (grade,))

    def clubs(self, line: StudentLine) -> list[Unit]:
        """A plus class, the pupils' council."""
        return [self.units[key] for key in line.other_group_keys if key in self.units]

    def _namesake(self, line: GroupLine) -> Unit | None:
        """A group of this name without a key of its own: made by hand, or by another list."""
        found = self.by_name.get(line.name.casefold())
        return found if found and not found.source_id else None

    def _named(self, name: str, grades: tuple[int, ...] = ()) -> Unit:
        found = self.by_name.get(name[:LONGEST].casefold())
        return found or self._make(GroupLine(key="", name=name, grades=grades))

    def _make(self, line: GroupLine) -> Unit:
        made = Unit(
            id=new_id(),
            year_id=self.year.id,
            name=self._free(line),
            grades=list(line.grades),
            is_homeroom=line.is_homeroom,
            color=min(COLORS, key=lambda color: (self.colors[color], color)),
            source_id=usable(line.key),
        )
        self._open_year()
        self.colors[made.color] += 1
        self.by_name[made.name.casefold()] = made
        self.draft.made[Group].append(tuple(made))
        self.draft.standing.groups[made.id] = made
        at = {"detail": self.year.name, "line": line.line}
        self.draft.say("new", "group", f"group:{line.key}:{line.name}", made.name, **at)
        self.draft.note("group.made", made.id, ("name",))
        return made

    def _open_year(self) -> None:
        """Only where something comes to stand in it."""
        standing = self.draft.standing
        if self.year not in standing.years:
            standing.add_year(self.year)
            self.draft.made[SchoolYear].append(tuple(self.year))
            self.draft.note("school_year.opened", self.year.id, ("name",))

    def _free(self, line: GroupLine) -> str:
        """Its name, or where two of the file have the same one, with its key."""
        ends = chain(["", f" ({line.key[:SHORT]})"], (f" {number}" for number in count(2)))
        names = (line.name[: LONGEST - len(end)] + end for end in ends)
        return next(name for name in names if name.casefold() not in self.by_name)

    def _change(self, known: Unit, line: GroupLine) -> Unit:
        name = known.name
        if line.name[:LONGEST].casefold() not in self.by_name:
            name = line.name[:LONGEST]
        wanted = known._replace(
            name=name,
            grades=list(line.grades) or known.grades,
            is_homeroom=line.is_homeroom,
            source_id=usable(line.key),
        )
        changes = _changes(known, wanted)
        if changes or wanted != known:
            fields = ("name", "grades", "is_homeroom", "source_id")
            self.draft.change(Group, known.id, {one: getattr(wanted, one) for one in fields})
        if changes:
            shown = {"changes": changes, "detail": self.year.name, "line": line.line}
            self.draft.say("changed", "group", f"group:{known.id}", known.name, **shown)
            self.draft.note("group.changed", known.id, [one.field for one in changes])
        self.draft.standing.groups[known.id] = wanted
        return wanted


def _changes(known: Unit, wanted: Unit) -> tuple[FieldChange, ...]:
    fields = ("name", "grades", "is_homeroom", "source_id")
    return tuple(
        change(one, getattr(known, one), getattr(wanted, one))
        for one in fields
        if getattr(known, one) != getattr(wanted, one)
    )


def _year(draft: Draft) -> Year:
    """The year that the roster is of; where it says none, that of today."""
    newest = draft.standing.newest
    name = draft.roster.year or _name_today(draft)
    if newest and draft.roster.year and draft.roster.year < newest.name:
        raise RefusedError("older_year", column="schooljaar", value=draft.roster.year)
    known = {year.name: year for year in draft.standing.years}
    if name in known:
        return known[name]
    first = int(name[:4])
    return Year(new_id(), name, date(first, AUGUST, 1), date(first + 1, JULY, 31))


def _name_today(draft: Draft) -> str:
    today, years = draft.today, draft.standing.years
    for year in years:
        if year.starts_on <= today <= year.ends_on:
            return year.name
    first = today.year if today.month >= AUGUST else today.year - 1
    return f"{first}-{first + 1}"
