"""Whether people can be reached at all, for the office: that there is an address, never which."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection


class Reachable(NamedTuple):
    """How a person can be reached."""

    person_id: UUID
    has_address: bool
    has_push: bool
    bounced_at: datetime | None  # since when mail to the address of now comes back
    code: str | None  # as the other side said: 5.1.1

    @property
    def by_mail(self) -> bool:
        return self.has_address and self.bounced_at is None


def reachable_of(school_id: UUID, people: Iterable[UUID] | None = None) -> dict[UUID, Reachable]:
    """The guardians and colleagues of a school, or those of them among these people: one query.

    Empty for who is not of its office.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, has_address, has_push, bounced_at, bounce_code"
            " FROM kring_reach_of(%s, %s::uuid[])",
            [school_id, None if people is None else list(people)],
        )
        return {row[0]: Reachable(*row) for row in cursor.fetchall()}


def bouncing(school_id: UUID, people: Iterable[UUID] | None = None) -> dict[UUID, Reachable]:
    """Those whose mail comes back."""
    found = reachable_of(school_id, people).items()
    return {person: one for person, one in found if one.bounced_at}
