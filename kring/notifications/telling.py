"""Telling people of an event: rows and jobs in the transaction of the dispatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from kring.accounts.models import User
from kring.base.ids import new_id
from kring.events.models import Event
from kring.notifications.channels import ways
from kring.notifications.jobs import enqueue_delivery
from kring.notifications.kinds import Kind
from kring.notifications.models import Delivery

CHUNK = 1_000  # people of one statement, and deliveries of one job

# Who was told before is left out by the unique key. Over which ways and from when follows from
# what each person chose; of those who are told now only.
TELL = """
WITH told AS (
    INSERT INTO notifications_notification
        (id, school_id, created_at, person_id, event_id, verb, kind, is_urgent, about_id,
        subject_id)
    SELECT id, %(school)s, now(), person, %(event)s, %(verb)s, %(kind)s, %(urgent)s, %(about)s,
        %(subject)s
    FROM unnest(%(ids)s::uuid[], %(people)s::uuid[]) AS new(id, person)
    ON CONFLICT DO NOTHING
    RETURNING id, person_id
), sent AS (
    INSERT INTO notifications_delivery
        (id, school_id, created_at, notification_id, person_id, channel, subscription_id,
        is_urgent, chunk, state, tries, due_at)
    SELECT gen_random_uuid(), %(school)s, now(), told.id, told.person_id, channel,
        subscription_id, %(urgent)s, chunk, %(state)s, 0, due_at
    FROM kring_ways(ARRAY(SELECT person_id FROM told WHERE NOT %(quietly)s), %(kind)s, %(urgent)s,
        %(school)s) AS ways
    JOIN told USING (person_id)
    JOIN unnest(%(channels)s::text[], %(chunks)s::uuid[]) AS own (channel, chunk) USING (channel)
    RETURNING channel, chunk, due_at
)
SELECT channel, chunk, min(due_at) FROM sent GROUP BY channel, chunk
"""


def notify(
    event: Event,
    *,
    to: QuerySet[User],
    about_id: UUID,
    kind: Kind,
    urgent: bool = False,
    quietly: bool = False,
) -> None:
    """Tell these people, each once for all events of this verb about the same thing.

    Whoever did it is not told. All of them find it in the app; over which other ways each is told
    is for ``kring_ways`` to say; ``quietly``: over none. May run twice. In a service block.
    """
    people = to.filter(~Q(pk=event.actor_id)) if event.actor_id else to
    # In one order everywhere, so that two events about the same thing never wait for each other.
    in_order = people.order_by("pk").values_list("pk", flat=True)
    told = {"kind": kind, "urgent": urgent, "quietly": quietly, "about": about_id}
    for chunk in batched(in_order.iterator(chunk_size=CHUNK), CHUNK, strict=False):
        _tell(event, chunk, told)


def _tell(event: Event, people: Sequence[UUID], told: Mapping[str, Any]) -> None:
    rows: dict[str, Any] = {
        "school": event.school_id,
        "event": event.pk,
        "verb": event.verb,
        "subject": event.subject_id,
        "ids": [new_id() for _ in people],
        "people": list(people),
        "channels": list(ways),
        "chunks": [new_id() for _ in ways],  # each channel sends its own
        "state": Delivery.State.QUEUED,
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, rows | dict(told))
        sent = cursor.fetchall()
    for channel, chunk, due_at in sent:
        enqueue_delivery(event.school_id, chunk, channel, first=told["urgent"], at=due_at)
