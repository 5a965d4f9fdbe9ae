"""What stands in the agenda, as pages show it: plain values, so that templates ask nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import Viewer
from kring.calendar import when
from kring.calendar.choices import Chip, Home, Room, chips_of, school_hue
from kring.calendar.models import CalendarEntry
from kring.schools.models import ClosedDay, Group

MOST = 300  # entries of one page


@dataclass(frozen=True, kw_only=True)
class Item:
    """An entry, or days on which the school is closed."""

    title: str
    first: date
    last: date
    starts_at: datetime
    times: str = ""  # nothing: whole days
    place: str = ""
    chips: Sequence[Chip] = ()
    url: str = ""  # nothing: there is no more to read
    is_off: bool = False
    is_closed: bool = False
    is_private: bool = False  # for the team, or for some children: it travels without its title
    kind: str = ""  # of a closed day, in words

    @property
    def hue(self) -> str:
        """The colour of the one group that it is for; else of the school."""
        return self.chips[0].hue if len(self.chips) == 1 else "school"

    @property
    def spans(self) -> bool:
        """Whether it takes several days."""
        return self.last > self.first

    @property
    def said(self) -> str:
        """When, beside the day that it stands under."""
        if self.spans:
            until = _("until %(day)s") % {"day": when.day_said(self.last)}
            return f"{self.times}, {until}" if self.times else until
        return self.times or (self.kind if self.is_closed else _("all day"))

    @property
    def days(self) -> str:
        """The days and the time, for where it stands under no day."""
        days = when.days_said(self.first, self.last)
        return f"{days}, {self.times}" if self.times else days


class Entry(when.Dated, Protocol):
    """Something that stands in the agenda, as far as a page shows it."""

    @property
    def pk(self) -> UUID: ...
    @property
    def card_id(self) -> UUID | None: ...
    @property
    def title(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def is_called_off(self) -> bool: ...
    @property
    def audience(self) -> Audience: ...
    @property
    def school(self) -> Home: ...


def entries_shown(viewer: Viewer, since: date, until: date) -> list[CalendarEntry]:
    """Those that this person may see and that touch these days, ``until`` not included."""
    shown = CalendarEntry.objects.visible_to(viewer).shown()
    touching = shown.between(clock.start_of(since), clock.start_of(until))
    return list(touching.select_related("school").order_by("starts_at", "title", "pk")[: MOST + 1])


def groups_named(entries: Iterable[CalendarEntry], viewer: Viewer) -> dict[UUID, Group]:
    """The groups that these entries are for; no query where there are none."""
    named = {one for entry in entries for one in entry.group_ids}
    return Group.objects.visible_to(viewer).in_bulk(list(named)) if named else {}


def items_of(entries: Iterable[Entry], groups: Mapping[UUID, Room]) -> list[Item]:
    """One for each; siblings of one broadcast, as long as they say the same, stand once."""
    found: dict[object, Item] = {}
    for entry in entries:
        item = _item(entry, groups)
        same = (entry.card_id or entry.pk, item.title, item.starts_at, item.last, item.is_off)
        if (known := found.get(same)) is not None:
            item = _with_chips(known, item.chips)
        found[same] = item
    return list(found.values())


def _item(entry: Entry, groups: Mapping[UUID, Room]) -> Item:
    audience = entry.audience
    return Item(
        title=entry.title,
        first=when.first_day(entry),
        last=when.last_day(entry),
        starts_at=entry.starts_at,
        times=when.times_said(entry),
        place=entry.place,
        chips=chips_of(audience, entry.school, groups),
        url=reverse("calendar:entry", args=[entry.pk]),
        is_off=entry.is_called_off,
        is_private=audience.staff_only or bool(audience.student_ids),
    )


def _with_chips(item: Item, more: Sequence[Chip]) -> Item:
    told = {name: getattr(item, name) for name in item.__dataclass_fields__}
    return Item(**told | {"chips": [*item.chips, *more]})


def closed_items(days: Iterable[ClosedDay], *, several: bool) -> list[Item]:
    """Closed days; of which school, where a person has to do with several."""
    return [
        Item(
            title=day.name,
            first=day.starts_on,
            last=day.ends_on,
            starts_at=clock.start_of(day.starts_on),
            chips=[Chip(day.school.name, school_hue(day.school))] if several else (),
            is_closed=True,
            kind=day.get_kind_display(),
        )
        for day in days
    ]


def in_order(item: Item) -> tuple[object, ...]:
    """Closed days first, then whole days, then by the clock."""
    return (item.starts_at.astimezone(UTC), not item.is_closed, bool(item.times), item.title)
