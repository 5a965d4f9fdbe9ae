from datetime import timedelta

from kring.base.registry import retention
from kring.calendar.models import CalendarEntry

retention(
    CalendarEntry,
    because="the agenda: two years after it was, as messages",
    keep=timedelta(days=2 * 365),
    since="ends_at",
)
