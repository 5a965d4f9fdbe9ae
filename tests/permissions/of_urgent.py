"""'Ik heb dit gelezen', and the call list of an important message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kring.base import clock
from kring.feed import confirming
from tests import factories
from tests.circles import BSO, FAMILIES, GROUP_5, LEADERS, NOBODY, STAFF, TEACHERS, Circle
from tests.permissions.rows import ANYBODY, FOUND, NOT_FOUND, SEE_OTHER, Row, open_to_all, rows

if TYPE_CHECKING:
    from kring.feed.models import Post
    from tests.cast import Cast
    from tests.permissions.things import World

TEACHER: Circle = frozenset({"teacher"})
CARER: Circle = frozenset({"aftercare"})
URGENT: dict[str, tuple[str, str]] = {
    "urgent post to group 5": ("group_5", "teacher"),
    "urgent post to the school": ("wilgenhoek", "principal"),
    "urgent post to the staff": ("staff of wilgenhoek", "principal"),
    "urgent post to Sam's family": ("sam", "teacher"),
    "urgent post to the BSO": ("vijver", "aftercare"),
    "urgent post to a group elsewhere": ("group_elsewhere", "principal_elsewhere"),
    "withdrawn urgent post": ("group_5", "teacher"),
}
KNOW_ALL: dict[str, Circle] = {
    "urgent post to group 5": TEACHERS | LEADERS,
    "urgent post to the school": LEADERS,
    "urgent post to the staff": NOBODY,
    "urgent post to Sam's family": TEACHERS | LEADERS,
    "urgent post to the BSO": CARER,
    "urgent post to a group elsewhere": frozenset({"principal_elsewhere"}),
    "withdrawn urgent post": NOBODY,
    "post to group 5": NOBODY,  # which asks no reading
    "post that does not exist": NOBODY,
}
LINK = "link of the informed father"
CALLS: dict[str, Circle] = {
    "call of the teacher": TEACHER,
    "call of the administrator": frozenset({"administrator"}),
    "call about another post": NOBODY,
}

ROWS: list[Row] = [
    *rows(
        "feed:confirmation",
        "POST",
        {
            "urgent post to group 5": GROUP_5,
            "urgent post to the school": FAMILIES | STAFF,
            "urgent post to the staff": STAFF,
            "urgent post to the BSO": BSO,
            "withdrawn urgent post": NOBODY,
            "post to group 5": NOBODY,
        },
        SEE_OTHER,
    ),
    # Who is signed in already, is led to the message.
    Row("feed:by_mail", "GET", LINK, ANYBODY - {"informed_father"}, others=FOUND),
    open_to_all("feed:by_mail", "POST", LINK),
    *(
        Row("feed:by_mail", method, thing, NOBODY, anonymous=NOT_FOUND)
        for method in ("GET", "POST")
        for thing in ("forged link", "link of who may not see it", "link to what was withdrawn")
    ),
    *rows("feed:calls", "GET", KNOW_ALL),
    *rows("feed:calls", "POST", KNOW_ALL, SEE_OTHER),
    *rows("feed:calls_opening", "POST", KNOW_ALL, SEE_OTHER),
    *rows("feed:call_outcome", "POST", CALLS, SEE_OTHER),
    *rows("feed:call_removal", "POST", CALLS, SEE_OTHER),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    if row.url == "feed:by_mail":
        return {"token": _token(world.cast, row.thing)}
    if row.url in {"feed:call_outcome", "feed:call_removal"}:
        return _call(world.cast, row.thing)
    if row.thing in URGENT:
        return {"post_id": _post(world.cast, row.thing).pk}
    return {"post_id": world.posts[row.thing].pk}


def form(_world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    return {"outcome": "reached"} if row.url == "feed:call_outcome" else {}


def _post(cast: Cast, thing: str) -> Post:
    """Made anew for each who asks: nothing of what is done stays."""
    to, by = URGENT[thing]
    asked: dict[str, Any] = {"is_urgent": True, "asks_reading": True, "call_at": clock.now()}
    if thing.startswith("withdrawn"):
        asked |= {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    return cast.post(to, by=by, **asked)


def _token(cast: Cast, thing: str) -> str:
    who = {"link of who may not see it": "guardian_elsewhere"}.get(thing, "informed_father")
    to = "withdrawn urgent post" if "withdrawn" in thing else "urgent post to group 5"
    path = confirming.path_of(cast.id(who), _post(cast, to).card_id)
    token = path.rstrip("/").rsplit("/", 1)[1]
    return f"{token}x" if thing == "forged link" else token


def _call(cast: Cast, thing: str) -> dict[str, Any]:
    caller = "administrator" if "administrator" in thing else "teacher"
    post = _post(cast, "urgent post to group 5")
    call = factories.call(post, cast.id("sam"), cast.id(caller))
    if thing == "call about another post":
        post = _post(cast, "urgent post to group 5")
    return {"post_id": post.pk, "call_id": call.pk}
