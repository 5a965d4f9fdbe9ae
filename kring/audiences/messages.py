"""The messages that a group gets in a day: counted together, whichever apps write to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from kring.base.registry import message_counts


def messages_of(
    groups: Sequence[UUID], first: date, last: date, *, besides: UUID | None = None
) -> Counter[tuple[UUID, date]]:
    """How many each of these groups gets on each of these days. None: not asked.

    One query for each app that counts its own. ``besides`` is a card that does not count: the
    planned one that is being changed.
    """
    got = Counter[tuple[UUID, date]]()
    for count in message_counts if groups else ():
        got.update(count(groups, first, last, besides))
    return got


def one_writer_at_a_time(groups: Iterable[UUID]) -> None:
    """Let who writes to these groups wait for each other, until the transaction ends.

    So that two at once, be it a message and a notice, do not both take the last place of a day.
    """
    with connection.cursor() as cursor:
        for group_id in sorted(groups):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [str(group_id)])
