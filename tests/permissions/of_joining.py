"""Coming in: open to everybody, and nobody gets further without a letter or a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kring.base import clock
from kring.events.models import AuditEntry
from kring.joining.asking import ASKED
from tests import factories
from tests.circles import NOBODY, OFFICE, SIGNED_IN, Circle
from tests.permissions.rows import ANYBODY, FOUND, UNPROCESSABLE, Row, rows

if TYPE_CHECKING:
    from kring.schools.models import Guardianship
    from tests.permissions.things import World

GONE = 410
MOTHER: Circle = frozenset({"mother"})
KEEPER: Circle = frozenset({"administrator"})
NOTHING_SHOWN = "no letter shown"
STEPS = ("child", "account", "mailbox", "yes", "invited")

ROWS: list[Row] = [
    Row("joining:code", "GET", "", ANYBODY),
    Row("joining:code", "POST", "no code", ANYBODY, UNPROCESSABLE),
    *(
        Row(f"joining:{step}", method, NOTHING_SHOWN, ANYBODY, FOUND)
        for step in STEPS
        for method in ("GET", "POST")
    ),
    Row("joining:invitation", "GET", "invitation", ANYBODY),
    Row("joining:invitation", "POST", "invitation", ANYBODY, FOUND),
    Row("joining:invitation", "GET", "forged invitation", NOBODY, others=GONE, anonymous=GONE),
    Row("joining:invitation", "POST", "forged invitation", NOBODY, others=GONE, anonymous=GONE),
    Row("joining:welcome", "GET", "", SIGNED_IN),
    Row("joining:welcome", "POST", "", SIGNED_IN),
    *rows("joining:not_mine", "GET", {"tie of the mother": MOTHER, "no tie": NOBODY}),
    *rows("joining:not_mine", "POST", {"tie of the mother": MOTHER, "no tie": NOBODY}, FOUND),
    Row("joining:same_child", "GET", "", SIGNED_IN),
    *rows(
        "joining:same_child",
        "POST",
        {"one child of the mother": MOTHER, "children of others": NOBODY},
        FOUND,
    ),
    *rows("inviting:merge", "GET", {"two accounts": KEEPER, "accounts of elsewhere": NOBODY}),
    *rows(
        "inviting:merge", "POST", {"two accounts": KEEPER, "accounts of elsewhere": NOBODY}, FOUND
    ),
    *rows(
        "inviting:namesakes",
        "GET",
        {"the school": KEEPER, "the BSO": NOBODY, "a school elsewhere": NOBODY},
    ),
    *rows(
        "inviting:asked",
        "GET",
        {
            "the school": OFFICE,
            "the BSO": NOBODY,
            "a school elsewhere": frozenset({"principal_elsewhere"}),
        },
    ),
    *rows("inviting:answer", "POST", {"who came by a letter": KEEPER, "no tie": NOBODY}, FOUND),
]

SCHOOLS = {"the school": "wilgenhoek", "the BSO": "vijver", "a school elsewhere": "kompas"}


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    school = {"school_id": world.cast.id(SCHOOLS.get(row.thing, "wilgenhoek"))}
    match row.url:
        case "joining:invitation":
            return {"token": _token(world) if row.thing == "invitation" else "forged"}
        case "joining:not_mine":
            return {"tie_id": _tie_of_the_mother(world) if row.thing != "no tie" else uuid4()}
        case "inviting:merge":
            return school | _accounts(world, row.thing)
        case "inviting:answer":
            return school | {"tie_id": _asking(world).pk if row.thing != "no tie" else uuid4()}
        case "inviting:asked" | "inviting:namesakes":
            return school
    return {}


def form(world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    if row.url == "joining:code":
        return {"code": "geen code"}
    if row.url == "joining:same_child" and row.method == "POST":
        whose = "mother" if row.thing == "one child of the mother" else "grandmother"
        return _one_child(world, whose)
    return {"answer": "yes"} if row.url == "inviting:answer" else {}


def _token(world: World) -> str:
    card = factories.waiting_card(world.cast.sam).guardian
    return factories.invitation(card, world.cast.id("wilgenhoek")).token


def _tie_of_the_mother(world: World) -> Any:
    return factories.guarded(_child(world, "wilgenhoek", "group_5"), world.cast.id("mother")).pk


def _accounts(world: World, thing: str) -> dict[str, Any]:
    other = "english_mother" if thing == "two accounts" else "guardian_elsewhere"
    name = getattr(world.cast, other).sort_key  # who bear two names are two people
    world.cast.change(world.cast.co_parent, sort_key=name)
    return {"from_id": world.cast.id("co_parent"), "into_id": world.cast.id(other)}


def _asking(world: World) -> Guardianship:
    child = _child(world, "wilgenhoek", "group_5")
    tie = factories.guarded(child, factories.person().pk, access="withheld", asked_at=clock.now())
    factories.link_code_use(factories.link_code(child), tie)
    line = {"school_id": child.school_id, "subject_id": tie.pk, "student_id": child.pk}
    factories.made(AuditEntry(verb=ASKED, **line))
    return tie


def _one_child(world: World, whose: str) -> dict[str, Any]:
    one, other = _child(world, "wilgenhoek", "group_5"), _child(world, "vijver", "bso")
    for child in (one, other):
        factories.guarded(child, world.cast.id(whose), access=_access(whose))
    return {"student": one.pk, "other": other.pk}


def _access(whose: str) -> str:
    return "in_care" if whose == "mother" else "pick_up"


def _child(world: World, school: str, group: str) -> Any:
    child = factories.student(world.cast.id(school), last_name="Amrani")
    factories.enrolled(child, world.cast.id(group))
    return child
