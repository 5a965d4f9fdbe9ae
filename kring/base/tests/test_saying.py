from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from kring.base.saying import said, said_day, said_fully

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)  # a Saturday, 15:00 at school


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 21, 13, 30, tzinfo=UTC), "today 14:30"),
        (datetime(2026, 11, 20, 10, 5, tzinfo=UTC), "yesterday 11:05"),
        (datetime(2026, 11, 18, 15, 0, tzinfo=UTC), "Wednesday 16:00"),
        (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), "tomorrow 09:00"),
        (datetime(2026, 10, 15, 8, 0, tzinfo=UTC), "Thu 15 October"),
        (datetime(2025, 12, 12, 8, 0, tzinfo=UTC), "Fri 12 December 2025"),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment: datetime, words: str) -> None:
    with translation.override("en"):
        assert said(moment, now=NOW) == words


def test_a_late_evening_in_utc_is_the_next_day_at_school() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with translation.override("en"):
        assert said(late, now=NOW) == "today 00:30"


def test_a_day_without_a_time() -> None:
    with translation.override("en"):
        assert said_day(date(2026, 11, 27), today=date(2026, 11, 21)) == "Friday"
        assert said_day(date(2026, 11, 28), today=date(2026, 11, 21)) == "Sat 28 November"


def test_dutch_days_are_small_and_dutch() -> None:
    with translation.override("nl"):
        assert said(datetime(2026, 10, 15, 8, 0, tzinfo=UTC), now=NOW) == "do 15 oktober"
        assert said_fully(datetime(2025, 12, 12, 13, 30, tzinfo=UTC)).startswith("vrijdag 12")
