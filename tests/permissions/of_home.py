"""The pages about people, and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.circles import AROUND, BSO, ELSEWHERE, NOBODY, SIGNED_IN, TEACHERS
from tests.permissions.rows import SEE_OTHER, Row, rows

if TYPE_CHECKING:
    from tests.permissions.things import World

ROWS: list[Row] = [
    Row("home:more", "GET", "", SIGNED_IN),
    Row("home:about_me", "GET", "", SIGNED_IN),
    Row("home:about_me", "POST", "", SIGNED_IN, SEE_OTHER),
    Row("home:children", "GET", "", SIGNED_IN),
    Row(
        "home:classes",
        "GET",
        "",
        TEACHERS | {"teacher_next_door", "teacher_parent", "aftercare"},
    ),
    *rows(
        "home:class",
        "GET",
        {
            "group 5": TEACHERS,
            "group of the BSO": frozenset({"aftercare"}),
            "group elsewhere": NOBODY,
        },
    ),
    *rows(
        "home:school",
        "GET",
        {"the school": AROUND, "the BSO": BSO, "a school elsewhere": ELSEWHERE},
    ),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    known = {"group 5": "group_5", "group of the BSO": "bso", "group elsewhere": "group_elsewhere"}
    if row.url == "home:class":
        return {"group_id": world.cast.id(known[row.thing])}
    schools = {"the school": "wilgenhoek", "the BSO": "vijver", "a school elsewhere": "kompas"}
    return {"school_id": world.cast.id(schools[row.thing])} if row.thing else {}


def form(_world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    return {"about": "Dag."} if row.url == "home:about_me" else {}
