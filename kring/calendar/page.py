"""The agenda of one person: a month of it, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.base import clock, saying
from kring.base.visibility import Viewer
from kring.calendar.asked import LIST, MONTH, Asked, school_year
from kring.calendar.choices import Chip, school_hue
from kring.calendar.items import (
    MOST,
    Item,
    closed_items,
    entries_shown,
    groups_named,
    in_order,
    items_of,
)
from kring.calendar.models import CalendarEntry
from kring.calendar.month import Week, first_shown, weeks_of
from kring.calendar.when import day_said_fully
from kring.schools.models import ClosedDay, Enrollment, Group, School

AUGUST, JULY = 8, 7


class Day(NamedTuple):
    """A day of the list, with what begins on it, or stood already when the list begins."""

    day: date
    near: str  # today, tomorrow; else nothing
    is_today: bool
    said: str
    items: list[Item]


class Unknown(NamedTuple):
    """A school that has not said its holidays of a school year."""

    school: School
    year: str
    url: str  # for who can say them


@dataclass
class AgendaPage:
    """A month, all of it or about one child or group."""

    viewer: Viewer
    asked: Asked

    @property
    def weeks(self) -> list[Week]:
        """For the table."""
        return weeks_of(self.asked.first, self.asked.last, self.items)

    @property
    def shows_list(self) -> bool:
        return self.asked.form != MONTH

    @property
    def shows_month(self) -> bool:
        return self.asked.form != LIST

    @property
    def earlier(self) -> list[Day]:
        """Of this month, the days that are over."""
        return [day for day in self._days if self.asked.is_now and self._is_over(day)]

    @property
    def days(self) -> list[Day]:
        """Of this month from today on, else all of the month."""
        return [day for day in self._days if not (self.asked.is_now and self._is_over(day))]

    def _is_over(self, day: Day) -> bool:
        return max(item.last for item in day.items) < clock.today()

    @cached_property
    def _days(self) -> list[Day]:
        found: dict[date, list[Item]] = {}
        for item in sorted(self.items, key=in_order):
            if item.last >= self.asked.first and item.first < self._until:
                found.setdefault(max(item.first, self.asked.first), []).append(item)
        today = clock.today()
        return [_day(day, found[day], today) for day in sorted(found)]

    @cached_property
    def items(self) -> list[Item]:
        """All of these days, in order."""
        entries = [one for one in self._entries[:MOST] if self._is_about(one)]
        days = [one for one in self._closed if self._is_closed_for(one)]
        several = len({one.school_id for one in days}) > 1 or len(self.schools) > 1
        found = items_of(entries, self.groups) + closed_items(days, several=several)
        return sorted(found, key=in_order)

    @property
    def has_holidays(self) -> bool:
        """Whether a holiday stands here that the table of the regions knows."""
        return any(
            one.kind == ClosedDay.Kind.HOLIDAY and self._is_closed_for(one) for one in self._closed
        )

    @property
    def list_url(self) -> str:
        """The same month as a list, in full."""
        return self.asked.shown_as(LIST).url

    @property
    def is_cut(self) -> bool:
        """Whether there is more than a page shows."""
        return len(self._entries) > MOST

    @property
    def _until(self) -> date:
        """The list of this month goes on into the next: at its end, little is left."""
        return self.asked.after().next_month if self.asked.is_now else self.asked.next_month

    @cached_property
    def _entries(self) -> list[CalendarEntry]:
        return entries_shown(self.viewer, first_shown(self.asked.first), self._until_shown)

    @property
    def _until_shown(self) -> date:
        return max(self._until, self.asked.last + timedelta(days=7))

    @cached_property
    def _closed(self) -> list[ClosedDay]:
        """Of the whole school year, to know whether it was said."""
        first, last = _year(school_year(self.asked.first))
        seen = ClosedDay.objects.visible_to(self.viewer)
        days = seen.between(min(first, first_shown(self.asked.first)), max(last, self._until_shown))
        return list(days.select_related("school").order_by("starts_on", "name", "pk"))

    def _is_closed_for(self, day: ClosedDay) -> bool:
        if self.asked.unit and day.school_id not in self._schools_asked:
            return False
        begins_in_time = day.starts_on < self._until_shown
        return begins_in_time and day.ends_on >= first_shown(self.asked.first)

    @cached_property
    def schools(self) -> list[School]:
        """Those that this person has to do with."""
        return list(School.objects.visible_to(self.viewer).order_by("-kind", "name"))

    @cached_property
    def unknown(self) -> list[Unknown]:
        """Schools without holidays in this school year; not of years that are over."""
        first, last = _year(school_year(self.asked.first))
        told = {
            day.school_id
            for day in self._closed
            if day.kind == ClosedDay.Kind.HOLIDAY and first <= day.starts_on <= last
        }
        if last < clock.today():
            return []
        year = f"{first.year}-{last.year}"
        return [
            Unknown(one, year, self._where_to_say(one, first.year))
            for one in self.schools
            if one.kind == School.Kind.SCHOOL and one.pk not in told
        ]

    def _where_to_say(self, school: School, year: int) -> str:
        if school.pk not in self.viewer.ids("leads", "administers"):
            return ""
        return reverse("holidays:year", args=[school.pk, year])

    # ── about whom ───────────────────────────────────────────────────────────
    @cached_property
    def filters(self) -> list[Chip]:
        """Everything, then each child with its group, each group taught or led."""
        chips = [self._chip(str(one), name, hue) for one, name, hue in self._units]
        return [self._chip("", _("All"), "school"), *chips] if len(chips) > 1 else []

    def _chip(self, unit: str, name: str, hue: str) -> Chip:
        return Chip(name, hue, self.asked.all_about(unit).url, current=unit == self.asked.about)

    @property
    def _units(self) -> Iterable[tuple[UUID, str, str]]:
        cares: dict[UUID, tuple[UUID, str, str]] = {}
        for stay in self._stays:
            if stay.school.kind == School.Kind.AFTERCARE:
                cares[stay.school_id] = (stay.school_id, stay.school.name, school_hue(stay.school))
            else:
                name = f"{stay.student.first_name} · {stay.group.name}"
                yield stay.student_id, name, f"g{stay.group.color}"
        yield from cares.values()
        for room in self._rooms:
            yield room.pk, room.name, f"g{room.color}"

    @cached_property
    def _stays(self) -> list[Enrollment]:
        """Where one's own children are today."""
        children = self.viewer.ids("child_ids", "informed_ids")
        if not children:
            return []
        stays = Enrollment.objects.visible_to(self.viewer).on(clock.today())
        own = stays.filter(student__in=children).select_related("student", "group", "school")
        return list(own.order_by("student__first_name", "group__name"))

    @cached_property
    def _rooms(self) -> list[Group]:
        """The groups that one teaches or oversees, of this year."""
        overseen = self.viewer.ids("leads", "administers", "coaches", "cares_for")
        if not overseen and not self.viewer.taught_group_ids:
            return []
        groups = Group.objects.visible_to(self.viewer).filter(year__ends_on__gte=clock.today())
        mine = groups.filter(pk__in=self.viewer.taught_group_ids)
        return list((mine | groups.filter(school__in=overseen)).order_by("name"))

    @cached_property
    def groups(self) -> dict[UUID, Group]:
        """Those that the entries name."""
        return groups_named(self._entries, self.viewer)

    @cached_property
    def _units_asked(self) -> frozenset[UUID]:
        """The one that is asked about; of a child also its groups."""
        unit = self.asked.unit
        groups = {one.group_id for one in self._stays if one.student_id == unit}
        return frozenset(groups | {unit} if unit else ())

    @cached_property
    def _schools_asked(self) -> frozenset[UUID]:
        """The school of that group, the schools of that child, or that after-school care."""
        unit = self.asked.unit
        of_child = {one.school_id for one in self._stays if one.student_id == unit}
        of_group = {one.school_id for one in self._rooms if one.pk == unit}
        return frozenset(of_child | of_group | ({unit} if unit else set()))

    def _is_about(self, entry: CalendarEntry) -> bool:
        if self.asked.unit is None:
            return True
        if entry.whole_school or entry.school_id == self.asked.unit:
            return entry.school_id in self._schools_asked
        return not self._units_asked.isdisjoint([*entry.group_ids, *entry.student_ids])


def _day(day: date, items: Sequence[Item], today: date) -> Day:
    near = saying.said_day(day, today=today) if abs((day - today).days) <= 1 else ""
    return Day(day, near, day == today, day_said_fully(day), list(items))


def _year(first: int) -> tuple[date, date]:
    """From 1 August to 31 July."""
    return date(first, AUGUST, 1), date(first + 1, JULY, 31)
