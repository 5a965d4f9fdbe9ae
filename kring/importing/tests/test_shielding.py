"""What a list may not do unasked: put somebody into a home of others, or bring somebody back."""

from __future__ import annotations

from typing import Any

import pytest

from kring.base import clock
from kring.importing.differences import NEW, SKIP
from kring.importing.roster import CareLine, Roster
from kring.importing.tests.taking import Office, carer, carers, child, only, problems, roster
from kring.schools.models import Guardianship, Household, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

FATHER = carer("Joris", relation="father", household="H1")


@pytest.fixture
def office(cast: Cast) -> Office:
    """Sam, with his mother in H1, where they are known to live; and his sister Noor."""
    office = Office.of_new_school(brin="99WH00")
    office.take(roster(child("1"), child("2", "Noor")))
    office.take(listed(carer(household="H1", relation="mother")), source="carers")
    with unlocked():
        Household.objects.filter(school=office.school).update(street="Dorpsstraat 1")
    return office


def listed(*cares: CareLine, key: str = "1", name: str = "Sam") -> Roster:
    return carers(child(key, name, group_key="", carers=cares))


def tie(office: Office, email: str, key: str = "1") -> Guardianship:
    with unlocked():
        found = Guardianship.objects.select_related("household").filter(school=office.school)
        return found.get(student__source_id=key, email=email)


def home(office: Office, email: str = "joris@post.example", key: str = "1") -> str:
    where = tie(office, email, key).household
    return where.source_id if where else ""


def put(office: Office, email: str, **fields: Any) -> None:
    with unlocked():
        ties = Guardianship.objects.filter(school=office.school, email=email)
        assert ties.update(**fields)


# ── homes ────────────────────────────────────────────────────────────────────
def test_somebody_new_is_put_with_others_only_after_a_question(office: Office) -> None:
    question, new = office.take(
        listed(FATHER), {key_of(office, FATHER): SKIP}, source="carers"
    ).found
    assert (question.kind, question.reason, question.whom) == (
        "doubtful",
        "joins_home",
        "Fatima Bos",
    )
    assert [(one.field, one.after) for one in question.changes] == [("household", "Dorpsstraat 1")]
    assert (new.kind, new.name, home(office)) == ("new", "Joris Bos", "")
    again = only(office.compare(listed(FATHER), source="carers"))
    office.take(listed(FATHER), {again.key: again.candidates[0].id}, source="carers")
    assert home(office) == "H1"
    assert office.compare(listed(FATHER), source="carers").is_empty


def key_of(office: Office, line: CareLine) -> str:
    found = office.compare(listed(line), source="carers").found
    return next(one.key for one in found if one.reason == "joins_home")


def test_who_is_here_moves_in_with_others_only_after_a_question(office: Office) -> None:
    office.take(listed(carer("Joris", household="H2")), source="carers")
    moved = listed(carer("Joris", household="H1", telephone="+31600000003"))
    question, changed = office.compare(moved, source="carers").found
    if question.kind == "changed":
        question, changed = changed, question
    assert [one.field for one in changed.changes] == ["telephone"]
    office.take(moved, {question.key: SKIP}, source="carers")
    assert (home(office), tie(office, "joris@post.example").telephone) == ("H2", "+31600000003")
    office.take(moved, {question.key: question.candidates[0].id}, source="carers")
    assert home(office) == "H1"


@pytest.mark.parametrize("is_over", [False, True])
def test_nobody_is_put_where_an_address_is_secret(office: Office, *, is_over: bool) -> None:
    put(office, "fatima@post.example", has_secret_address=True)
    if is_over:
        now = clock.now()
        put(office, "fatima@post.example", starts_at=now, ends_at=now)
    line = carer("Joris", "Smit", relation="father", household="H1")
    one = only(office.take(listed(line), source="carers"))
    assert one.kind == "new"
    assert home(office) == ""
    of = office.begin(listed(line), "carers")
    assert of.shown_differences().is_empty
    [said] = of.problems
    assert (said["code"], said["value"]) == ("secret_home", "Joris Smit (Sam Bos)")


def test_who_lives_there_brings_a_second_child_without_a_question(office: Office) -> None:
    mother = carer(household="H1", relation="mother")
    put(office, "fatima@post.example", has_secret_address=True)
    assert only(office.take(listed(mother, key="2", name="Noor"), source="carers")).kind == "new"
    assert home(office, "fatima@post.example", "2") == "H1"


def test_a_home_without_an_address_asks_nothing(office: Office) -> None:
    with unlocked():
        Household.objects.filter(school=office.school).update(street="")
    assert only(office.take(listed(FATHER), source="carers")).kind == "new"
    assert home(office) == "H1"


def test_under_another_question_a_home_of_others_is_left_out(office: Office) -> None:
    office.take(listed(carer("Joris", has_authority="no")), source="carers")
    line = carer("Joris", household="H1", has_authority="yes")
    one = only(office.compare(listed(line), source="carers"))
    assert {change.field for change in one.changes} == {"has_authority"}
    office.take(listed(line), {one.key: one.candidates[0].id}, source="carers")
    assert (home(office), tie(office, "joris@post.example").has_authority) == ("", "yes")
    assert only(office.compare(listed(line), source="carers")).reason == "joins_home"


# ── authority ────────────────────────────────────────────────────────────────
def test_authority_that_was_taken_is_given_back_by_the_office_alone(office: Office) -> None:
    office.take(listed(carer("Joris", has_authority="no")), source="carers")
    line = carer("Joris", has_authority="yes", telephone="+31600000003")
    one = only(office.compare(listed(line), source="carers"))
    assert (one.kind, one.reason) == ("doubtful", "stricter")
    office.take(listed(line), {one.key: SKIP}, source="carers")
    assert tie(office, "joris@post.example").has_authority == "no"
    office.take(listed(line), {one.key: one.candidates[0].id}, source="carers")
    assert tie(office, "joris@post.example").has_authority == "yes"


def test_what_is_said_of_access_is_an_answer(office: Office) -> None:
    office.take(listed(carer("Joris")), source="carers")
    put(office, "joris@post.example", access="informed", asked_at=clock.now())
    same = carer("Joris", access="informed", telephone="+31600000003")
    office.take(listed(same), source="carers")
    assert tie(office, "joris@post.example").asked_at  # a telephone is none
    line = carer("Joris", has_authority="no", access="withheld")
    office.take(listed(line), source="carers")
    assert tie(office, "joris@post.example").access == "withheld"
    assert tie(office, "joris@post.example").asked_at is None


# ── who was turned away ──────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "line",
    [
        carer("J.", "Smit", email="andere@post.example", relation="father"),
        carer("J.", "de Groot", email="andere@post.example"),
        carer("J.", "Smit", email="Joris@post.example"),
        CareLine(email="andere@post.example"),
    ],
    ids=["relation", "last name", "address", "no name"],
)
@pytest.mark.parametrize("away", ["withheld", "ended"])
def test_another_name_brings_nobody_back_unasked(office: Office, line: CareLine, away: str) -> None:
    joris = carer("Joris", "de Groot", email="joris@post.example", relation="father")
    office.take(listed(joris), source="carers")
    now = clock.now()
    if away == "withheld":
        put(office, "joris@post.example", access="withheld")
    else:
        put(office, "joris@post.example", starts_at=now, ends_at=now)
    one = only(office.compare(listed(line), source="carers"))
    reason = "same_address" if away == "withheld" and "Joris" in line.email else "shielded"
    assert (one.kind, one.reason) == ("doubtful", reason)
    if reason == "shielded":
        assert (one.whom, one.candidates) == ("Joris de Groot", ())
        office.take(listed(line), {one.key: SKIP}, source="carers")
        assert count(office) == 2
        office.take(listed(line), {one.key: NEW}, source="carers")
        assert count(office) == 3
        assert office.compare(listed(line), source="carers").is_empty


def count(office: Office, key: str = "1") -> int:
    with unlocked():
        return Guardianship.objects.filter(school=office.school, student__source_id=key).count()


@pytest.mark.parametrize(
    "line", [carer("Joris", email=""), carer("J.", "Smit", email="JORIS@post.example")]
)
def test_who_is_withheld_for_one_child_is_asked_about_for_another(
    office: Office, line: CareLine
) -> None:
    office.take(listed(carer("Joris")), source="carers")
    put(office, "joris@post.example", access="withheld")
    one = only(office.compare(listed(line, key="2", name="Noor"), source="carers"))
    assert (one.reason, one.whom) == ("shielded", "Joris Bos")


def test_who_was_ended_and_came_back_asks_nothing_of_others(office: Office) -> None:
    office.take(listed(carer("Joris", relation="father")), source="carers")
    old = tie(office, "joris@post.example")
    now = clock.now()
    put(office, "joris@post.example", starts_at=now, ends_at=now)
    with unlocked():
        sam = Student.objects.get(pk=old.student_id)
    factories.guarded(sam, old.guardian_id, relation="father")
    line = carer("Piet", "Smit", relation="father")
    assert only(office.compare(listed(line), source="carers")).kind == "new"


def test_a_child_that_was_asked_about_gets_nobody_who_is_shielded(office: Office) -> None:
    office.take(listed(carer("Joris")), source="carers")
    put(office, "joris@post.example", access="withheld")
    unsure = carers(
        child("", "Wie", group_key="", carers=(carer("Joris"), carer("Bo", "Smit", household="H1")))
    )
    one = only(office.compare(unsure, source="carers"))
    office.take(unsure, {one.key: NEW}, source="carers")
    with unlocked():
        [bo] = Guardianship.objects.filter(school=office.school, student__first_name="Wie")
    assert (bo.email, bo.household_id) == ("bo@post.example", None)
    assert problems(office.last) == []
