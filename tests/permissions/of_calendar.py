"""The agenda, and when the school is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kring.base import clock
from kring.calendar.asked import school_year
from tests.circles import (
    BSO,
    FAMILIES,
    GROUP_5,
    LEADERS,
    NOBODY,
    OFFICE,
    SIGNED_IN,
    STAFF,
    TEACHERS,
    Circle,
)
from tests.permissions.rows import ALL_STAFF, SEE_OTHER, Row, rows

if TYPE_CHECKING:
    from tests.permissions.things import World

PRINCIPAL_ELSEWHERE: Circle = frozenset({"principal_elsewhere"})
UNKNOWN = "entry that does not exist"
SEE: dict[str, Circle] = {
    "entry for group 5": GROUP_5,
    "entry for group 2": LEADERS | {"mother", "aide"},
    "entry for group 6": LEADERS | {"teacher_next_door"},
    "entry for groups 5 and 6": GROUP_5 | {"teacher_next_door"},
    "entry for the school": FAMILIES | STAFF,
    "entry for the staff": STAFF,
    "entry for Sam's family": TEACHERS | LEADERS | {"mother", "co_parent"},
    "entry for the family of who comes later": LEADERS,
    "entry for the BSO": BSO,
    "entry for a group elsewhere": frozenset({"principal_elsewhere", "guardian_elsewhere"}),
    "entry of long ago for group 5": GROUP_5,
    "entry of before the school year": GROUP_5,
    "entry that is not out yet": frozenset({"teacher"}),
    "withdrawn entry": frozenset({"teacher"}),
    "entry that is called off": GROUP_5,
    "entry by a substitute of yesterday": GROUP_5,
    UNKNOWN: NOBODY,
}
CHANGE: dict[str, Circle] = {
    "entry for group 5": OFFICE | {"teacher"},
    "entry for group 6": OFFICE | {"teacher_next_door"},
    "entry for the school": OFFICE,
    "entry for Sam's family": OFFICE | {"teacher"},
    "entry for the BSO": frozenset({"aftercare"}),
    "entry for a group elsewhere": PRINCIPAL_ELSEWHERE,
    "entry that is not out yet": frozenset({"teacher"}),
    "entry by a substitute of yesterday": OFFICE,
    "withdrawn entry": NOBODY,
    "entry that is called off": NOBODY,
    UNKNOWN: NOBODY,
}
PLAN: dict[str, Circle] = {
    "for group 5": TEACHERS | OFFICE,
    "for group 6": OFFICE | {"teacher_next_door"},
    "for the school": OFFICE,
    "for the staff": STAFF,
    "for the BSO": frozenset({"aftercare"}),
    "for a group elsewhere": PRINCIPAL_ELSEWHERE,
}
LOOK: dict[str, Circle] = {
    "the school": OFFICE,
    "the BSO": NOBODY,
    "a school elsewhere": PRINCIPAL_ELSEWHERE,
}

ROWS: list[Row] = [
    Row("calendar:agenda", "GET", "", SIGNED_IN),
    Row("calendar:new", "GET", "", ALL_STAFF),
    *(
        Row("calendar:new", "POST", thing, who, SEE_OTHER, refused=ALL_STAFF - who)
        for thing, who in PLAN.items()
    ),
    *rows("calendar:entry", "GET", SEE),
    *rows("calendar:edit", "GET", CHANGE),
    *rows("calendar:edit", "POST", CHANGE, SEE_OTHER),
    *rows("calendar:withdrawal", "GET", CHANGE),
    *rows("calendar:withdrawal", "POST", CHANGE, SEE_OTHER),
    *rows("holidays:start", "GET", LOOK),
    *rows("holidays:start", "POST", LOOK, SEE_OTHER),
    *rows("holidays:year", "GET", LOOK),
    *rows("holidays:year", "POST", LOOK, SEE_OTHER),
]
SCHOOLS = {"the school": "wilgenhoek", "the BSO": "vijver", "a school elsewhere": "kompas"}


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    if row.url in {"calendar:agenda", "calendar:new"}:
        return {}
    if row.url == "holidays:start":
        return {"school_id": world.cast.id(SCHOOLS[row.thing])}
    if row.url == "holidays:year":
        return {"school_id": world.cast.id(SCHOOLS[row.thing]), "year": _year()}
    if row.thing == UNKNOWN:
        return {"entry_id": uuid4()}
    return {"entry_id": world.entries[row.thing].pk}


def form(world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    if row.method == "GET":
        return {}
    if row.url == "holidays:start":
        return {"region": "midden"}
    if row.url == "holidays:year":
        return {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0} | _study_day()
    day = f"{clock.today() + timedelta(days=20):%Y-%m-%d}"
    said = {"title": "Schoolreis", "first_day": day, "key": uuid4()}
    return said | ({"audience": _audience(world, row.thing)} if row.url == "calendar:new" else {})


def _audience(world: World, thing: str) -> str:
    kind, key = {
        "for group 5": ("group", "group_5"),
        "for group 6": ("group", "group_6"),
        "for the school": ("school", "wilgenhoek"),
        "for the staff": ("staff", "wilgenhoek"),
        "for the BSO": ("school", "vijver"),
        "for a group elsewhere": ("group", "group_elsewhere"),
    }[thing]
    return f"{kind}:{world.cast.id(key)}"


def _study_day() -> dict[str, Any]:
    day = f"{_year()}-11-03"
    told = {"keep": "on", "kind": "study", "name": "Studiedag", "starts_on": day, "ends_on": day}
    return {f"form-0-{name}": value for name, value in told.items()}


def _year() -> int:
    return school_year(clock.today())
