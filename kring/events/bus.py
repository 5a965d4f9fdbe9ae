from datetime import datetime
from typing import Any

from kring.base import clock
from kring.base.visibility import Viewer
from kring.events.jobs import dispatch, dispatch_first
from kring.events.models import Event

FIRST = 10  # before the mails of others: telling takes a moment, sending takes minutes


def record(
    verb: str, subject: Any, *, by: Viewer, at: datetime | None = None, urgent: bool = False
) -> Event:
    """Put an event on the bus and its dispatch in the queue, in the transaction of the change.

    ``at`` delays the dispatch: subscribers hear of it then, and of nobody who left before. An
    ``urgent`` one waits behind nothing.
    """
    event = Event(
        school_id=subject.school_id,
        verb=verb,
        subject_id=subject.pk,
        actor_id=by.user_id,
        due_at=at or clock.now(),
    )
    event.save(force_insert=True)
    told = dispatch_first if urgent else dispatch
    told.enqueue(subject.school_id, at=at, priority=FIRST, event_id=event.pk)
    return event
