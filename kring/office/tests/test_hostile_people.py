"""What somebody types or asks who means harm: refused, or shown as plain text."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.urls import reverse

from kring.feed.tests.hostile import Page
from kring.feed.tests.test_hostile import MARKUP
from kring.office.tests.books import SignIn, at, sheet, tie_of, ties, verbs
from kring.schools.models.refusing import refusing_in_words
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

LONG = "Rechtsbijstandverzekeringsmaatschappijmedewerkersvergadering"


@pytest.mark.parametrize("text", [*(one[:80] for one in MARKUP), LONG, "=1+1", "🧑‍🧒 שלום"])
def test_a_name_is_shown_as_it_was_typed(cast: Cast, sign_in: SignIn, text: str) -> None:
    office = sign_in("administrator")
    child = factories.student(cast.id("wilgenhoek"), text[:64], last_name=text)
    factories.enrolled(child, cast.id("group_5"))
    home = cast.id("home of mother wilgenhoek")
    person = factories.person(text, last_name=text)
    tie = factories.guarded(child, person.pk, has_authority="unknown", household_id=home)
    for address in (
        at(cast, "children"),
        f"{at(cast, 'children')}?query=%3Cscript%3Ealert(1)%3C/script%3E",
        at(cast, "child", child.pk),
        at(cast, "child_facts", child.pk),
        at(cast, "guardianship", child.pk, tie.pk),
        at(cast, "guardianship_ending", child.pk, tie.pk),
        at(cast, "guardianship_new", child.pk),
        at(cast, "families"),
        at(cast, "family", home),
        at(cast, "family_moving", home),
        at(cast, "authority"),
    ):
        page = office.get(address)
        assert page.status_code == 200, address
        assert not Page(page.content.decode()).live, address


@pytest.mark.parametrize("name", ["child", "child_facts", "child_placement", "child_leaving"])
@pytest.mark.parametrize("child", ["child_elsewhere", "sam_at_the_bso", "nobody"])
def test_a_child_of_another_school_is_not_there(
    cast: Cast, sign_in: SignIn, name: str, child: str
) -> None:
    key = uuid4() if child == "nobody" else getattr(cast, child).pk
    office = sign_in("administrator")
    assert office.get(at(cast, name, key)).status_code == 404
    if name != "child":
        assert office.post(at(cast, name, key), {"first_name": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["guardianship", "guardianship_ending", "guardianship_reopening"])
def test_a_tie_is_reached_through_its_own_child_only(
    cast: Cast, sign_in: SignIn, name: str
) -> None:
    office = sign_in("administrator")
    elsewhere = tie_of(cast, "guardian_elsewhere", "child_elsewhere")
    mine = tie_of(cast, "mother", "sam")
    for child, tie in (
        (cast.id("sam"), elsewhere.pk),
        (cast.id("lina"), mine.pk),
        (cast.id("child_elsewhere"), elsewhere.pk),
        (cast.id("sam"), uuid4()),
    ):
        assert office.get(at(cast, name, child, tie)).status_code == 404
        assert office.post(at(cast, name, child, tie), {"when": "now"}).status_code == 404
    assert verbs() == []


def test_a_home_and_a_person_of_another_school_are_not_there(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    theirs = tie_of(cast, "guardian_elsewhere", "child_elsewhere").household_id
    for name in ("family", "family_moving"):
        assert office.get(at(cast, name, theirs)).status_code == 404
        assert office.post(at(cast, name, theirs), {"street": "x"}).status_code == 404
    assert office.post(at(cast, "family_address", theirs)).status_code == 404
    for person in (cast.id("guardian_elsewhere"), cast.id("teacher"), uuid4(), "x"):
        address = f"{at(cast, 'guardianship_new', cast.id('sam'))}?person={person}"
        assert office.get(address).status_code == 404
        assert office.post(address, {}).status_code == 404
    address = at(cast, "guardianship", cast.id("sam"), tie_of(cast, "mother", "sam").pk)
    answer = office.post(address, sheet(office, address) | {"home": str(theirs)})
    assert answer.status_code == 422
    assert tie_of(cast, "mother", "sam").household_id != theirs
    assert len(ties(household=theirs)) == 1


def test_an_administrator_of_one_school_opens_no_other_office(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    for name in ("children", "families", "authority", "child_new"):
        assert office.get(at(cast, name, school="kompas")).status_code == 404
    ids = [cast.id("kompas"), cast.id("child_elsewhere")]
    assert office.get(reverse("office:child", args=ids)).status_code == 404
    assert office.post(reverse("office:children_export", args=ids[:1])).status_code == 404


def test_what_no_constraint_words_is_an_error_and_no_sentence(cast: Cast) -> None:
    tie = tie_of(cast, "mother", "sam")
    tie.student_id = uuid4()
    with unlocked(), pytest.raises(IntegrityError), refusing_in_words():
        tie.save(force_insert=True)
