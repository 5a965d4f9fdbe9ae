"""What is planned, and what is being written: for its writer only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kring.base import clock
from kring.feed.models.post import NOT_YET
from tests import factories
from tests.circles import NOBODY, Circle
from tests.permissions.rows import ALL_STAFF, NO_CONTENT, SEE_OTHER, Row, rows

if TYPE_CHECKING:
    from tests.permissions.things import World

TEACHER: Circle = frozenset({"teacher"})
PLANNED: dict[str, Circle] = {
    "planned message of the teacher": TEACHER,
    "planned message of a substitute of yesterday": NOBODY,
    "post to group 5, which is out": NOBODY,
    "planned message that does not exist": NOBODY,
}

ROWS: list[Row] = [
    Row("feed:planned", "GET", "", ALL_STAFF),
    Row("feed:drafts", "POST", "what is typed", ALL_STAFF, NO_CONTENT),
    *rows("feed:sending", "POST", PLANNED, SEE_OTHER),
    *rows("feed:holding", "POST", PLANNED, SEE_OTHER),
    *rows(
        "feed:draft_removal",
        "POST",
        {
            "draft of the teacher": TEACHER,
            "draft of a substitute of yesterday": NOBODY,
            "draft that does not exist": NOBODY,
        },
        SEE_OTHER,
    ),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row: made for each who asks, for it goes with the asking."""
    cast = world.cast
    soon = {"published_at": NOT_YET, "planned_at": clock.now() + timedelta(hours=2)}
    writer = "substitute_yesterday" if "substitute" in row.thing else "teacher"
    if row.url == "feed:draft_removal":
        gone = "does not exist" in row.thing
        draft = uuid4() if gone else factories.draft(cast.id("wilgenhoek"), cast.id(writer)).pk
        return {"draft_id": draft}
    if row.url not in {"feed:sending", "feed:holding"}:
        return {}
    if "does not exist" in row.thing:
        return {"post_id": uuid4()}
    out: dict[str, Any] = soon if "planned" in row.thing else {}
    return {"post_id": cast.post("group_5", by=writer, **out).pk}


def form(_world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    if row.url == "feed:drafts":
        return {"text": "Bijna af.", "key": uuid4()}
    return {"key": uuid4()} if row.url == "feed:sending" else {}
