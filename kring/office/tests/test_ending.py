"""The end of a tie: at once or after a day, what it closes, and how it is opened again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from kring.base import clock
from kring.office.tests.books import SignIn, at, of_tie, sheet, sure, tie_of, ties, verbs
from kring.office.tests.test_guardianships import add
from tests import factories
from tests.cast import Cast, let_in
from tests.database import Urls


# ── ending ───────────────────────────────────────────────────────────────────
def test_who_is_ended_sees_nothing_at_the_next_request(own_database: Urls) -> None:
    cast = Cast()
    office, father = Client(), Client()
    let_in(office, cast.administrator)
    let_in(father, cast.co_parent)
    post = cast.post("group_5", by="teacher")
    factories.comment(post, cast.id("english_mother"))
    factories.photo(post)
    shown = father.get("/").content.decode()
    assert post.text in shown
    assert "/media/" in shown
    comments = {"text": "Leuk.", "key": str(post.pk)}

    page = office.get(of_tie(cast, "guardianship_ending", "co_parent", "sam"))
    assert "Joris van der Meulen" in page.content.decode()
    ended = office.post(of_tie(cast, "guardianship_ending", "co_parent", "sam"), {"when": "now"})
    assert ended.status_code == 303

    left = father.get("/").content.decode()
    assert post.text not in left
    assert "/media/" not in left
    assert father.get(f"/posts/{post.pk}/").status_code == 404
    assert father.post(f"/posts/{post.pk}/comments/", comments).status_code == 404
    assert father.post(f"/posts/{post.pk}/likes/").status_code == 404
    assert father.get(at(cast, "child", cast.id("sam"))).status_code == 404


def test_the_end_says_whom_and_happens_once(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = of_tie(cast, "guardianship_ending", "mother", "sam")
    assert office.post(address, {"when": "now"}).status_code == 303
    first = tie_of(cast, "mother", "sam").ends_at
    assert office.post(address, {"when": "now"}).status_code == 303
    assert tie_of(cast, "mother", "sam").ends_at == first
    assert verbs() == ["guardianship.ended"]
    assert not tie_of(cast, "mother", "noor").ends_at  # of one child only


def test_one_that_begins_later_ends_as_if_it_never_was(cast: Cast, sign_in: SignIn) -> None:
    later = clock.now() + timedelta(days=10)
    tie = factories.guarded(cast.sam, factories.person().pk, starts_at=later)
    address = at(cast, "guardianship_ending", cast.id("sam"), tie.pk)
    assert sign_in("administrator").post(address, {"when": "now"}).status_code == 303
    [ended] = ties(pk=tie.pk)
    assert ended.ends_at == ended.starts_at == later


def test_it_ends_after_a_day(cast: Cast, sign_in: SignIn) -> None:
    office, day = sign_in("administrator"), clock.today() + timedelta(days=3)
    address = of_tie(cast, "guardianship_ending", "mother", "sam")
    assert office.post(address, {"when": "day", "ends_on": day.isoformat()}).status_code == 303
    assert tie_of(cast, "mother", "sam").ends_at == clock.end_of(day)
    assert sheet(office, of_tie(cast, "guardianship", "mother", "sam"))["ends_on"] == str(day)


def test_a_planned_end_that_moves_away_is_asked_after(cast: Cast, sign_in: SignIn) -> None:
    office, day = sign_in("administrator"), clock.today() + timedelta(days=3)
    address = of_tie(cast, "guardianship_ending", "mother", "sam")
    planned = {"when": "day", "ends_on": str(day)}
    assert office.post(address, planned).status_code == 303
    later = planned | {"ends_on": str(day + timedelta(days=7))}
    asked = office.post(address, later)
    assert "Fatima Amrani" in asked.context["question"].sentences[0]
    assert sure(asked) in asked.text
    assert tie_of(cast, "mother", "sam").ends_at == clock.end_of(day)
    assert office.post(address, later | {"sure": sure(asked)}).status_code == 303
    assert tie_of(cast, "mother", "sam").ends_at == clock.end_of(day + timedelta(days=7))
    sooner = planned | {"ends_on": str(clock.today())}
    assert office.post(address, sooner).status_code == 303


@pytest.mark.parametrize("page", ["guardianship_ending", "guardianship"])
def test_a_page_that_stood_open_does_not_undo_an_end(
    cast: Cast, sign_in: SignIn, page: str
) -> None:
    first, second = sign_in("administrator"), sign_in("administrator")
    address = of_tie(cast, page, "mother", "sam")
    opened = sheet(second, address)
    first.post(of_tie(cast, "guardianship_ending", "mother", "sam"), {"when": "now"})
    ended = tie_of(cast, "mother", "sam").ends_at
    day = {"when": "day", "ends_on": str(clock.today() + timedelta(days=3))}
    said = second.post(address, opened | day, follow=True)
    [message] = said.context["messages"]
    assert message.level_tag == "warning"
    assert "Fatima Amrani" in str(message)
    assert second.get(address).status_code == 303
    assert tie_of(cast, "mother", "sam").ends_at == ended
    assert verbs() == ["guardianship.ended"]


def test_what_was_taken_back_before_it_began_is_over(cast: Cast, sign_in: SignIn) -> None:
    later = clock.now() + timedelta(days=10)
    tie = factories.guarded(cast.sam, factories.person().pk, starts_at=later, ends_at=later)
    address = at(cast, "guardianship_ending", cast.id("sam"), tie.pk)
    day = {"when": "day", "ends_on": str(clock.today() + timedelta(days=30))}
    assert sign_in("administrator").post(address, day).status_code == 303
    assert ties(pk=tie.pk)[0].ends_at == later


@pytest.mark.parametrize("day", ["", "gisteren", "2020-01-01", "2199-01-01", "yesterday"])
def test_it_does_not_end_on_a_day_that_cannot_be(cast: Cast, sign_in: SignIn, day: str) -> None:
    if day == "yesterday":
        day = str(clock.today() - timedelta(days=1))
    address = of_tie(cast, "guardianship_ending", "mother", "sam")
    answer = sign_in("administrator").post(address, {"when": "day", "ends_on": day})
    assert answer.status_code == 422
    assert tie_of(cast, "mother", "sam").ends_at is None


def test_it_does_not_end_before_it_begins(cast: Cast, sign_in: SignIn) -> None:
    later = clock.now() + timedelta(days=10)
    tie = factories.guarded(cast.sam, factories.person().pk, starts_at=later)
    address = at(cast, "guardianship_ending", cast.id("sam"), tie.pk)
    typed = {"when": "day", "ends_on": str(clock.today())}
    assert sign_in("administrator").post(address, typed).status_code == 422


# ── opening again ────────────────────────────────────────────────────────────
def test_opened_again_it_begins_anew_and_the_gap_stays(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    old = tie_of(cast, "ex_guardian", "sam")
    address = of_tie(cast, "guardianship_reopening", "ex_guardian", "sam")
    assert b"Tineke Postma" in office.get(address).content
    assert office.post(address).status_code == 303
    [before, again] = sorted(ties(guardian=cast.id("ex_guardian")), key=lambda tie: tie.starts_at)
    assert before.ends_at == old.ends_at
    assert again.ends_at is None
    assert (again.relation, again.access) == (old.relation, old.access)
    assert verbs() == ["guardianship.reopened"]


def test_the_home_of_then_does_not_come_back(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    shared = tie_of(cast, "mother", "sam").household
    cast.change(tie_of(cast, "ex_guardian", "sam"), household=shared)
    address = of_tie(cast, "guardianship_reopening", "ex_guardian", "sam")
    assert office.post(address).status_code == 303
    assert tie_of(cast, "ex_guardian", "sam").household is None
    assert shared
    assert shared.pk not in cast.viewer("ex_guardian").household_ids


# ── whose time is over ───────────────────────────────────────────────────────
def test_of_whose_time_is_over_the_school_learns_nothing_more(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    cast.change(tie_of(cast, "ex_guardian", "sam"), email="tineke.then@kring.example")
    record = office.get(at(cast, "child", cast.id("sam"))).context["record"]
    [card] = [one for one in record.former if one.tie.guardian_id == cast.id("ex_guardian")]
    assert card.email == "tineke.then@kring.example"
    find = at(cast, "guardianship_new", cast.id("lina"))
    for known, found in (("tineke.then@kring.example", True), (cast.ex_guardian.email, False)):
        page = office.get(find, {"query": known})
        assert (f"?person={cast.id('ex_guardian')}" in page.text) is found, known
    theirs = add(cast, office, email=cast.ex_guardian.email)
    assert theirs.status_code == 303  # no question that says whose address this is
    again = of_tie(cast, "guardianship", "ex_guardian", "sam")
    assert office.post(again, {"first_name": "Inspectie"}).status_code == 303
    assert cast.ex_guardian.first_name == "Tineke"


def test_what_stands_is_not_opened_twice(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    answer = office.post(of_tie(cast, "guardianship_reopening", "mother", "sam"), follow=True)
    assert answer.status_code == 200
    assert [str(one.level_tag) for one in answer.context["messages"]] == ["error"]
    assert len(ties(guardian=cast.id("mother"), student=cast.id("sam"))) == 1
