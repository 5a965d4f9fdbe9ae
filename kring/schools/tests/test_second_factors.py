"""Whether a colleague set up a second factor: for the office of a school where that one works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.db import ProgrammingError, connection, transaction

from kring.base import clock
from kring.base.visibility import ANONYMOUS, Viewer, seen_by
from kring.schools.models import Employment, TeachingAssignment
from kring.schools.second_factors import having_one
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked


@pytest.fixture
def factor(cast: Cast) -> Callable[..., None]:
    """Give somebody of the cast a passkey, or another kind."""

    def give(key: str, kind: str = Authenticator.Type.WEBAUTHN) -> None:
        factories.made(Authenticator(user_id=cast.id(key), type=kind, data={}))

    return give


def seen(viewer: Viewer, *people: UUID) -> set[UUID]:
    with seen_by(viewer):
        return having_one(people)


def test_the_office_sees_who_of_its_staff_has_one(cast: Cast, factor: Callable[..., None]) -> None:
    factor("teacher")
    factor("aide", Authenticator.Type.TOTP)
    factor("mother")  # who does not work here
    factor("counselor", Authenticator.Type.RECOVERY_CODES)  # which is none to begin with
    asked = [cast.id(key) for key in ("teacher", "aide", "mother", "counselor", "principal")]
    for key in ("principal", "administrator"):
        assert seen(cast.viewer(key), *asked) == {cast.id("teacher"), cast.id("aide")}
    assert seen(cast.viewer("principal")) == set()


@pytest.mark.parametrize(
    "key", ["teacher", "counselor", "mother", "principal_elsewhere", "aftercare", "anonymous"]
)
def test_nobody_else_sees_it(cast: Cast, factor: Callable[..., None], key: str) -> None:
    factor("teacher")
    assert seen(cast.viewer(key), cast.id("teacher")) == set()
    assert seen(Viewer.service(cast.id("wilgenhoek")), cast.id("teacher")) == set()
    assert seen(ANONYMOUS, cast.id("teacher")) == set()


@pytest.mark.parametrize(
    ("starts", "ends", "is_seen"), [(0, 0, True), (1, None, False), (-9, -1, False)]
)
def test_only_of_who_works_there_today(
    cast: Cast, factor: Callable[..., None], starts: int, ends: int | None, *, is_seen: bool
) -> None:
    factor("mother")
    today, person = clock.today(), cast.id("mother")
    mine = {"school_id": cast.id("wilgenhoek"), "user_id": person}
    days = {
        "starts_on": today + timedelta(days=starts),
        "ends_on": None if ends is None else today + timedelta(days=ends),
    }
    role = factories.made(Employment(**mine, role="aide", **days))
    office = cast.viewer("administrator")
    assert seen(office, person) == ({person} if is_seen else set())
    with unlocked():
        role.delete()
    lesson = {"group_id": cast.id("group_5"), "kind": "aide"}  # a substitute has no role
    factories.made(TeachingAssignment(**mine, **lesson, **days))
    assert seen(office, person) == ({person} if is_seen else set())


def test_outside_a_block_nobody_asks(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        having_one([cast.id("teacher")])
    with (
        as_worker(),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT kring_has_second_factor('{}')")
