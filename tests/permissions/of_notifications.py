"""What one was told, and what one chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from kring.notifications import stopping
from kring.notifications.kinds import Kind
from tests import factories
from tests.circles import NOBODY, SIGNED_IN
from tests.permissions.rows import ANYBODY, FOUND, NOT_FOUND, SEE_OTHER, Row

if TYPE_CHECKING:
    from tests.permissions.things import World

MOTHER = frozenset({"mother"})
ROWS: list[Row] = [
    Row("notifications:list", "GET", "", SIGNED_IN),
    Row("notifications:readings", "POST", "", SIGNED_IN, SEE_OTHER),
    Row("notifications:open", "GET", "notification of the mother", MOTHER, FOUND),
    Row("notifications:open", "GET", "notification of a withdrawn post", NOBODY),
    Row("notifications:open", "GET", "notification of the ex-guardian", NOBODY),
    Row("notifications:open", "GET", "notification that does not exist", NOBODY),
    Row("notifications:settings", "GET", "", SIGNED_IN),
    Row("notifications:settings", "POST", "", SIGNED_IN, SEE_OTHER),
    Row("notifications:preview", "GET", "", SIGNED_IN),
    Row("notifications:address", "POST", "", SIGNED_IN, SEE_OTHER),
    Row("notifications:first", "GET", "", SIGNED_IN),
    Row("notifications:first", "POST", "", SIGNED_IN, SEE_OTHER),
    Row("notifications:stop", "GET", "link of a mail", ANYBODY, anonymous=200),
    Row("notifications:stop", "POST", "link of a mail", ANYBODY, anonymous=200),
    Row("notifications:stop", "GET", "link that Kring did not make", NOBODY, anonymous=NOT_FOUND),
    Row("notifications:stop", "POST", "link that Kring did not make", NOBODY, anonymous=NOT_FOUND),
]
TOLD = {
    "notification of the mother": ("mother", "post to group 5"),
    "notification of a withdrawn post": ("mother", "withdrawn post"),
    "notification of the ex-guardian": ("ex_guardian", "post to group 5"),
}


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    if row.url == "notifications:stop":
        known = urlsplit(stopping.address_of(world.cast.id("mother"), Kind.GROUP)).path
        token = known.strip("/").rpartition("/")[2]
        return {"token": token if row.thing == "link of a mail" else f"{token[:-3]}xxx"}
    if row.url != "notifications:open":
        return {}
    if row.thing not in TOLD:
        return {"notification_id": uuid4()}
    who, post = TOLD[row.thing]
    return {"notification_id": _told(world, who, post)}


def _told(world: World, who: str, post: str) -> Any:
    """The same row for everybody who asks."""
    made: dict[tuple[str, str], Any] = world.__dict__.setdefault("told", {})
    if (who, post) not in made:
        row = factories.notification(world.posts[post], world.cast.id(who))
        made[who, post] = row.pk
    return made[who, post]


def form(_world: World, _row: Row) -> dict[str, Any]:
    """What is sent along."""
    return {"rhythm": "at_once"}
