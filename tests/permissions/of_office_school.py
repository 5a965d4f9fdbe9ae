"""Who gets in at the office's pages of staff, groups, the trail and the school itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from kring.accounts.models import User
from kring.base import clock
from kring.demo import cast as demo
from kring.schools.models import Employment, Group, TeachingAssignment
from tests import factories
from tests.circles import NOBODY, OFFICE, Circle
from tests.permissions.rows import FOUND, SEE_OTHER, Row, rows
from tests.unlocked import unlocked

if TYPE_CHECKING:
    from tests.permissions.things import World

PRINCIPAL_ELSEWHERE: Circle = frozenset({"principal_elsewhere"})
SCHOOL, AFTERCARE, ELSEWHERE = "the school", "the BSO", "a school elsewhere"
AIDE, BESIDE, UNKNOWN = "the aide", "principal elsewhere, under this school", "nobody"
LESSON, OF_ANOTHER = "group 2 of the aide", "group of the teacher, under the aide"
EMPTY, FOREIGN_GROUP = "group without anybody", "group elsewhere, under this school"
YEAR, FOREIGN_YEAR = "year of the school", "year elsewhere, under this school"
WAITING = "a colleague who waits"

LOOK = {SCHOOL: OFFICE, AFTERCARE: NOBODY, ELSEWHERE: PRINCIPAL_ELSEWHERE}
PERSON = {AIDE: OFFICE, BESIDE: NOBODY, UNKNOWN: NOBODY}
KEPT = {AIDE: frozenset({"administrator"}), BESIDE: NOBODY, UNKNOWN: NOBODY}
ONE_LESSON = {LESSON: OFFICE, OF_ANOTHER: NOBODY, UNKNOWN: NOBODY}
GROUP = {EMPTY: OFFICE, FOREIGN_GROUP: NOBODY, UNKNOWN: NOBODY}
YEARS = {YEAR: OFFICE, FOREIGN_YEAR: NOBODY}

ROWS: list[Row] = [
    Row("office:choose", "GET", "", OFFICE | PRINCIPAL_ELSEWHERE, FOUND),
    *rows("office:start", "GET", LOOK),
    *rows("office:staff", "GET", LOOK),
    *rows("office:staff_export", "POST", LOOK),
    *rows("office:new_colleague", "GET", LOOK),
    *rows("office:new_colleague", "POST", LOOK, SEE_OTHER),
    *rows("office:proposals", "GET", LOOK),
    *rows("office:proposals", "POST", LOOK, SEE_OTHER),
    *rows("office:colleague", "GET", PERSON),
    *rows("office:colleague", "POST", PERSON, SEE_OTHER),
    *rows("office:colleague_name", "GET", KEPT),
    *rows("office:colleague_name", "POST", KEPT, SEE_OTHER),
    *rows("office:new_assignment", "GET", PERSON),
    *rows("office:new_assignment", "POST", PERSON, SEE_OTHER),
    *rows("office:assignment", "GET", ONE_LESSON),
    *rows("office:assignment", "POST", ONE_LESSON, SEE_OTHER),
    *rows("office:assignment_end", "POST", ONE_LESSON, SEE_OTHER),
    *rows("office:staff_invitation", "GET", {WAITING: OFFICE, AIDE: NOBODY, BESIDE: NOBODY}),
    *rows("office:staff_invitation", "POST", {WAITING: OFFICE, AIDE: NOBODY}, SEE_OTHER),
    *rows("office:staff_leaving", "GET", PERSON),
    *rows("office:staff_leaving", "POST", PERSON, SEE_OTHER),
    *rows("office:staff_second_factor", "GET", PERSON),
    *rows("office:staff_second_factor", "POST", PERSON, SEE_OTHER),
    *rows("office:groups", "GET", LOOK),
    *rows("office:years", "POST", LOOK, SEE_OTHER),
    *rows("office:new_group", "GET", YEARS),
    *rows("office:new_group", "POST", YEARS, SEE_OTHER),
    *rows("office:group", "GET", GROUP),
    *rows("office:group", "POST", GROUP, SEE_OTHER),
    *rows("office:group_removal", "GET", GROUP),
    *rows("office:group_removal", "POST", GROUP, SEE_OTHER),
    *rows("office:trail", "GET", LOOK),
    *rows("office:trail_file", "POST", LOOK),
    *rows("office:school", "GET", LOOK),
    *rows("office:school", "POST", LOOK, SEE_OTHER),
    *rows("office:policy", "GET", LOOK),
    *rows("office:policy", "POST", LOOK, SEE_OTHER),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """The school, and the colleague, the group or the year."""
    if row.url == "office:choose":
        return {}
    cast = world.cast
    where = {AFTERCARE: "vijver", ELSEWHERE: "kompas"}.get(row.thing, "wilgenhoek")
    ids: dict[str, UUID] = {"school_id": cast.id(where)}
    if row.thing in LOOK:
        return ids
    if row.url == "office:new_group":
        whose = "wilgenhoek" if row.thing == YEAR else "kompas"
        return ids | {"year_id": demo.identity(f"year {whose}")}
    if row.url in {"office:group", "office:group_removal"}:
        return ids | {"group_id": _group(world, row.thing)}
    ids["person_id"] = _person(world, row.thing)
    return ids | {"assignment_id": _lesson(world, row.thing)} if _is_of_lesson(row) else ids


def form(world: World, row: Row) -> dict[str, Any]:
    """What is typed, so that nothing but the right is missing."""
    group = {"name": "Plusklas", "grades": ["5"], "color": "3"}
    roles = {"roles": ["teacher"]}
    names = {"first_name": "Puck", "last_name": "Vries", "email": "puck@kring.example"}
    typed: dict[str, dict[str, Any]] = {
        "office:new_colleague": names | roles,
        "office:colleague": roles,
        "office:colleague_name": names,
        "office:new_assignment": {"group": world.cast.id("group_6"), "kind": "aide"},
        "office:assignment": {"kind": "aide", "weekdays": ["1"]},
        "office:staff_invitation": {"email": "puck@kring.example"},
        "office:staff_leaving": {"when": "now"},
        "office:new_group": group,
        "office:group": group,
        "office:school": {"city": "Waterdam"},
        "office:policy": {
            "school_post_roles": ["principal"],
            "urgent_roles": ["principal"],
            "min_posts_a_week": "0",
            "max_posts_a_day": "0",
            "call_after_minutes": "45",
            "weekly_weekday": "6",
            "weekly_hour": "8",
        },
    }
    return typed.get(row.url, {})


def _is_of_lesson(row: Row) -> bool:
    return row.url in {"office:assignment", "office:assignment_end"}


def _person(world: World, thing: str) -> UUID:
    if thing == WAITING:
        return _waiting(world)
    if thing == UNKNOWN:
        return uuid4()
    return world.cast.id("principal_elsewhere" if thing == BESIDE else "aide")


def _lesson(world: World, thing: str) -> UUID:
    if thing == UNKNOWN:
        return uuid4()
    whose, group = ("teacher", "group_5") if thing == OF_ANOTHER else ("aide", "group_2")
    with unlocked():
        lessons = TeachingAssignment.objects.filter(user=world.cast.id(whose))
        return lessons.get(group=world.cast.id(group)).pk


def _group(world: World, thing: str) -> UUID:
    if thing == EMPTY:
        return _empty_group(world)
    return uuid4() if thing == UNKNOWN else world.cast.id("group_elsewhere")


def _waiting(world: World) -> UUID:
    """Somebody who works here and never came in; made anew where the last one was rolled back."""
    card, school = demo.identity("waiting colleague"), world.cast.id("wilgenhoek")
    with unlocked():
        if not User.objects.filter(pk=card).exists():
            factories.person(id=card)
            role = {"school_id": school, "user_id": card, "role": "teacher"}
            factories.made(Employment(**role, starts_on=clock.today()))
    return card


def _empty_group(world: World) -> UUID:
    group, school = demo.identity("group without anybody"), world.cast.id("wilgenhoek")
    with unlocked():
        if not Group.objects.filter(pk=group).exists():
            year = demo.identity("year wilgenhoek")
            factories.made(Group(id=group, school_id=school, year_id=year, name="groep 8"))
    return group
