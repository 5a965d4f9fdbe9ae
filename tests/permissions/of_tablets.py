"""Shared tablets, and another address: everybody here signed in a moment ago, with two proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests import factories
from tests.circles import NOBODY, SIGNED_IN
from tests.permissions.rows import ALL_STAFF, ANYBODY, FOUND, NOT_FOUND, UNPROCESSABLE, Row

if TYPE_CHECKING:
    from tests.permissions.things import World

NO_TABLET = "no shared tablet"
ROWS: list[Row] = [
    Row("accounts:tablet", "GET", "", ALL_STAFF),
    Row("accounts:tablet", "POST", "too easy a code", ALL_STAFF, UNPROCESSABLE),
    Row("accounts:forget_tablet", "POST", NO_TABLET, SIGNED_IN, FOUND),
    Row("accounts:lock", "GET", NO_TABLET, ANYBODY, FOUND),
    Row("accounts:lock", "POST", NO_TABLET, ANYBODY, FOUND),
    Row("accounts:switch", "GET", NO_TABLET, ANYBODY, FOUND),
    Row("accounts:switch", "POST", NO_TABLET, ANYBODY, FOUND),
    Row("accounts:take_over", "GET", "code on another tablet", NOBODY, anonymous=NOT_FOUND),
    Row("accounts:take_over", "POST", "code on another tablet", NOBODY, anonymous=NOT_FOUND),
    Row("accounts:address", "GET", "", SIGNED_IN),
    Row("accounts:address", "POST", "no address", SIGNED_IN, UNPROCESSABLE),
    Row("accounts:address_codes", "GET", "no code asked for", SIGNED_IN, FOUND),
    Row("accounts:address_codes", "POST", "no code asked for", SIGNED_IN, FOUND),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    if row.url != "accounts:take_over":
        return {}
    return {"pin_id": factories.tablet_pin(world.cast.id("teacher")).pk}


def form(_world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    return {
        "too easy a code": {"pin": "111111", "again": "111111"},
        "no address": {"email": "nobody"},
        "code on another tablet": {"pin": "304958"},
    }.get(row.thing, {})
