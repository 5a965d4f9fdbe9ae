"""A month as a table of weeks: bars over several days in lanes, below them what is on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kring.base import clock
from kring.calendar import when
from kring.calendar.items import Item, in_order

LANES, SHOWN = 3, 3  # bars above each other, and things below them; the list has them all
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Bar:
    """The part of an item of several days that lies on one day."""

    item: Item
    begins: bool
    ends: bool
    is_named: bool  # once a week: elsewhere only for who listens


@dataclass
class Cell:
    """A day."""

    day: date
    in_month: bool
    is_today: bool
    bars: list[Bar | None] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    more: int = 0

    @property
    def said(self) -> str:
        """In full, for who listens."""
        return when.day_said_fully(self.day)

    @property
    def is_closed(self) -> bool:
        """Whether the school is closed."""
        found = [bar.item for bar in self.bars if bar] + self.items
        return any(item.is_closed for item in found)

    @property
    def is_free(self) -> bool:
        """Whether it is no day of school by itself."""
        return self.day.isoweekday() > 5  # noqa: PLR2004 - Saturday and Sunday


@dataclass(frozen=True)
class Week:
    """A row: its ISO number, and seven days."""

    number: int
    cells: list[Cell]


def first_shown(first: date) -> date:
    """The Monday on which the table of a month begins."""
    return first - timedelta(days=first.weekday())


def weeks_of(first: date, last: date, items: Sequence[Item]) -> list[Week]:
    """The weeks that hold the days of a month."""
    found, monday = [], first_shown(first)
    while monday <= last:
        found.append(_week(monday, first, items))
        monday += WEEK
    return found


def _week(monday: date, first: date, items: Sequence[Item]) -> Week:
    today, days = clock.today(), [monday + timedelta(days=number) for number in range(7)]
    cells = [Cell(day, day.month == first.month, day == today) for day in days]
    touching = [one for one in items if one.first <= days[-1] and one.last >= monday]
    _lay_bars([one for one in touching if one.spans], cells)
    for item in sorted((one for one in touching if not one.spans), key=in_order):
        cell = cells[(item.first - monday).days]
        if len(cell.items) < SHOWN or item.is_closed:
            cell.items.append(item)
        else:
            cell.more += 1
    return Week(monday.isocalendar().week, cells)


def _lay_bars(spanning: Sequence[Item], cells: list[Cell]) -> None:
    """Each in the highest lane that is free on all its days, the longest first."""
    monday = cells[0].day
    taken: list[set[int]] = [set() for _lane in range(LANES)]
    for item in sorted(spanning, key=_longest_first):
        from_day = max((item.first - monday).days, 0)
        days = range(from_day, min((item.last - monday).days, 6) + 1)
        lane = next((number for number, one in enumerate(taken) if one.isdisjoint(days)), None)
        if lane is None:
            for day in days:
                cells[day].more += 1
            continue
        taken[lane].update(days)
        for day in days:
            _put(cells[day], lane, item, is_named=day == from_day)
    deepest = max((len(cell.bars) for cell in cells), default=0)
    for cell in cells:
        cell.bars += [None] * (deepest - len(cell.bars))


def _put(cell: Cell, lane: int, item: Item, *, is_named: bool) -> None:
    cell.bars += [None] * (lane + 1 - len(cell.bars))
    begins, ends = item.first == cell.day, item.last == cell.day
    cell.bars[lane] = Bar(item, begins, ends, is_named)


def _longest_first(item: Item) -> tuple[object, ...]:
    return (item.first, -(item.last - item.first).days, not item.is_closed, item.title)
