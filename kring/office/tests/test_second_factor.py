"""A colleague lost the telephone: the office takes the second factors away, and all hear of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from kring.accounts.models import TabletPin
from kring.base import clock
from kring.events.models import AuditEntry
from kring.notifications.tests.conftest import waiting
from kring.office.telling import tell_leader
from kring.office.tests.arranging import SignIn, address, all_of, employed, trail_of
from kring.office.tests.test_start import about, names
from kring.schools.models import TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

WEBAUTHN, TOTP, PAPER = (
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.TOTP,
    Authenticator.Type.RECOVERY_CODES,
)


@pytest.fixture
def lost(cast: Cast) -> UUID:
    """The id of a teacher with a passkey, an app and a sheet with codes."""
    person = cast.id("teacher")
    for kind in (WEBAUTHN, TOTP, PAPER):
        factories.made(Authenticator(user_id=person, type=kind, data={"codes": []}))
    return person


def page(cast: Cast, key: Any = "teacher") -> str:
    return address(cast, "staff_second_factor", key)


def left(person_id: UUID) -> int:
    return int(Authenticator.objects.filter(user=person_id).count())


def told() -> dict[str, str]:
    """Which leaders get a mail, by the school that it is about."""
    return {one["reader"]: one["school_id"] for one in waiting(tell_leader)}


@pytest.mark.parametrize("key", ["principal", "administrator"])
def test_the_office_asks_once_and_takes_them_away(
    cast: Cast, sign_in: SignIn, lost: UUID, key: str
) -> None:
    office, teacher = sign_in(key), sign_in("teacher")
    factories.tablet_pin(lost)
    assert teacher.get("/").status_code == 200
    assert page(cast) in office.get(address(cast, "colleague", "teacher")).text
    asked = office.get(page(cast))
    assert asked.status_code == 200
    assert cast.teacher.email in asked.text
    assert left(lost) == 3
    answer = office.post(page(cast))
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        address(cast, "colleague", "teacher"),
    )
    assert left(lost) == 0
    assert all_of(TabletPin.objects.unscoped("a test").filter(user=lost)) == []
    assert teacher.get("/").status_code == 302  # signed out
    [line] = all_of(AuditEntry.objects.filter(verb="person.factors_forgotten"))
    assert (line.actor_id, line.person_id, line.school_id) == (
        cast.id(key),
        lost,
        cast.id("wilgenhoek"),
    )
    [letter] = mail.outbox
    assert letter.to == [cast.teacher.email]
    other = "administrator" if key == "principal" else "principal"
    assert told() == {str(cast.id(other)): str(cast.id("wilgenhoek"))}


def test_a_known_device_and_a_password_open_nothing_afterwards(
    cast: Cast, sign_in: SignIn, lost: UUID
) -> None:
    before = clock.now()
    sign_in("principal").post(page(cast))
    assert cast.teacher.signed_out_at > before  # what makes every device unknown


@pytest.mark.parametrize("key", ["teacher", "counselor", "aide", "mother", "principal_elsewhere"])
def test_nobody_else_may(cast: Cast, sign_in: SignIn, lost: UUID, key: str) -> None:
    client = sign_in(key)
    for answer in (client.get(page(cast)), client.post(page(cast))):
        assert answer.status_code == 404
    assert left(lost) == 3
    assert trail_of(lost) == []


def test_nobody_does_it_for_oneself(cast: Cast, sign_in: SignIn) -> None:
    factories.made(Authenticator(user_id=cast.id("principal"), type=WEBAUTHN, data={}))
    principal = sign_in("principal")
    assert principal.get(page(cast, "principal")).status_code == 404
    assert principal.post(page(cast, "principal")).status_code == 404
    assert left(cast.id("principal")) == 1
    assert (
        page(cast, "principal") not in principal.get(address(cast, "colleague", "principal")).text
    )


def test_only_of_who_works_here_now(cast: Cast, sign_in: SignIn, lost: UUID) -> None:
    office, today = sign_in("administrator"), clock.today()
    with unlocked():
        TeachingAssignment.objects.filter(user=lost).delete()
    office.post(address(cast, "staff_leaving", "teacher"), {"when": "now"})
    assert office.post(page(cast)).status_code == 404  # who left
    employed(cast, lost, "teacher", starts_on=today + timedelta(days=1))
    assert office.post(page(cast)).status_code == 404  # who comes tomorrow
    assert office.post(page(cast, "mother")).status_code == 404  # who never worked here
    waits = factories.person("Wacht", email="wacht@kring.example")
    employed(cast, waits.pk, "teacher")
    assert office.post(page(cast, waits.pk)).status_code == 404  # who never came in
    assert left(lost) == 3


def test_without_a_mailbox_nothing_would_be_left_so_it_is_not_done(
    cast: Cast, sign_in: SignIn
) -> None:
    paper = factories.person("Papier", username="papier", joined_at=clock.now())
    employed(cast, paper.pk, "teacher")
    factories.made(Authenticator(user_id=paper.pk, type=WEBAUTHN, data={}))
    office = sign_in("administrator")
    assert office.post(page(cast, paper.pk)).status_code == 404
    assert page(cast, paper.pk) not in office.get(address(cast, "colleague", paper.pk)).text
    assert left(paper.pk) == 1


def test_a_substitute_without_a_role_is_somebody_who_works_here(
    cast: Cast, sign_in: SignIn
) -> None:
    key = cast.id("substitute_today")
    factories.made(Authenticator(user_id=key, type=TOTP, data={}))
    assert sign_in("principal").post(page(cast, "substitute_today")).status_code == 303
    assert left(key) == 0
    assert "person.factors_forgotten" in trail_of(key)


# ── who works at two schools ─────────────────────────────────────────────────
@pytest.mark.parametrize("role", ["teacher", "administrator", "principal", "counselor"])
def test_who_works_at_another_school_too_is_left_alone(
    cast: Cast, sign_in: SignIn, lost: UUID, role: str
) -> None:
    employed(cast, lost, role, school_id=cast.id("kompas"))
    there = page(cast).replace(str(cast.id("wilgenhoek")), str(cast.id("kompas")))
    for office, where in (
        (sign_in("principal"), page(cast)),
        (sign_in("principal_elsewhere"), there),
    ):
        answer = office.get(where)
        assert answer.status_code == 200
        assert not answer.context["may_vouch"]
        assert "csrfmiddlewaretoken" not in answer.text.partition("<main")[2].partition("</main")[0]
        assert office.post(where).status_code == 404
    assert left(lost) == 3
    assert all_of(AuditEntry.objects.filter(person_id=lost)) == []


def test_what_this_office_makes_of_somebody_opens_no_other_school(
    cast: Cast, sign_in: SignIn, lost: UUID
) -> None:
    employed(cast, lost, "principal", school_id=cast.id("kompas"))
    employed(cast, lost, "principal")
    assert sign_in("administrator").post(page(cast)).status_code == 404
    assert left(lost) == 3


# ── seen by the office ───────────────────────────────────────────────────────
def test_the_list_and_the_page_say_who_has_one(
    cast: Cast, sign_in: SignIn, viewer: Callable[[str], Any], lost: UUID
) -> None:
    office: Client = sign_in("principal")
    listed = {
        one.person.pk: one for one in office.get(address(cast, "staff")).context["colleagues"]
    }
    assert listed[lost].has_second_factor
    assert not listed[cast.id("aide")].has_second_factor
    assert listed[cast.id("aide")].is_in
    assert not office.get(address(cast, "colleague", "aide")).context["colleague"].has_second_factor


@pytest.mark.usefixtures("lost")
def test_who_came_in_without_one_is_warned_of(cast: Cast) -> None:
    found = about(cast, "second step") or about(cast, "tweede stap")
    assert found
    assert cast.teacher.name not in names(found)
    before = found.count
    waits = factories.person("Wacht")
    employed(cast, waits.pk, "teacher")  # who never came in, has nothing to set up yet
    again = about(cast, "second step") or about(cast, "tweede stap")
    assert again
    assert again.count == before
    employed(cast, factories.person("Nieuw", joined_at=clock.now()).pk, "teacher")
    once_more = about(cast, "second step") or about(cast, "tweede stap")
    assert once_more
    assert once_more.count == before + 1
