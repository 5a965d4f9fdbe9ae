"""The next five days, beside the feed: they come with what hangs on its cards, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.dates import WEEKDAYS_ABBR

from kring.base import clock
from kring.base.statement import Statement
from kring.base.viewer import array
from kring.base.visibility import Viewer
from kring.calendar import when
from kring.calendar.choices import Chip, school_hue
from kring.calendar.items import Item, in_order, items_of
from kring.calendar.models import CalendarEntry
from kring.calendar.rows import CARD, COLUMNS, COMING, OF_CARDS, Found, Room, found_of
from kring.schools.models import ClosedDay, Group

DAYS, MOST = 5, 8  # things; the agenda has them all
LOOKED_AT = MOST + 1  # one more than fits, to know that there is more

# Entries that are not over, and closed days. Siblings of a broadcast stand once, so they have one
# turn together: however many they are, what follows them is looked at as well.
# The values stand in a SELECT of their own, so that the plan is the same for all, and kept.
STATEMENT = Statement(
    f"""
    ({OF_CARDS})
    UNION ALL
    SELECT {COLUMNS}, '{COMING}', rooms.ids, rooms.names, rooms.colors
    FROM (
        SELECT *, dense_rank() OVER (
            ORDER BY entry.starts_at, entry.whole_day DESC, entry.title,
                coalesce(entry.card_id, entry.id)
        ) AS turn
        FROM calendar_calendarentry entry
        WHERE entry.school_id = ANY ((SELECT %(schools)s::uuid[])::uuid[])
            AND entry.ends_at >= %(since)s AND entry.starts_at < %(until)s
            AND (entry.ends_at > %(since)s OR entry.starts_at >= %(since)s)
            AND (entry.withdrawn_at IS NULL OR entry.is_called_off) AND entry.published_at <= now()
            AND {{entry}}
    ) entry
    JOIN schools_school home ON home.id = entry.school_id AND entry.turn <= {LOOKED_AT}
    LEFT JOIN LATERAL (
        SELECT array_agg(room.id) AS ids, array_agg(room.name) AS names,
            array_agg(room.color) AS colors
        FROM schools_group room WHERE room.id = ANY (entry.group_ids) AND {{room}}
    ) rooms ON cardinality(entry.group_ids) > 0
    UNION ALL
    (SELECT day.id, NULL, day.name, '', day.starts_on::timestamp AT TIME ZONE %(clock)s,
        (day.ends_on + 1)::timestamp AT TIME ZONE %(clock)s, TRUE, FALSE, day.school_id, TRUE,
        FALSE, '{{{{}}}}', '{{{{}}}}', home.name, home.kind, day.kind, NULL, NULL, NULL
    FROM schools_closedday day JOIN schools_school home ON home.id = day.school_id
    WHERE day.school_id = ANY ((SELECT %(schools)s::uuid[])::uuid[])
        AND day.starts_on <= %(last)s AND day.ends_on >= %(first)s AND {{day}}
    ORDER BY day.starts_on, day.name LIMIT {LOOKED_AT})
    """,  # noqa: S608 - our own numbers
    entry=CalendarEntry,
    room=Group,
    day=ClosedDay,
)


class Day(NamedTuple):
    """A day, and what is on it, or goes on already."""

    day: date
    abbreviated: str
    said: str
    is_today: bool
    items: list[Item]


@dataclass(frozen=True)
class Coming:
    """The days that have something, and whether there is more than stands here."""

    days: list[Day]
    is_cut: bool


def with_coming_days(card_ids: Iterable[UUID], viewer: Viewer) -> tuple[list[Found], Coming]:
    """What these messages put in the agenda, and what comes today and the four days that follow."""
    today, rooms = clock.today(), dict[UUID, Room]()
    found = [found_of(row, rooms) for row in _rows(card_ids, viewer, today)]
    items = items_of((one for one in found if one.role == COMING), rooms)
    several = len(viewer.school_ids) > 1
    items += [_closed(one, several=several) for one in found if one.role not in {CARD, COMING}]
    shown = sorted(items, key=in_order)[:MOST]
    coming = Coming(_by_day(shown, today), is_cut=len(items) > MOST)
    return [one for one in found if one.role == CARD], coming


def _rows(card_ids: Iterable[UUID], viewer: Viewer, today: date) -> list[tuple[Any, ...]]:
    last = today + timedelta(days=DAYS - 1)
    return STATEMENT.run(
        viewer,
        schools=array(viewer.school_ids),
        cards=array(card_ids),
        since=clock.now(),
        until=clock.end_of(last),
        first=today,
        last=last,
        clock=clock.SCHOOL_TIME.key,
    )


def _closed(one: Found, *, several: bool) -> Item:
    return Item(
        title=one.title,
        first=when.first_day(one),
        last=when.last_day(one),
        starts_at=one.starts_at,
        chips=[Chip(one.school.name, school_hue(one.school))] if several else (),
        is_closed=True,
        kind=str(ClosedDay.Kind(one.role).label),
    )


def _by_day(items: Iterable[Item], today: date) -> list[Day]:
    days: dict[date, list[Item]] = {}
    for item in items:
        days.setdefault(max(item.first, today), []).append(item)
    return [
        Day(day, str(WEEKDAYS_ABBR[day.weekday()]), when.day_said_fully(day), day == today, found)
        for day, found in sorted(days.items())
    ]
