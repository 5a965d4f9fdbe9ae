"""The first page of the office: how far the school is, and what contradicts itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.joining.models import Invitation
from kring.office.progress import Progress
from kring.office.tests.arranging import SignIn, address, employed
from kring.office.warnings import Warned, Warnings
from kring.schools.models import (
    Employment,
    Group,
    School,
    SchoolYear,
    StaffProposal,
    TeachingAssignment,
)
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


def warned(cast: Cast, key: str = "principal") -> list[Warned]:
    by = cast.viewer(key)
    with seen_by(by):
        return Warnings(cast.wilgenhoek, by).all()


def about(cast: Cast, word: str) -> Warned | None:
    """The warning in which a word stands."""
    return next((one for one in warned(cast) if word in one.text), None)


def names(found: Warned | None) -> set[str]:
    return {one.name for one in found.ones} if found else set()


def test_who_leads_one_school_goes_there_at_once(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("principal").get("/office/")
    assert answer.headers["Location"] == address(cast, "start")
    assert sign_in("teacher").get("/office/").status_code == 404


def test_who_leads_two_schools_chooses(cast: Cast, sign_in: SignIn) -> None:
    employed(cast, cast.id("principal"), "principal", school_id=cast.id("vijver"))
    page = sign_in("principal").get("/office/").text
    assert "De Wilgenhoek" in page
    assert "BSO De Vijver" in page
    assert "Het Kompas" not in page


def test_the_page_names_what_is_done_and_what_is_wrong(cast: Cast, sign_in: SignIn) -> None:
    factories.student(cast.id("wilgenhoek"), "Verdwaalde")
    page = sign_in("administrator").get(address(cast, "start")).text
    assert "Verdwaalde Nieuw" in page
    assert "gezag" in page


def test_the_steps_read_the_real_state(cast: Cast) -> None:
    def steps() -> dict[str, bool]:
        by = cast.viewer("principal")
        with seen_by(by):
            return {one.url.split("/")[-2]: one.is_done for one in Progress(school(), by).steps()}

    def school() -> School:
        return School.objects.get(pk=cast.id("wilgenhoek"))

    cast.change(cast.wilgenhoek, city="", telephone="", email="")
    assert not steps()["school"]
    cast.change(cast.wilgenhoek, city="Waterdam", telephone="+31201234567")
    assert steps()["school"]
    cast.change(cast.wilgenhoek, brin="")
    assert not steps()["school"]
    assert steps()["staff"]
    named = {"school_id": cast.id("wilgenhoek"), "first_name": "Kim", "last_name": "Nieuw"}
    factories.made(StaffProposal(**named))
    assert not steps()["staff"]  # somebody waits for a yes or a no


def test_children_are_counted_once_however_many_care_for_them(cast: Cast) -> None:
    def told() -> dict[str, int]:
        by = cast.viewer("principal")
        with seen_by(by):
            return Progress(cast.wilgenhoek, by).children

    before, school = told(), cast.id("wilgenhoek")
    lonely, cared, left = (factories.student(school, name) for name in ("Een", "Twee", "Weg"))
    for child in (lonely, cared):
        factories.enrolled(child, cast.id("group_5"))
    factories.enrolled(left, cast.id("group_5"), ends_on=clock.today() - timedelta(days=1))
    for child in (cared, left):
        factories.guarded(child, factories.person().pk, has_authority="unknown")
        factories.guarded(child, factories.person().pk, has_authority="yes", access="informed")
    factories.guarded(lonely, factories.person().pk, access="pick_up", has_authority="unknown")
    grown = {"all": 2, "guarded": 1, "unsure": 1, "reached": 0}
    assert told() == {name: before[name] + more for name, more in grown.items()}
    mailed = factories.person()
    factories.guarded(cared, mailed.pk, has_authority="yes")
    mine = {"school_id": school, "person": mailed, "kind": "guardian", "email": "x@kring.example"}
    factories.made(Invitation(**mine, expires_at=clock.now() + timedelta(days=3)))
    assert told()["reached"] == before["reached"] + 1
    factories.guarded(cared, factories.person(joined_at=clock.now()).pk)
    assert told()["reached"] == before["reached"] + 1


def test_an_empty_school_has_everything_to_do(cast: Cast, sign_in: SignIn) -> None:
    board = cast.wilgenhoek.board_id
    empty = factories.made(School(name="De Nieuwe", board_id=board))
    employed(cast, cast.id("teacher"), "administrator", school_id=empty.pk)
    passkey = {"type": Authenticator.Type.WEBAUTHN, "data": {}}
    factories.made(Authenticator(user_id=cast.id("teacher"), **passkey))
    by = cast.viewer("teacher")
    with seen_by(by):
        progress = Progress(empty, by)
        assert [one.is_done for one in progress.steps()] == [False] * 7
        assert progress.connected == 0
        assert Warnings(empty, by).all() == []
    old = address(cast, "start").replace(str(cast.id("wilgenhoek")), str(empty.pk))
    assert sign_in("teacher").get(old).status_code == 200


def test_progress_counts_who_came_in(cast: Cast) -> None:
    by = cast.viewer("principal")
    with seen_by(by):
        before = Progress(cast.wilgenhoek, by).people["guardians"]
    waiting = factories.person()
    factories.guarded(cast.sam, waiting.pk)
    with seen_by(by):
        people = Progress(cast.wilgenhoek, by).people
    assert people["guardians"] == before + 1
    assert people["guardians_joined"] < people["guardians"]


# ── what contradicts itself ──────────────────────────────────────────────────
def test_a_child_without_a_guardian_or_a_group(cast: Cast) -> None:
    lonely = factories.student(cast.id("wilgenhoek"), "Alleen")
    factories.enrolled(lonely, cast.id("group_5"))
    factories.student(cast.id("wilgenhoek"), "Zwervend")
    left = factories.student(cast.id("wilgenhoek"), "Vertrokken")
    factories.enrolled(left, cast.id("group_5"), ends_on=clock.today() - timedelta(days=9))
    said = {name for one in warned(cast) for name in names(one)}
    assert {"Alleen Nieuw", "Zwervend Nieuw"} <= said
    assert "Vertrokken Nieuw" not in said  # who left, contradicts nothing


def test_a_child_that_stays_behind_in_a_past_year(cast: Cast) -> None:
    first = clock.today().year - 3
    mine: dict[str, Any] = {"school_id": cast.id("wilgenhoek")}
    days = {"starts_on": f"{first}-08-01", "ends_on": f"{first + 1}-07-31"}
    past = factories.made(SchoolYear(**mine, name=f"{first}-{first + 1}", **days))
    group = factories.made(Group(**mine, year=past, name="groep 4"))
    child = factories.student(cast.id("wilgenhoek"), "Achterblijver")
    factories.guarded(child, cast.id("mother"))
    factories.enrolled(child, group.pk)
    found = about(cast, "voorbij")
    assert names(found) == {"Achterblijver Nieuw"}


def test_a_group_without_a_teacher(cast: Cast) -> None:
    with unlocked():
        TeachingAssignment.objects.filter(group=cast.id("group_6")).delete()
    assert "groep 6" in names(about(cast, "leerkracht"))
    with unlocked():  # an aide alone is no teacher
        mine = {"school_id": cast.id("wilgenhoek"), "group_id": cast.id("group_6")}
        aide = {"user_id": cast.id("aide"), "kind": "aide", "starts_on": clock.today()}
        TeachingAssignment(**mine, **aide).save(force_insert=True)
    assert "groep 6" in names(about(cast, "leerkracht"))


def test_a_lesson_without_a_role_opens_nothing_and_is_said(cast: Cast) -> None:
    with unlocked():
        Employment.objects.filter(user=cast.id("teacher_next_door")).delete()
    assert names(about(cast, "geen rol")) == {"Marijke Smit"}


def test_two_cards_of_one_name(cast: Cast) -> None:
    assert about(cast, "kaart") is None
    twin = factories.person("Fátima", last_name="AMRANI")
    factories.guarded(cast.lina, twin.pk)
    found = about(cast, "kaart")
    assert found
    assert found.count == 1
    former = factories.person("Willem", last_name="Bosch")  # whose role is over
    employed(cast, former.pk, "teacher", ends_on=clock.today() - timedelta(days=1))
    again = about(cast, "kaart")
    assert again
    assert again.count == 1


def test_a_mail_that_did_not_arrive(cast: Cast) -> None:
    card = factories.person("Bouncy")
    factories.guarded(cast.lina, card.pk)
    mine = {"school_id": cast.id("wilgenhoek"), "person": card, "kind": "guardian"}
    mail = {"email": "x@kring.example", "expires_at": clock.now() + timedelta(days=3)}
    sent = factories.made(Invitation(**mine, **mail))
    assert about(cast, "kwam niet aan") is None
    cast.change(sent, failed_at=clock.now())
    assert names(about(cast, "kwam niet aan")) == {"Bouncy Nieuw"}


def test_proposals_that_wait(cast: Cast) -> None:
    for number in range(8):
        mine = {"school_id": cast.id("wilgenhoek"), "source_id": str(number)}
        factories.made(StaffProposal(**mine, first_name="Kim", last_name=f"Nr {number}"))
    found = about(cast, "wachten op je ja of nee")
    assert found
    assert (found.count, len(found.ones), found.more) == (8, 5, 3)


def test_somebody_said_that_a_child_is_anothers(cast: Cast) -> None:
    ids = {"school_id": cast.id("wilgenhoek"), "subject_id": cast.id("sam")}
    said = AuditEntry(**ids, verb="guardianship.not_mine", student_id=cast.id("sam"))
    entry = factories.made(said)
    assert names(about(cast, "niet mijn kind")) == {"Sam van der Meulen"}
    cast.change(entry, created_at=clock.now() - timedelta(days=31))
    assert about(cast, "niet mijn kind") is None


@pytest.mark.parametrize("key", ["principal", "administrator"])
def test_warnings_of_another_school_are_never_there(cast: Cast, key: str) -> None:
    factories.student(cast.id("kompas"), "Elders")
    factories.student(cast.id("vijver"), "Opvang")
    said = {name for one in warned(cast, key) for name in names(one)}
    assert not said & {"Elders Nieuw", "Opvang Nieuw"}
