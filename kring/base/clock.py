"""The school's clock: days are days in the Netherlands, moments are UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SCHOOL_TIME = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def today() -> date:
    """Today at school."""
    return now().astimezone(SCHOOL_TIME).date()


def start_of(day: date) -> datetime:
    """The first moment of a day at school."""
    return datetime.combine(day, time.min, SCHOOL_TIME)


def end_of(day: date) -> datetime:
    """The first moment that is no longer part of a day at school."""
    return start_of(day + timedelta(days=1))
