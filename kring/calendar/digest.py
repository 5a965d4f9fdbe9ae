"""The agenda in the newsletter by mail: the days that follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.base import clock
from kring.base.registry import DigestItem, DigestSection, Span, digest_section
from kring.base.statement import Statement, columns, made
from kring.base.viewer import array
from kring.base.visibility import Viewer
from kring.calendar.items import MOST as LOOKED_AT
from kring.calendar.items import Item, closed_items, in_order, items_of
from kring.calendar.models import CalendarEntry
from kring.schools.models import ClosedDay, Group, School

MOST = 12  # lines; the agenda has them all

# That touch these days: no entry ends before it begins, so the index on the end finds them.
ENTRIES = Statement(
    f"""
    SELECT {columns(School, "home")}, {columns(CalendarEntry, "entry")},
        rooms.ids, rooms.names, rooms.colors
    FROM calendar_calendarentry entry
    JOIN schools_school home ON home.id = entry.school_id AND {{home}}
    LEFT JOIN LATERAL (
        SELECT array_agg(room.id) AS ids, array_agg(room.name) AS names,
            array_agg(room.color) AS colors
        FROM schools_group room WHERE room.id = ANY (entry.group_ids) AND {{room}}
    ) rooms ON cardinality(entry.group_ids) > 0
    WHERE entry.school_id = ANY ((SELECT %(schools)s::uuid[])::uuid[])
        AND entry.ends_at >= %(since)s AND entry.starts_at < %(until)s
        AND (entry.ends_at > %(since)s OR entry.starts_at >= %(since)s)
        AND (entry.withdrawn_at IS NULL OR entry.is_called_off) AND entry.published_at <= now()
        AND {{entry}}
    ORDER BY entry.starts_at, entry.title, entry.id LIMIT {LOOKED_AT + 1}
    """,  # noqa: S608 - our own names and numbers
    home=School,
    entry=CalendarEntry,
    room=Group,
)

CLOSED = Statement(
    f"""
    SELECT {columns(School, "home")}, {columns(ClosedDay, "day")}
    FROM schools_closedday day JOIN schools_school home ON home.id = day.school_id AND {{home}}
    WHERE day.school_id = ANY ((SELECT %(schools)s::uuid[])::uuid[])
        AND day.starts_on <= %(last)s AND day.ends_on >= %(first)s AND {{day}}
    ORDER BY day.starts_on, day.name
    """,  # noqa: S608 - our own names
    home=School,
    day=ClosedDay,
)
_OF_HOME = len(School._meta.concrete_fields)


class Room(NamedTuple):
    """A group that an entry is for, as far as a chip shows it."""

    name: str
    color: int


def coming(viewer: Viewer, span: Span) -> list[Item]:
    """What this person sees of these days, in order."""
    schools = array(viewer.school_ids)
    since = clock.start_of(span.first_day)
    until = clock.start_of(span.last_day + timedelta(days=1))
    groups: dict[UUID, Room] = {}
    entries = [
        _entry(row, groups)
        for row in ENTRIES.run(viewer, schools=schools, since=since, until=until)
    ]
    rows = CLOSED.run(viewer, schools=schools, first=span.first_day, last=span.last_day)
    days = [_of_school(ClosedDay, row) for row in rows]
    several = len({day.school_id for day in days}) > 1
    return sorted(items_of(entries, groups) + closed_items(days, several=several), key=in_order)


def _entry(row: tuple[Any, ...], groups: dict[UUID, Room]) -> CalendarEntry:
    *told, ids, names, colors = row
    groups.update(zip(ids or (), map(Room, names or (), colors or ()), strict=True))
    return _of_school(CalendarEntry, told)


def _of_school[M: (CalendarEntry, ClosedDay)](model: type[M], row: Sequence[Any]) -> M:
    one = made(model, row[_OF_HOME:])
    one.school = made(School, row)
    return one


@digest_section(20)
def what_comes(viewer: Viewer, span: Span) -> DigestSection | None:
    """Next week; nothing where nothing stands in it."""
    items = coming(viewer, span)
    if not items:
        return None
    return DigestSection(
        title=_("In the agenda"),
        items=[_told(item) for item in items[:MOST]],
        more=max(len(items) - MOST, 0),
    )


def _told(item: Item) -> DigestItem:
    """It travels in the open: no place, and of what is not for whole groups no title."""
    title = _("Something for you, or for the team") if item.is_private else item.title
    title = _("Called off: %(title)s") % {"title": title} if item.is_off else title
    return DigestItem(
        title=title,
        said=item.kind,
        path=item.url or reverse("calendar:agenda"),
        when=item.days,
        chip=", ".join(chip.name for chip in item.chips),
        color=_color(item),
    )


def _color(item: Item) -> int:
    hue = item.hue
    return int(hue[1:]) if hue.startswith("g") else 0
