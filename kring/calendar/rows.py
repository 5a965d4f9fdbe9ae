"""Entries as the feed needs them: some columns, without the cost of making models of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from kring.audiences.models import Audience
from kring.base.statement import Statement
from kring.base.viewer import array
from kring.base.visibility import Viewer
from kring.calendar.models import CalendarEntry

CARD, COMING = "card", "coming"
COLUMNS = """
    entry.id, entry.card_id, entry.title, entry.place, entry.starts_at, entry.ends_at,
    entry.whole_day, entry.is_called_off, entry.school_id, entry.whole_school,
    entry.staff_only, entry.group_ids, entry.student_ids, home.name, home.kind
"""

# Also those that come out with their message: to its writer both stand there already.
OF_CARDS = f"""
    SELECT {COLUMNS}, '{CARD}', NULL::uuid[], NULL::varchar[], NULL::smallint[]
    FROM calendar_calendarentry entry JOIN schools_school home ON home.id = entry.school_id
    WHERE entry.school_id = ANY ((SELECT %(schools)s::uuid[])::uuid[])
        AND entry.card_id = ANY ((SELECT %(cards)s::uuid[])::uuid[])
        AND (entry.withdrawn_at IS NULL OR entry.is_called_off) AND {{entry}}
    ORDER BY entry.id
"""  # noqa: S608 - our own names
ON_CARDS = Statement(OF_CARDS, entry=CalendarEntry)


class Home(NamedTuple):
    """A school, as far as a chip shows it."""

    name: str
    kind: str


class Room(NamedTuple):
    """A group, as far as a chip shows it."""

    name: str
    color: int


class Found(NamedTuple):
    """An entry, or days on which a school is closed."""

    pk: UUID
    card_id: UUID | None
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    whole_day: bool
    is_called_off: bool
    audience: Audience
    school: Home
    role: str  # ``CARD``, ``COMING``, or the kind of the closed days


def found_of(row: tuple[Any, ...], rooms: dict[UUID, Room]) -> Found:
    """One, from its ``COLUMNS``, its role, and its groups, which go to ``rooms``."""
    school, whole, staff, groups, students, name, kind, role, *named = row[8:]
    ids, names, colors = (one or () for one in named)
    rooms.update(zip(ids, map(Room, names, colors), strict=True))
    audience = Audience(school, whole, staff, tuple(groups), tuple(students))
    return Found._make([*row[:8], audience, Home(name, kind), role])


def on_cards(card_ids: Iterable[UUID], viewer: Viewer) -> list[Found]:
    """What these messages put in the agenda, as far as this person may see it."""
    known = {"schools": array(viewer.school_ids), "cards": array(card_ids)}
    return [found_of(row, {}) for row in ON_CARDS.run(viewer, **known)]
