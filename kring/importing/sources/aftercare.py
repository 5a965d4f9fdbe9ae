"""The children of an after-school care, with the days on which they come."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.importing.roster import GroupLine, Roster, StudentLine
from kring.importing.sources import Reading, SourceFile, columns, lists, values
from kring.importing.sources.carers import NO, YES, carers_of
from kring.importing.sources.lists import Cells, ListFile

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
SHORT = {"ma": 1, "di": 2, "wo": 3, "do": 4, "vr": 5}
COMES = YES | {"hele dag", "middag", "ochtend", "bso", "nso", "vso", "✓", "✔"}
_TIMES = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?(?:-|–|tot) ?\d{1,2}[:.]\d{2})?")


class Aftercare:
    """Made by hand or by the planning of the care: who is not in it may have left."""

    name: ClassVar[str] = "aftercare"
    label: ClassVar[str | Promise] = _("List of children of the after-school care")
    fields: ClassVar[Mapping[str, str | Promise]] = columns.labels(
        (*lists.CHILD, *WEEKDAYS, "weekdays", "starts_on", "ends_on")
    )

    def read(
        self, files: Sequence[SourceFile], mapping: Mapping[int, str] | None = None
    ) -> Reading:
        """Read one list."""
        needed = (("first_name",), ("last_name",), ("group",), (*WEEKDAYS, "weekdays"))
        return lists.read(files, self.fields, mapping, needed, self._roster)

    def _roster(self, found: ListFile) -> Roster:
        keys: set[str] = set()
        names: set[tuple[object, ...]] = set()
        students: list[StudentLine] = []
        for cells in found.rows():
            child = _child(cells)
            if child.key in keys:
                cells.refuse("key_twice", "key", child.key)
            who = (child.first_name, child.infix, child.last_name, child.born_on)
            if who in names:
                cells.warn("same_name_and_birthday", "last_name", child.last_name)
            names.add(who)
            keys |= {child.key} - {""}
            students.append(child)
        return Roster(
            source=self.name,
            groups=_groups(students),
            students=tuple(students),
            is_whole=True,
            dropped=dict(+found.dropped),
        )


def _groups(students: list[StudentLine]) -> tuple[GroupLine, ...]:
    first = {one.group_key: one for one in reversed(students)}
    return tuple(
        GroupLine(key=key, name=one.group_name, line=one.line)
        for key, one in sorted(first.items(), key=lambda item: item[1].line or 0)
    )


def _child(cells: Cells) -> StudentLine:
    child = lists.child_of(cells)
    if not cells.has("group"):
        cells.refuse("no_group", "group")
    weekdays = _weekdays(cells)
    if not weekdays:
        cells.warn("no_care_days", value=child.last_name)
    starts_on, ends_on = cells.day("starts_on"), cells.day("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        cells.refuse("ends_before_start", "ends_on", cells.given("ends_on"))
    return replace(
        child,
        group_key=child.group_name,
        weekdays=weekdays,
        starts_on=starts_on,
        ends_on=ends_on,
        carers=tuple(carers_of(cells)),
    )


def _weekdays(cells: Cells) -> tuple[int, ...]:
    ticked = {number for number, name in enumerate(WEEKDAYS, start=1) if cells.made(name, _comes)}
    return tuple(sorted(ticked | (cells.made("weekdays", _named_days) or set())))


def _comes(given: str) -> bool:
    """Whether the child comes: x, ja, 1, or the times of that day."""
    plain = given.casefold()
    if plain in COMES or _TIMES.fullmatch(plain):
        return True
    if plain in NO:
        return False
    raise values.Unusable("no_care_day")


def _named_days(given: str) -> set[int]:
    """Days in one cell: ``ma, di en do``."""
    words = re.findall(r"[a-z]+", given.casefold())
    named = [word for word in words if word not in {"en", "and"}]
    if any(word[:2] not in SHORT for word in named):
        raise values.Unusable("no_care_day")
    return {SHORT[word[:2]] for word in named}
