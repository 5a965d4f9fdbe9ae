"""Kring as an app: what every device may know, and what is shared with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.circles import SIGNED_IN
from tests.permissions.rows import ALL_STAFF, ANYBODY, SEE_OTHER, Row, open_to_all

if TYPE_CHECKING:
    from tests.permissions.things import World

ROWS: list[Row] = [
    open_to_all("app:manifest", "GET"),
    open_to_all("app:worker", "GET"),
    open_to_all("app:offline", "GET", "in Dutch"),
    Row("app:share", "GET", "", ALL_STAFF, SEE_OTHER, others=200),
    Row("app:share", "POST", "", ANYBODY, SEE_OTHER),
    Row("app:about", "GET", "", SIGNED_IN),
    Row("app:hint", "GET", "", SIGNED_IN),
]


def address(_world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    return {"language": "nl"} if row.url == "app:offline" else {}


def form(_world: World, _row: Row) -> dict[str, Any]:
    """What is sent along."""
    return {"text": "Kijk eens"}
