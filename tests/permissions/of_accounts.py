"""Passwords, codes on paper and the second factor: everybody here gave two proofs already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator

from tests.circles import SIGNED_IN, Circle
from tests.permissions.rows import ALL_STAFF, ANYBODY, FOUND, UNPROCESSABLE, Row

if TYPE_CHECKING:
    from tests.permissions.things import World

NOT_YET: Circle = frozenset({"anonymous"})
TEACHER: Circle = frozenset({"teacher"})

ROWS: list[Row] = [
    Row("accounts:password_sign_in", "GET", "", NOT_YET, others=FOUND),
    Row("accounts:password_sign_in", "POST", "no password", NOT_YET, UNPROCESSABLE, others=FOUND),
    Row("accounts:paper_sign_in", "GET", "no password given", ANYBODY, FOUND),
    Row("accounts:paper_sign_in", "POST", "no password given", ANYBODY, FOUND),
    Row("accounts:forgotten", "GET", "", NOT_YET, others=FOUND),
    Row("accounts:forgotten", "POST", "no code", NOT_YET, UNPROCESSABLE, others=FOUND),
    Row("accounts:password", "GET", "", SIGNED_IN),
    Row("accounts:password", "POST", "no password", SIGNED_IN, UNPROCESSABLE),
    Row("accounts:remove_password", "GET", "no password to remove", SIGNED_IN, FOUND),
    Row("accounts:remove_password", "POST", "no password to remove", SIGNED_IN, FOUND),
    Row("accounts:second_factor", "GET", "", SIGNED_IN, FOUND),
    Row("accounts:second_factor", "POST", "", SIGNED_IN, FOUND),
    Row("accounts:app", "GET", "", ALL_STAFF),
    Row("accounts:app", "POST", "no figures", ALL_STAFF, UNPROCESSABLE),
    Row("accounts:remove_app", "GET", "app of the teacher", TEACHER),
    Row("accounts:remove_app", "POST", "app of the teacher", TEACHER, FOUND),
    Row("accounts:paper_codes", "GET", "app of the teacher", TEACHER),
    Row("accounts:paper_codes", "POST", "app of the teacher", TEACHER),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """Nothing stands in these addresses; what they are about is there when they are asked."""
    if row.thing == "app of the teacher":
        kind, data = Authenticator.Type.TOTP, {"secret": "", "used": 0}
        Authenticator.objects.create(user=world.cast.teacher, type=kind, data=data)
    return {}


def form(_world: World, row: Row) -> dict[str, Any]:
    """Sent along so that the form is refused, not taken for a look."""
    return {"sent": "yes"} if row.status == UNPROCESSABLE else {}
