"""Days and times: the night of summer time, the turn of the year, weeks of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils.translation import override

from kring.base import clock
from kring.calendar import when
from kring.calendar.asked import Asked, school_year
from kring.calendar.items import Item
from kring.calendar.models import CalendarEntry
from kring.calendar.month import LANES, SHOWN, weeks_of

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # the clock goes on, and back


def timed(first: date, start: time, last: date, end: time) -> CalendarEntry:
    begin, until = when.moment(first, start), when.moment(last, end)
    return CalendarEntry(whole_day=False, starts_at=begin, ends_at=until)


def whole(first: date, last: date) -> CalendarEntry:
    begin, until = when.whole_days(first, last)
    return CalendarEntry(whole_day=True, starts_at=begin, ends_at=until)


def test_a_time_is_of_the_clock_at_school_in_summer_and_in_winter() -> None:
    summer, winter = (when.moment(date(2026, month, 1), time(14, 30)) for month in (7, 12))
    assert summer == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    assert winter == datetime(2026, 12, 1, 13, 30, tzinfo=UTC)


def test_an_hour_that_the_clock_skips_is_the_hour_after_it() -> None:
    entry = timed(SPRING, time(2, 30), SPRING, time(4, 0))
    assert when.times_said(entry) == "03:30–04:00"
    assert entry.ends_at - entry.starts_at == timedelta(minutes=30)


def test_an_hour_that_comes_twice_is_the_first() -> None:
    assert when.moment(AUTUMN, time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 7, 1), 24)])
def test_a_whole_day_is_that_day_however_long_it_is(day: date, hours: int) -> None:
    entry = whole(day, day)
    assert entry.ends_at.astimezone(UTC) - entry.starts_at.astimezone(UTC) == timedelta(hours=hours)
    assert (when.first_day(entry), when.last_day(entry)) == (day, day)


def test_what_ends_at_midnight_does_not_touch_the_next_day() -> None:
    entry = timed(AUTUMN, time(20), AUTUMN + timedelta(days=1), time(0))
    assert when.last_day(entry) == AUTUMN


def test_what_has_no_end_is_on_its_own_day() -> None:
    entry = timed(AUTUMN, time(0), AUTUMN, time(0))
    assert when.last_day(entry) == AUTUMN
    assert when.times_said(entry) == "00:00"


@override("en")
def test_when_is_said_in_full() -> None:
    one, two = date(2026, 12, 31), date(2027, 1, 1)
    assert when.said_fully(whole(one, one)) == "Thursday 31 December 2026"
    assert when.said_fully(whole(one, two)) == "Thursday 31 December 2026 to Friday 1 January 2027"
    assert when.said_fully(timed(one, time(9), one, time(10))) == (
        "Thursday 31 December 2026, 09:00–10:00"
    )
    assert when.said_fully(timed(one, time(20), two, time(2))) == (
        "Thursday 31 December 2026 20:00 to Friday 1 January 2027 02:00"
    )


# ── months ───────────────────────────────────────────────────────────────────
def test_an_address_that_cannot_be_read_is_this_month() -> None:
    this = clock.today().replace(day=1)
    for text in ("", "2026-13", "2026-00", "1999-12", "9999-12", "٢٠٢٦-12", "2026-1", "x" * 9999):
        assert Asked.of({"maand": text, "vorm": "anders", "over": "?"}).first == this
    assert Asked.of({"vorm": "anders"}).form == ""
    assert Asked.of({"over": "no id"}).unit is None


def test_months_go_on_over_the_turn_of_the_year() -> None:
    december = Asked.of({"maand": "2026-12", "vorm": "lijst", "over": "all"})
    assert december.after().url.endswith("?maand=2027-01&vorm=lijst&over=all")
    assert december.after().before() == december
    assert december.last == date(2026, 12, 31)


def test_a_school_year_begins_in_august() -> None:
    assert school_year(date(2026, 7, 31)) == 2025
    assert school_year(date(2026, 8, 1)) == 2026


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        (date(2026, 12, 1), date(2026, 12, 31), [49, 50, 51, 52, 53]),  # a year of 53 weeks
        (date(2027, 1, 1), date(2027, 1, 31), [53, 1, 2, 3, 4]),
        (date(2024, 12, 1), date(2024, 12, 31), [48, 49, 50, 51, 52, 1]),
        (date(2027, 2, 1), date(2027, 2, 28), [5, 6, 7, 8]),  # four weeks, and no day of others
    ],
)
def test_weeks_have_the_numbers_of_the_calendar(
    first: date, last: date, numbers: list[int]
) -> None:
    weeks = weeks_of(first, last, [])
    assert [week.number for week in weeks] == numbers
    days = [cell.day for week in weeks for cell in week.cells]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert {cell.day for week in weeks for cell in week.cells if cell.in_month} == {
        first + timedelta(days=number) for number in range((last - first).days + 1)
    }


# ── bars and what stands below them ──────────────────────────────────────────
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)


def item(first: date, last: date, title: str = "Iets") -> Item:
    return Item(title=title, first=first, last=last, starts_at=clock.start_of(first))


def test_a_bar_goes_on_from_week_to_week_and_is_named_once_in_each() -> None:
    holiday = item(date(2026, 12, 19), date(2027, 1, 3))
    weeks = weeks_of(FIRST, LAST, [holiday])
    cells = [cell for week in weeks for cell in week.cells if cell.bars and cell.bars[0]]
    bars = [cell.bars[0] for cell in cells]
    assert cells[0].day == date(2026, 12, 19)
    assert [bar.begins for bar in bars if bar].index(True) == 0
    assert [bar.ends for bar in bars if bar][-1]
    assert sum(bar.is_named for bar in bars if bar) == 3


def test_bars_that_touch_stand_in_lanes_and_keep_them_through_the_week() -> None:
    one, two = (date(2026, 12, day) for day in (7, 9))
    weeks = weeks_of(
        FIRST,
        LAST,
        [item(one, two, "a"), item(two, date(2026, 12, 11), "b"), item(date(2026, 12, 10), LAST)],
    )
    row = weeks[1].cells
    assert [bar.item.title if bar else "" for bar in row[2].bars] == ["a", "b"]
    assert [bar.item.title if bar else "" for bar in row[4].bars] == ["Iets", "b"]
    assert len({len(cell.bars) for cell in row}) == 1


def test_what_does_not_fit_on_a_day_is_counted() -> None:
    day = date(2026, 12, 9)
    many = [item(day, day) for _ in range(40)] + [item(day, LAST) for _ in range(9)]
    cell = weeks_of(FIRST, LAST, many)[1].cells[2]
    assert len(cell.items) == SHOWN
    assert len(cell.bars) == LANES
    assert cell.more == 40 - SHOWN + 9 - LANES
