"""Who gets in at the office's pages of children and families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from kring.base import clock
from kring.schools.models import Guardianship
from tests.circles import NOBODY, OFFICE, Circle
from tests.permissions.rows import SEE_OTHER, UNPROCESSABLE, Row, rows
from tests.unlocked import unlocked

if TYPE_CHECKING:
    from tests.permissions.things import World

KEEPERS: Circle = frozenset({"administrator"})
PRINCIPAL_ELSEWHERE: Circle = frozenset({"principal_elsewhere"})
SCHOOL, AFTERCARE, ELSEWHERE = "the school", "the BSO", "a school elsewhere"
CHILD, FOREIGN, BY_ANOTHER_DOOR = "Sam", "child elsewhere", "child elsewhere, under this school"
UNKNOWN = "child that does not exist"
UNDER_ANOTHER_CHILD = "tie of Sam, under Lina"

LOOK = {SCHOOL: OFFICE, AFTERCARE: NOBODY, ELSEWHERE: PRINCIPAL_ELSEWHERE}
KEEP = {SCHOOL: KEEPERS, AFTERCARE: NOBODY, ELSEWHERE: NOBODY}
SEE = {CHILD: OFFICE, FOREIGN: PRINCIPAL_ELSEWHERE, BY_ANOTHER_DOOR: NOBODY, UNKNOWN: NOBODY}
CHANGE = {CHILD: KEEPERS, FOREIGN: NOBODY, BY_ANOTHER_DOOR: NOBODY, UNKNOWN: NOBODY}
TIE = CHANGE | {UNDER_ANOTHER_CHILD: NOBODY}

ROWS: list[Row] = [
    *rows("office:children", "GET", LOOK),
    *rows("office:children_export", "POST", LOOK),
    *rows("office:families", "GET", LOOK),
    *rows("office:families_export", "POST", LOOK),
    *rows("office:authority", "GET", LOOK),
    *rows("office:authority", "POST", KEEP, SEE_OTHER),
    *rows("office:child_new", "GET", KEEP),
    *rows("office:child_new", "POST", {SCHOOL: KEEPERS, AFTERCARE: NOBODY}, SEE_OTHER),
    *rows("office:child", "GET", SEE),
    *(
        row
        for act in ("facts", "placement", "leaving")
        for row in (
            *rows(f"office:child_{act}", "GET", CHANGE),
            *rows(f"office:child_{act}", "POST", CHANGE, SEE_OTHER),
        )
    ),
    *rows("office:guardianship_new", "GET", CHANGE),
    *rows("office:guardianship_new", "POST", CHANGE, SEE_OTHER),
    *rows("office:guardianship", "GET", TIE),
    *rows("office:guardianship", "POST", TIE, UNPROCESSABLE),  # with nothing typed
    *(
        row
        for act in ("ending", "reopening")
        for row in (
            *rows(f"office:guardianship_{act}", "GET", TIE),
            *rows(f"office:guardianship_{act}", "POST", TIE, SEE_OTHER),
        )
    ),
    *rows("office:family", "GET", SEE),
    *rows("office:family", "POST", CHANGE, SEE_OTHER),
    *rows("office:family_address", "POST", SEE),
    *rows("office:family_moving", "GET", CHANGE),
    *rows("office:family_moving", "POST", CHANGE, SEE_OTHER),
]
_OF_A_TIE = ("office:guardianship", "office:guardianship_ending", "office:guardianship_reopening")
_OF_A_HOME = ("office:family", "office:family_address", "office:family_moving")


def address(world: World, row: Row) -> dict[str, Any]:
    """The school, and the child, the tie or the home."""
    cast = world.cast
    schools = {AFTERCARE: "vijver", ELSEWHERE: "kompas", FOREIGN: "kompas"}
    ids: dict[str, UUID] = {"school_id": cast.id(schools.get(row.thing, "wilgenhoek"))}
    if row.thing in {SCHOOL, AFTERCARE, ELSEWHERE}:
        return ids
    foreign = row.thing in {FOREIGN, BY_ANOTHER_DOOR}
    tie = _tie(world, "guardian_elsewhere" if foreign else "mother")
    if row.url in _OF_A_HOME:
        return ids | {"household_id": uuid4() if row.thing == UNKNOWN else tie.household_id}
    ids["student_id"] = uuid4() if row.thing == UNKNOWN else tie.student_id
    if row.thing == UNDER_ANOTHER_CHILD:
        ids["student_id"] = cast.id("lina")
    return ids | {"tie_id": tie.pk} if row.url in _OF_A_TIE else ids


def form(world: World, row: Row) -> dict[str, Any]:
    """What is typed, so that nothing but the right is missing."""
    cast, today = world.cast, clock.today().isoformat()
    names = {"first_name": "Puck", "last_name": "Vries"}
    sees = {"relation": "other", "access": "pick_up", "has_authority": "no"}
    typed: dict[str, dict[str, Any]] = {
        "office:child_new": names | {"group": cast.id("group_5"), "starts_on": today},
        "office:child_facts": names,
        "office:child_placement": {"group": cast.id("group_6"), "starts_on": today},
        "office:child_leaving": {"ends_on": today},
        "office:guardianship_new": names | sees | {"starts_on": today},
        "office:guardianship_ending": {"when": "now"},
        "office:family": {"letter_language": "en"},
        "office:family_moving": {"people": cast.id("mother"), "to": "new"},
    }
    return typed.get(row.url, {})


def _tie(world: World, guardian: str) -> Guardianship:
    child = "sam" if guardian == "mother" else "child_elsewhere"
    with unlocked():
        ties = Guardianship.objects.filter(student=world.cast.id(child))
        return ties.get(guardian=world.cast.id(guardian))
