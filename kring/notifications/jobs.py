"""Sending what people are told over the channels: claim → COMMIT → send → mark → COMMIT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F

from kring.base import clock
from kring.base.jobs import at_work, job, periodic
from kring.base.viewer import array
from kring.notifications import answering, mailbox
from kring.notifications.channels import DownError, Settled, Way, urgent, ways
from kring.notifications.kinds import MAIL
from kring.notifications.models import Delivery

__all__ = ["answering", "mailbox"]  # which declare themselves

log = structlog.get_logger("kring.notifications")

MOST_TRIES = 5  # then it is parked, for the operator
KEPT_TRYING = timedelta(days=3)  # after that, it is news no more
QUIET = timedelta(days=1)  # the longest that quiet hours last
OF_ONE_RUN = 1_000  # deliveries, so that a large school holds up no other


@job(queue="mail", outside=True)
def deliver(school_id: str, chunk: str, channel: str = MAIL) -> None:
    """Send what is due of one chunk, over one channel: it waits in a queue of that.

    After a kill what was in flight goes again.
    """
    _run(ways[channel], school_id, chunk)


def enqueue_delivery(
    school_id: UUID, chunk: UUID, channel: str, *, first: bool, at: datetime | None = None
) -> None:
    """Have a chunk sent. No two jobs of one chunk run at the same time."""
    way = ways[channel]
    deliver.enqueue(
        school_id,
        queue=urgent(way) if first else way.queue,
        lock=f"deliver {chunk}",
        at=at if at and at > clock.now() else None,
        chunk=chunk,
        channel=channel,
    )


@periodic(cron="* * * * * */15", queue="house")
def take_up_the_left(timestamp: int) -> None:  # noqa: ARG001
    """Send what no job will send: those of its chunk were lost, or gave up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, chunk, channel, is_urgent FROM kring_left_deliveries()")
        left = cursor.fetchall()
    for school_id, chunk, channel, first in left:
        if channel in ways:  # else a newer Kring sent over it, and will again
            enqueue_delivery(school_id, chunk, channel, first=first)


def _run(way: type[Way], school_id: str, chunk: str) -> None:
    with closing(way(UUID(school_id))) as opened:
        done = 0
        while done < OF_ONE_RUN and (claimed := _claim(opened, school_id, chunk)):
            _send(opened, school_id, claimed)
            done += len(claimed)
    _go_on_later(way, school_id, chunk)


def _claim(way: Way, school_id: str, chunk: str) -> list[Delivery]:
    with at_work(school_id):
        return Delivery.objects.filter(school=UUID(school_id), chunk=chunk).claim(way.at_once)


def _send(way: Way, school_id: str, claimed: Sequence[Delivery]) -> None:
    """Send what still may go, and note what became of each as soon as it is known."""
    if not (going := _still_wanted(way, school_id, claimed)):
        return
    left = {one.pk: one for one in going}
    try:
        for group in way.deliver(going):
            with at_work(school_id):
                _note(group)
            for settled in group:
                del left[settled.delivery.pk]
    except DownError:
        _put_back(school_id, left.values())
        raise
    except Exception as error:
        # The first broke the run: it waits its turn, and stops no other.
        first, others = [*left.values()][:1], [*left.values()][1:]
        with at_work(school_id):
            _note(Settled(one, Delivery.State.QUEUED, type(error).__name__) for one in first)
        _put_back(school_id, others)
        raise


def _put_back(school_id: str, waiting: Iterable[Delivery]) -> None:
    """Nobody is blamed for what never went."""
    with at_work(school_id):
        deliveries = Delivery.objects.filter(pk__in=[one.pk for one in waiting])
        deliveries.update(state=Delivery.State.QUEUED, tries=F("tries") - 1)


def _still_wanted(way: Way, school_id: str, claimed: Sequence[Delivery]) -> list[Delivery]:
    """Those of now: who stopped it, mourns, or left since it was queued, gets nothing.

    What came into quiet hours waits for their end.
    """
    going: list[Delivery] = []
    settled: list[Settled] = []
    with at_work(school_id):
        stands, oldest = _ways_of(school_id, claimed), clock.now() - KEPT_TRYING
        for one in claimed:
            wait, is_old = stands.get((one.person_id, one.subscription_id), (None, False))
            if wait is None:
                settled.append(Settled(one, Delivery.State.SKIPPED))
            elif one.due_at < oldest or (way.puts_off and is_old):
                settled.append(Settled(one, Delivery.State.FAILED, "too old"))
            elif wait > 1:
                one.tries -= 1
                settled.append(Settled(one, Delivery.State.QUEUED, after=timedelta(seconds=wait)))
            else:
                going.append(one)
        _note(settled)
    return going


# A chunk is of one event, so of one kind and one moment, and goes over one channel. It is old so
# long after that moment, or for who keeps hours of work after the next of those.
WAYS = """
WITH told AS (
    SELECT min(kind) AS kind, min(created_at) AS at
    FROM notifications_notification WHERE id = ANY (%(told)s::uuid[])
)
SELECT person_id, subscription_id, extract(epoch FROM way.due_at - now())::float8,
    CASE WHEN (SELECT at FROM told) < %(oldest)s
        THEN kring_next_working(person_id, %(school)s, (SELECT at FROM told)) < %(oldest)s
        ELSE false END
FROM kring_ways(%(people)s::uuid[], (SELECT kind FROM told), %(urgent)s, %(school)s) way
WHERE channel = %(channel)s
"""


def _ways_of(
    school_id: str, claimed: Sequence[Delivery]
) -> dict[tuple[UUID, UUID | None], tuple[float, bool]]:
    """What ``kring_ways`` says now of these: in how many seconds each may go, and is it old."""
    first = claimed[0]
    asked: dict[str, Any] = {
        "people": array({one.person_id for one in claimed}),
        "told": array(one.notification_id for one in claimed),
        "urgent": first.is_urgent,
        "school": school_id,
        "channel": first.channel,
        "oldest": clock.now() - KEPT_TRYING - QUIET,
    }
    with connection.cursor() as cursor:
        cursor.execute(WAYS, asked)
        return {(person, device): (wait, old) for person, device, wait, old in cursor.fetchall()}


NOTE = """
UPDATE notifications_delivery delivery SET state = %s, trouble = %s, due_at = coalesce(%s, due_at),
    done_at = %s, tries = noted.tries
FROM unnest(%s::uuid[], %s::smallint[]) AS noted (id, tries) WHERE delivery.id = noted.id
"""


def _note(group: Iterable[Settled]) -> None:
    """Write down what became of them; what goes later, waits its time or is parked."""
    now, alike = clock.now(), defaultdict[tuple[Any, ...], list[Delivery]](list)
    for one in group:
        state, due_at = one.state, None
        if state == Delivery.State.QUEUED:
            due_at = now + (one.after or _wait(one.delivery.tries))
            if one.delivery.tries >= MOST_TRIES:
                state = Delivery.State.DEAD
        done_at = None if state == Delivery.State.QUEUED else now
        alike[state, one.trouble, due_at, done_at].append(one.delivery)
    with connection.cursor() as cursor:
        for told, those in alike.items():
            ids, tries = array(one.pk for one in those), array(one.tries for one in those)
            cursor.execute(NOTE, [*told, ids, tries])


def _wait(tries: int) -> timedelta:
    steps = settings.DELIVERY_BACKOFF
    return timedelta(seconds=steps[min(tries, len(steps)) - 1])


def _go_on_later(way: type[Way], school_id: str, chunk: str) -> None:
    """What is left of the chunk has a job again, at its moment."""
    with at_work(school_id):
        queued = Delivery.objects.filter(
            school=UUID(school_id), chunk=chunk, state=Delivery.State.QUEUED
        )
        next_one = queued.order_by("due_at").values_list("due_at", "is_urgent").first()
        if next_one:
            due_at, first = next_one
            enqueue_delivery(UUID(school_id), UUID(chunk), way.channel, first=first, at=due_at)
