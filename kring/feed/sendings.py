"""The mails and pushes about a card: what went to whom, for who may know all its families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

GOING = {"queued", "sending", "sent"}  # states of a delivery that arrives, or may


class Sending(NamedTuple):
    """A mail or a push to one person."""

    person_id: UUID
    channel: str
    state: str
    done_at: datetime | None
    bounced: bool


def sendings_of(card_id: UUID) -> Iterator[Sending]:
    """One query, which says nothing to who may not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, channel, state, done_at, bounced FROM kring_deliveries_of(%s)",
            [card_id],
        )
        yield from (Sending(*row) for row in cursor.fetchall())


def on_their_way(sendings: Iterable[Sending]) -> frozenset[UUID]:
    """The people to whom something goes, or went, and did not come back."""
    return frozenset(one.person_id for one in sendings if one.state in GOING and not one.bounced)
