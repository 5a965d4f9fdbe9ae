"""The moment that a message goes, as a person fills it in: a day and a time at school."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kring.base import clock
from kring.base.clock import SCHOOL_TIME

SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=365)
MORNING = time(8)  # what is offered for another day


def at_school(day: date, moment: time) -> datetime:
    """That moment in UTC: of an hour that comes twice (October) the first.

    Raises ValidationError for one that the clock passes over (March).
    """
    naive = datetime.combine(day, moment)
    try:
        found = naive.replace(tzinfo=SCHOOL_TIME).astimezone(UTC)
    except OverflowError as error:  # the first day of all time
        raise ValidationError(_("Choose a moment within a year from now.")) from error
    if found.astimezone(SCHOOL_TIME).replace(tzinfo=None) != naive:
        said = _("That night the clock goes forward, and %(time)s does not come. Choose another.")
        raise ValidationError(said % {"time": f"{moment:%H:%M}"})
    return found


def check_ahead(moment: datetime) -> None:
    """Raise ValidationError for what is too near, passed, or farther than a year."""
    ahead = moment - clock.now()
    if ahead < SOONEST:
        raise ValidationError(
            _("This moment is passed or too near. Choose one at least five minutes from now.")
        )
    if ahead > LATEST:
        raise ValidationError(_("Choose a moment within a year from now."))


def day_of(moment: datetime) -> date:
    """The day at school."""
    return moment.astimezone(SCHOOL_TIME).date()


def day_asked(text: str) -> date | None:
    """The day in a field that is being filled in; None for what is none, or far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if abs(day - clock.today()) <= LATEST else None
