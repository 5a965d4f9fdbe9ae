"""A day and a time at school, also in the nights of summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from kring.base import clock
from kring.feed.moments import at_school, check_ahead


def test_an_hour_that_comes_twice_is_the_first() -> None:
    october = at_school(date(2026, 10, 25), time(2, 30))
    assert october == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert at_school(date(2026, 10, 25), time(3)) == datetime(2026, 10, 25, 2, tzinfo=UTC)


def test_an_hour_that_does_not_come_is_refused() -> None:
    with pytest.raises(ValidationError):
        at_school(date(2026, 3, 29), time(2, 30))
    assert at_school(date(2026, 3, 29), time(3)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize("ahead", [timedelta(minutes=4), timedelta(days=366), -timedelta(days=1)])
def test_too_near_too_far_and_passed_are_refused(ahead: timedelta) -> None:
    with pytest.raises(ValidationError):
        check_ahead(clock.now() + ahead)
    check_ahead(clock.now() + timedelta(minutes=6))
    check_ahead(clock.now() + timedelta(days=364))
