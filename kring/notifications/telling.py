"""Telling people of an event: rows and jobs in the transaction of the dispatch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from kring.accounts.models import User
from kring.base.ids import new_id
from kring.events.models import Event
from kring.notifications.jobs import enqueue_delivery
from kring.notifications.models import Delivery

CHUNK = 1_000  # people of one statement, and mails of one job

# Who was told before is left out by the unique key, and only who is told now gets a mail.
TELL = """
WITH told AS (
    INSERT INTO notifications_notification
        (id, school_id, created_at, person_id, event_id, verb, about_id, subject_id)
    SELECT id, %(school)s, now(), person, %(event)s, %(verb)s, %(about)s, %(subject)s
    FROM unnest(%(ids)s::uuid[], %(people)s::uuid[]) AS new(id, person)
    ON CONFLICT (about_id, person_id, verb) DO NOTHING
    RETURNING id, person_id
)
INSERT INTO notifications_delivery
    (id, school_id, created_at, notification_id, person_id, channel, chunk, state, tries)
SELECT new.id, %(school)s, now(), told.id, person_id, %(channel)s, %(chunk)s, %(state)s, 0
FROM told JOIN unnest(%(delivery_ids)s::uuid[], %(reached)s::uuid[]) AS new(id, person_id)
    USING (person_id)
"""


def notify(event: Event, *, to: QuerySet[User], about_id: UUID) -> None:
    """Tell these people, each once for all events of this verb about the same thing.

    Whoever did it is not told. Who has not signed in yet, or has no address, gets no mail. May run
    twice. In a service block.
    """
    has_mail = Q(is_active=True, joined_at__isnull=False, email__isnull=False)
    people = to.filter(~Q(pk=event.actor_id)).annotate(
        has_mail=ExpressionWrapper(has_mail, output_field=BooleanField())
    )
    # In one order everywhere, so that two events about the same thing never wait for each other.
    in_order = people.order_by("pk").values_list("pk", "has_mail")
    for chunk in batched(in_order, CHUNK, strict=False):
        _tell(event, about_id, chunk)


def _tell(event: Event, about_id: UUID, people: Sequence[tuple[UUID, bool]]) -> None:
    reached = [person for person, has_mail in people if has_mail]
    chunk = new_id()
    rows: dict[str, Any] = {
        "school": event.school_id,
        "event": event.pk,
        "verb": event.verb,
        "about": about_id,
        "subject": event.subject_id,
        "ids": [new_id() for _ in people],
        "people": [person for person, _ in people],
        "channel": Delivery.Channel.EMAIL,
        "chunk": chunk,
        "state": Delivery.State.QUEUED,
        "delivery_ids": [new_id() for _ in reached],
        "reached": reached,
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, rows)
        if cursor.rowcount:
            enqueue_delivery(event.school_id, chunk)
