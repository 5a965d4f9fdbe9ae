"""Who of a school's staff has a second factor: all that its office may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def having_one(people: Iterable[UUID]) -> set[UUID]:
    """Those of these people who have a passkey or an app; in a block.

    Only of who works today at a school that the viewer leads or administers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT kring_has_second_factor(%s::uuid[])", [list(people)])
        return {row[0] for row in cursor.fetchall()}
