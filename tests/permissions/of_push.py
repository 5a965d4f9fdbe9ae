"""Devices that take push messages: everybody has those of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests import factories
from tests.circles import SIGNED_IN
from tests.permissions.rows import NO_CONTENT, SEE_OTHER, UNPROCESSABLE, Row

if TYPE_CHECKING:
    from tests.permissions.things import World

MOTHER = frozenset({"mother"})
OF_THE_MOTHER = "device of the mother"
ROWS: list[Row] = [
    Row("notifications:push_key", "GET", "", SIGNED_IN),
    Row("notifications:devices", "POST", "no subscription", SIGNED_IN, UNPROCESSABLE),
    Row("notifications:devices", "DELETE", "", SIGNED_IN, NO_CONTENT),
    Row("notifications:device_removal", "POST", OF_THE_MOTHER, MOTHER, SEE_OTHER),
    Row("notifications:device_trial", "POST", OF_THE_MOTHER, MOTHER, SEE_OTHER),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    if row.thing != OF_THE_MOTHER:
        return {}
    return {"device_id": factories.push_device(world.cast.id("mother")).pk}


def form(_world: World, _row: Row) -> dict[str, Any]:
    """What is sent along."""
    return {}
