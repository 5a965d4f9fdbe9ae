"""Days and moments as people say them, in the language of the page."""

from datetime import date, datetime

from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from kring.base.clock import SCHOOL_TIME

THIS_WEEK = 7  # days: nearer than this, the name of the day is enough
THIS_YEAR = 300  # days: farther than this, the day alone could be of another year


def said(moment: datetime, *, now: datetime) -> str:
    """A moment: 'today 14:30', 'yesterday 11:05', 'Wednesday 16:00', 'Fri 12 December'."""
    local, today = moment.astimezone(SCHOOL_TIME), now.astimezone(SCHOOL_TIME).date()
    day = said_day(local.date(), today=today)
    if abs((local.date() - today).days) < THIS_WEEK:
        return f"{day} {local:%H:%M}"
    return day


def said_day(day: date, *, today: date) -> str:
    """A day: 'today', 'tomorrow', 'Friday', 'Fri 12 December', with the year when far away."""
    distance = (day - today).days
    if near := _near(distance):
        return near
    if abs(distance) < THIS_WEEK:
        return str(WEEKDAYS[day.weekday()])
    text = f"{WEEKDAYS_ABBR[day.weekday()]} {day.day} {MONTHS[day.month]}"
    return text if abs(distance) < THIS_YEAR else f"{text} {day.year}"


def said_fully(moment: datetime) -> str:
    """A moment with nothing left out: 'Friday 12 December 2025 at 14:30'."""
    local = moment.astimezone(SCHOOL_TIME)
    return _("%(weekday)s %(day)d %(month)s %(year)d at %(time)s") % {
        "weekday": WEEKDAYS[local.weekday()],
        "day": local.day,
        "month": MONTHS[local.month],
        "year": local.year,
        "time": f"{local:%H:%M}",
    }


def _near(distance: int) -> str | None:
    match distance:
        case -1:
            return _("yesterday")
        case 0:
            return _("today")
        case 1:
            return _("tomorrow")
    return None


def said_date(moment: datetime) -> str:
    """The day of a moment, for what is read on any day: 'Wednesday 18 November'."""
    day = moment.astimezone(SCHOOL_TIME).date()
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month]}"
