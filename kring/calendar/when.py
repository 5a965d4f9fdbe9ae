"""Days and times of entries, and how people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from kring.base import clock

DAY = timedelta(days=1)


class Dated(Protocol):
    """Something with a begin and an end."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def whole_day(self) -> bool: ...


def moment(day: date, at: time) -> datetime:
    """A time of the school's clock, as UTC.

    In the hour that the clock skips (the last Sunday of March, from two to three): an hour later,
    as the clock would say it. In the hour that it goes through twice (October): the first.
    """
    return datetime.combine(day, at, clock.SCHOOL_TIME).astimezone(UTC)


def whole_days(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of a day until the last is over, as UTC."""
    return clock.start_of(first).astimezone(UTC), clock.end_of(last).astimezone(UTC)


def first_day(entry: Dated) -> date:
    """The day on which it begins."""
    return entry.starts_at.astimezone(clock.SCHOOL_TIME).date()


def last_day(entry: Dated) -> date:
    """The last day that it touches: what ends at midnight does not touch the day after."""
    end = entry.ends_at.astimezone(clock.SCHOOL_TIME)
    last = end.date() - DAY if end.time() == time.min else end.date()
    return max(last, first_day(entry))


def times_said(entry: Dated) -> str:
    """'14:30–15:00', or '14:30'; nothing for whole days."""
    if entry.whole_day:
        return ""
    start, end = (at.astimezone(clock.SCHOOL_TIME) for at in (entry.starts_at, entry.ends_at))
    return f"{start:%H:%M}" if start == end else f"{start:%H:%M}–{end:%H:%M}"


def day_said(day: date) -> str:
    """'Fri 12 December'."""
    return f"{WEEKDAYS_ABBR[day.weekday()]} {day.day} {MONTHS[day.month]}"


def day_said_fully(day: date) -> str:
    """'Friday 12 December 2026'."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month]} {day.year}"


def days_said(first: date, last: date) -> str:
    """'Fri 12 December', or 'Sat 19 December to Sun 3 January'."""
    if first == last:
        return day_said(first)
    between = {"first": day_said(first), "last": day_said(last)}
    return _("%(first)s to %(last)s") % between


def said_fully(entry: Dated) -> str:
    """When it is, with nothing left out."""
    first, last = first_day(entry), last_day(entry)
    times = times_said(entry)
    if first == last:
        day = day_said_fully(first)
        return _("%(day)s, %(times)s") % {"day": day, "times": times} if times else day
    if not times:
        days = {"first": day_said_fully(first), "last": day_said_fully(last)}
        return _("%(first)s to %(last)s") % days
    start, end = times.split("–")
    return _("%(first)s %(start)s to %(last)s %(end)s") % {
        "first": day_said_fully(first),
        "start": start,
        "last": day_said_fully(last),
        "end": end,
    }
