"""The list in the app: what one was told in the last weeks, as far as one may see it now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from itertools import groupby
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from kring.base import clock, saying
from kring.base.clock import SCHOOL_TIME
from kring.base.cursor import Cursor
from kring.base.statement import Statement
from kring.base.viewer import Viewer
from kring.notifications.letters import Line, liners
from kring.notifications.models import Notification
from kring.notifications.standing import KEPT_IN_SIGHT, statement

SIZE = 50
LAST = UUID(int=2**128 - 1)  # comes after every other

_TOLD = """
    SELECT note.id, note.read_at IS NOT NULL OR (<<read>>)
    FROM notifications_notification note
    WHERE {note} AND note.person_id = %(kring.user_id)s::uuid
        AND note.created_at > %(since)s
        AND (note.created_at, note.id) < (%(moment)s::timestamptz, %(last)s::uuid)
        AND (<<stands>>)
    ORDER BY note.created_at DESC, note.id DESC LIMIT %(most)s
"""


@cache
def _told() -> Statement:
    """Put together when first asked: by then every app has said what it tells of."""
    return statement(_TOLD)


@dataclass(frozen=True, slots=True)
class Told:
    """One notification as the page shows it."""

    id: UUID
    at: datetime
    line: Line
    is_urgent: bool
    is_read: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What one was told on one day."""

    said: str
    on: date
    told: Sequence[Told]


@dataclass
class NotificationPage:
    """What one person was told, from a cursor on."""

    viewer: Viewer
    before: Cursor | None = None

    @cached_property
    def days(self) -> list[Day]:
        """Newest first, days as people say them."""
        grouped = groupby(self.told, key=lambda one: one.at.astimezone(SCHOOL_TIME).date())
        today = clock.today()
        return [Day(saying.said_day(day, today=today), day, list(told)) for day, told in grouped]

    @cached_property
    def told(self) -> list[Told]:
        """In a number of queries that does not grow with the page."""
        rows = self._rows[:SIZE]
        found = Notification.objects.visible_to(self.viewer).in_bulk([pk for pk, _ in rows])
        lines = lines_of(list(found.values()), self.viewer)
        return [
            Told(pk, found[pk].created_at, lines[pk], found[pk].is_urgent, is_read)
            for pk, is_read in rows
            if pk in lines
        ]

    @property
    def older_url(self) -> str | None:
        """The next page, or None at the end."""
        if len(self._rows) <= SIZE or not self.told:
            return None
        last = self.told[-1]
        asked = urlencode({"before": str(Cursor(last.at, last.id))})
        return f"{reverse('notifications:list')}?{asked}"

    @property
    def has_unread(self) -> bool:
        """Whether anything on this page was not read yet."""
        return any(not one.is_read for one in self.told)

    @cached_property
    def _rows(self) -> list[tuple[UUID, bool]]:
        """Ids of this page and one more, and whether each was read."""
        moment, last = self.before or ("infinity", LAST)
        since = clock.now() - KEPT_IN_SIGHT
        rows = _told().run(self.viewer, since=since, moment=moment, last=last, most=SIZE + 1)
        return [(pk, bool(is_read)) for pk, is_read in rows]


def lines_of(notifications: Sequence[Notification], viewer: Viewer) -> dict[UUID, Line]:
    """What each says to this person now; those of which nothing may be seen are left out."""
    return dict(_lines(notifications, viewer))


def _lines(notifications: Sequence[Notification], viewer: Viewer) -> Iterator[tuple[UUID, Line]]:
    by_verb: defaultdict[str, list[Notification]] = defaultdict(list)
    for one in notifications:
        by_verb[one.verb].append(one)
    for verb, of_verb in by_verb.items():
        if verb in liners:
            yield from liners[verb](of_verb, viewer).items()
