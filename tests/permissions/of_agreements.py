"""Who gets in at what a school agrees on: rules, hours, agreements, load, and mourning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from kring.demo import cast as demo
from tests.circles import AROUND, BSO, ELSEWHERE, NOBODY, OFFICE, STAFF, Circle
from tests.permissions.rows import SEE_OTHER, Row, rows

if TYPE_CHECKING:
    from tests.permissions.things import World

PRINCIPAL_ELSEWHERE: Circle = frozenset({"principal_elsewhere"})
SCHOOL, AFTERCARE, FOREIGN = "the school", "the BSO", "a school elsewhere"
AIDE, BESIDE, UNKNOWN = "the aide", "principal elsewhere, under this school", "nobody"
SAM, AT_BSO, NO_CHILD = "Sam", "child elsewhere, under this school", "child that does not exist"
HOME, NO_HOME = "home of Sam's mother", "home that does not exist"

LOOK = {SCHOOL: OFFICE, AFTERCARE: NOBODY, FOREIGN: PRINCIPAL_ELSEWHERE}
OWN = {SCHOOL: STAFF, AFTERCARE: frozenset({"aftercare"}), FOREIGN: PRINCIPAL_ELSEWHERE}
PERSON = {AIDE: OFFICE, BESIDE: NOBODY, UNKNOWN: NOBODY}
CHILD = {SAM: OFFICE, AT_BSO: NOBODY, NO_CHILD: NOBODY}
HOMES = {HOME: OFFICE, NO_HOME: NOBODY}

ROWS: list[Row] = [
    *rows("home:agreements", "GET", {SCHOOL: AROUND, AFTERCARE: BSO, FOREIGN: ELSEWHERE}),
    Row("home:working_hours", "GET", "", STAFF | {"aftercare", "principal_elsewhere"}, SEE_OTHER),
    *rows("home:working_hours_at", "GET", OWN),
    *rows("home:working_hours_at", "POST", OWN, SEE_OTHER),
    *rows("office:colleague_hours", "GET", PERSON),
    *rows("office:colleague_hours", "POST", PERSON, SEE_OTHER),
    *rows("office:policy_history", "GET", LOOK),
    *rows("office:load", "GET", LOOK),
    *rows("office:mournings", "GET", LOOK),
    *rows("office:mourning_of_child", "GET", CHILD),
    *rows("office:mourning_of_child", "POST", CHILD, SEE_OTHER),
    *rows("office:mourning_of_child_ending", "POST", CHILD, SEE_OTHER),
    *rows("office:mourning_of_home", "GET", HOMES),
    *rows("office:mourning_of_home", "POST", HOMES, SEE_OTHER),
    *rows("office:mourning_of_home_ending", "POST", HOMES, SEE_OTHER),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """The school, and the colleague, the child or the home."""
    if not row.thing:
        return {}
    where = {AFTERCARE: "vijver", FOREIGN: "kompas"}.get(row.thing, "wilgenhoek")
    ids: dict[str, UUID] = {"school_id": world.cast.id(where)}
    if row.url == "office:colleague_hours":
        who = {AIDE: "aide", BESIDE: "principal_elsewhere"}.get(row.thing)
        return ids | {"person_id": world.cast.id(who) if who else uuid4()}
    if row.url.startswith("office:mourning_of_child"):
        child = {SAM: "sam", AT_BSO: "child_elsewhere"}.get(row.thing)
        return ids | {"student_id": world.cast.id(child) if child else uuid4()}
    if row.url.startswith("office:mourning_of_home"):
        home = demo.identity("home of mother wilgenhoek")
        return ids | {"household_id": home if row.thing == HOME else uuid4()}
    return ids


def form(_world: World, row: Row) -> dict[str, Any]:
    """Hours of one day; the rest asks for nothing."""
    if row.url in {"home:working_hours_at", "office:colleague_hours"}:
        return {"works_1": "on", "starts_1": "08:00", "ends_1": "16:30"}
    return {}
