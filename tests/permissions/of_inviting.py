"""Who gets in at the office's pages of inviting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kring.base import clock
from kring.joining.codes import ALPHABET
from kring.joining.models import Invitation, LinkCode
from kring.schools.models import Guardianship, Household, Student
from tests import factories
from tests.circles import NOBODY, OFFICE, Circle
from tests.permissions.rows import SEE_OTHER, Row, rows
from tests.unlocked import unlocked

if TYPE_CHECKING:
    from tests.permissions.things import World

KEEPERS: Circle = frozenset({"administrator"})
PRINCIPAL_ELSEWHERE: Circle = frozenset({"principal_elsewhere"})
SCHOOL, AFTERCARE, ELSEWHERE = "the school", "the BSO", "a school elsewhere"
STANDS, OVER = "what is open", "what was taken back"
FOREIGN, BY_ANOTHER_DOOR = "what is of a school elsewhere", "of another school, under this one"
LOST, NOT_IN, WITHHELD = "tie of who has an account", "tie of who has none", "tie that is withheld"

LOOK = {SCHOOL: OFFICE, AFTERCARE: NOBODY, ELSEWHERE: PRINCIPAL_ELSEWHERE}
ACT = {STANDS: OFFICE, OVER: NOBODY, FOREIGN: PRINCIPAL_ELSEWHERE, BY_ANOTHER_DOOR: NOBODY}
AGAIN = {LOST: OFFICE, NOT_IN: NOBODY, WITHHELD: NOBODY, BY_ANOTHER_DOOR: NOBODY}
ROWS: list[Row] = [
    *(
        row
        for page in ("overview", "families", "codes", "staff")
        for row in rows(f"inviting:{page}", "GET", LOOK)
    ),
    *rows("inviting:invitations", "POST", LOOK, SEE_OTHER),
    *rows("inviting:letters", "POST", {SCHOOL: OFFICE, AFTERCARE: NOBODY}),
    # The home is not of that school, so there is no letter to make.
    *rows("inviting:letters", "POST", {ELSEWHERE: PRINCIPAL_ELSEWHERE}, SEE_OTHER),
    *rows("inviting:language", "POST", {STANDS: KEEPERS, BY_ANOTHER_DOOR: NOBODY}, SEE_OTHER),
    *rows("inviting:reopening", "GET", AGAIN),
    *rows("inviting:reopening", "POST", AGAIN),
    *rows("inviting:sending", "POST", ACT, SEE_OTHER),
    *rows("inviting:revocation", "POST", ACT, SEE_OTHER),
    *rows("inviting:code_revocation", "POST", ACT, SEE_OTHER),
]
TIES = {LOST: ("mother", "sam"), WITHHELD: ("withheld_father", "milan")}


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    schools = {AFTERCARE: "vijver", ELSEWHERE: "kompas", FOREIGN: "kompas"}
    school_id = world.cast.id(schools.get(row.thing, "wilgenhoek"))
    found: dict[str, Any] = {"school_id": school_id}
    if row.url in {"inviting:sending", "inviting:revocation"}:
        return found | {"invitation_id": _invitation(_family(world, row), row.thing).pk}
    if row.url == "inviting:code_revocation":
        return found | {"code_id": _code(_family(world, row), row.thing).pk}
    if row.url == "inviting:reopening":
        return found | {"tie_id": _tie(world, row)}
    return found


def form(world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    tie = _family(world, row)
    forms: dict[str, dict[str, Any]] = {
        "inviting:invitations": {"whom": "group"},
        "inviting:letters": {"whom": "chosen", "homes": [f"{tie.student_id}:{tie.household_id}"]},
        "inviting:language": {"home": str(tie.household_id), "language": "tr"},
    }
    return forms.get(row.url, {})


def _family(world: World, row: Row) -> Guardianship:
    """A child with a mother who has no account yet."""
    elsewhere = row.thing in {FOREIGN, BY_ANOTHER_DOOR}
    school_id = world.cast.id("kompas" if elsewhere else "wilgenhoek")
    child: Student = factories.student(school_id)
    factories.enrolled(child, world.cast.id("group_elsewhere" if elsewhere else "group_5"))
    home = factories.made(Household(school_id=school_id))
    return factories.guarded(child, factories.person().pk, household=home, email="a@b.example")


def _invitation(tie: Guardianship, thing: str) -> Invitation:
    return factories.made(
        Invitation(
            school_id=tie.school_id,
            person_id=tie.guardian_id,
            kind=Invitation.Kind.GUARDIAN,
            email=tie.email,
            expires_at=clock.now() + timedelta(days=14),
            revoked_at=clock.now() if thing == OVER else None,
        )
    )


def _code(tie: Guardianship, thing: str) -> LinkCode:
    return factories.made(
        LinkCode(
            school_id=tie.school_id,
            student_id=tie.student_id,
            household_id=tie.household_id,
            selector="".join(ALPHABET[byte % len(ALPHABET)] for byte in tie.pk.bytes[-6:]),
            digest="of nothing",
            asks_birth_date=False,
            places=1,
            expires_at=clock.now() + timedelta(days=90),
            revoked_at=clock.now() if thing == OVER else None,
        )
    )


def _tie(world: World, row: Row) -> UUID:
    if row.thing == BY_ANOTHER_DOOR:
        who, child = "guardian_elsewhere", "child_elsewhere"
    elif row.thing in TIES:
        who, child = TIES[row.thing]
    else:
        return _family(world, row).pk
    with unlocked():
        ties = Guardianship.objects.filter(guardian=world.cast.id(who))
        return ties.get(student=world.cast.id(child)).pk
