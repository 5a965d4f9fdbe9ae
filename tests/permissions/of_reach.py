"""Whom the school reaches at all: for its office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kring.notifications.models import Bounce, digest_of
from tests.circles import NOBODY, OFFICE, Circle
from tests.permissions.rows import SEE_OTHER, Row, rows
from tests.unlocked import unlocked

if TYPE_CHECKING:
    from tests.permissions.things import World

PRINCIPAL_ELSEWHERE: Circle = frozenset({"principal_elsewhere"})
SCHOOL, AFTERCARE, ELSEWHERE = "the school", "the BSO", "a school elsewhere"
MOTHER, WELL, FOREIGN = (
    "mother whose mail comes back",
    "father whose mail arrives",
    "guardian of it",
)

ROWS: list[Row] = [
    *rows(
        "office:reach",
        "GET",
        {SCHOOL: OFFICE, AFTERCARE: NOBODY, ELSEWHERE: PRINCIPAL_ELSEWHERE},
    ),
    *rows("office:reach_letters", "POST", {SCHOOL: OFFICE, AFTERCARE: NOBODY}),
    # The group is not of that school, so there is no letter to make.
    *rows("office:reach_letters", "POST", {ELSEWHERE: PRINCIPAL_ELSEWHERE}, SEE_OTHER),
    *rows(
        "office:bounce_clearing",
        "POST",
        {MOTHER: OFFICE, WELL: NOBODY, FOREIGN: NOBODY},
        SEE_OTHER,
    ),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """The school, and a person."""
    cast = world.cast
    where = {AFTERCARE: "vijver", ELSEWHERE: "kompas"}.get(row.thing, "wilgenhoek")
    ids: dict[str, Any] = {"school_id": cast.id(where)}
    if row.url in {"office:reach", "office:reach_letters"}:
        return ids
    who = {MOTHER: "mother", WELL: "co_parent", FOREIGN: "guardian_elsewhere"}[row.thing]
    if row.thing != WELL:
        _bounce(world, who)
    return ids | {"person_id": cast.id(who)}


def form(world: World, row: Row) -> dict[str, Any]:
    """Which list: of who has no push, which holds all families that are in."""
    if row.url == "office:reach_letters":
        return {"lack": "push", "group": str(world.cast.id("group_5"))}
    return {}


def _bounce(world: World, who: str) -> None:
    """Mail to this person came back; made anew where the last one was rolled back or cleared."""
    person = getattr(world.cast, who)
    with unlocked():
        if not Bounce.objects.standing().filter(person=person).exists():
            Bounce.objects.create(
                school_id=world.cast.id("wilgenhoek" if who == "mother" else "kompas"),
                person=person,
                mail_id=uuid4(),
                address=digest_of(person.email),
                is_hard=True,
            )
