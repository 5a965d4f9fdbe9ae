"""How the tests of arranging a school ask and look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.events.models import AuditEntry
from kring.schools.models import Employment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


def address(cast: Cast, page: str, *ids: Any) -> str:
    """A page of the office of the school of the cast."""
    keys = [cast.id(one) if isinstance(one, str) else one for one in ids]
    return reverse(f"office:{page}", args=[cast.id("wilgenhoek"), *keys])


def roles_of(person_id: UUID) -> set[str]:
    """The roles that somebody has today."""
    held = Employment.objects.filter(user=person_id).on(clock.today())
    return {one.role for one in all_of(held)}


def trail_of(person_id: UUID) -> list[str]:
    """What stands in the trail about somebody, in the order in which it came there."""
    lines = AuditEntry.objects.filter(person_id=person_id).order_by("created_at", "pk")
    return [line.verb for line in all_of(lines)]


def all_of(rows: QuerySet[Any]) -> list[Any]:
    """Rows as they are, whoever may see them."""
    with unlocked():
        return list(rows.all())  # not what was read a moment ago


def employed(cast: Cast, person_id: UUID, role: str, **fields: Any) -> Employment:
    """A role at the school of the cast, since a month ago."""
    since = clock.today().replace(day=1)
    mine = {"school_id": cast.id("wilgenhoek"), "user_id": person_id, "role": role}
    return factories.made(Employment(**{"starts_on": since} | mine | fields))
