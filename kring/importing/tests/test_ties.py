"""Carers of a list: new ties, the cards that wait for them, and what the office has said before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kring.accounts.models import User
from kring.base import clock
from kring.importing.differences import NEW, SKIP
from kring.importing.roster import CareLine, Roster
from kring.importing.tests.taking import Office, carer, carers, child, only, roster
from kring.schools.models import Guardianship, Household, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


@pytest.fixture
def office(cast: Cast) -> Office:
    """A school with Sam, and his sister Noor."""
    office = Office.of_new_school(brin="99WH00")
    office.take(roster(child("1"), child("2", "Noor")))
    return office


def listed(*cares: CareLine, key: str = "1", name: str = "Sam", **more: Any) -> Roster:
    return carers(child(key, name, group_key="", carers=cares, **more))


def ties(office: Office, key: str = "1") -> list[Guardianship]:
    with unlocked():
        found = Guardianship.objects.filter(school=office.school, student__source_id=key)
        return list(found.select_related("guardian", "household").order_by("starts_at", "id"))


def change(tie: Guardianship, **fields: Any) -> None:
    with unlocked():
        Guardianship.objects.filter(pk=tie.pk).update(**fields)


def joined(person: User, **fields: Any) -> None:
    """Somebody came in with a card."""
    with unlocked():
        User.objects.filter(pk=person.pk).update(joined_at=clock.now(), **fields)


def ended(tie: Guardianship) -> None:
    now = clock.now()
    change(tie, starts_at=now - timedelta(days=1), ends_at=now - timedelta(seconds=1))


# ── cards ────────────────────────────────────────────────────────────────────
def test_a_carer_waits_on_a_card_that_nobody_signs_in_with(office: Office) -> None:
    line = carer(telephone="+31600000001", relation="mother", has_authority="yes", household="H1")
    one = only(office.take(listed(line), source="carers"))
    assert (one.kind, one.what, one.name, one.detail) == ("new", "carer", "Fatima Bos", "Sam Bos")
    [tie] = ties(office)
    assert (tie.email, tie.telephone) == ("fatima@post.example", "+31600000001")
    assert (tie.relation, tie.has_authority, tie.access) == ("mother", "yes", "in_care")
    card = tie.guardian
    assert (card.email, card.joined_at, card.name) == (None, None, "Fatima Bos")
    assert not card.has_usable_password()
    assert tie.household
    assert tie.household.source_id == "H1"
    assert office.compare(listed(line), source="carers").is_empty


def test_brothers_and_sisters_share_a_card(office: Office) -> None:
    upper = carer(email="Fatima@Post.Example")
    both = carers(
        child("1", group_key="", carers=(carer(),)),
        child("2", "Noor", group_key="", carers=(upper,)),
    )
    office.take(both, source="carers")
    assert ties(office)[0].guardian_id == ties(office, "2")[0].guardian_id
    assert office.compare(both, source="carers").is_empty


def test_a_sister_of_later_gets_the_card_that_waits_and_never_an_account(office: Office) -> None:
    office.take(listed(carer()), source="carers")
    office.take(listed(carer(), key="2", name="Noor"), source="carers")
    [first], [second] = ties(office), ties(office, "2")
    assert first.guardian_id == second.guardian_id
    joined(first.guardian, email="fatima@post.example")
    office.take(roster(child("1"), child("2", "Noor"), child("3", "Bo")))
    office.take(listed(carer(), key="3", name="Bo"), source="carers")
    assert ties(office, "3")[0].guardian_id != first.guardian_id
    assert office.compare(listed(carer()), source="carers").is_empty


def test_an_account_elsewhere_with_the_address_is_not_linked(office: Office, cast: Cast) -> None:
    address = cast.mother.email
    office.take(listed(carer(email=address)), source="carers")
    assert ties(office)[0].guardian_id != cast.mother.pk


def test_without_an_address_a_home_and_a_name_make_one_person(office: Office) -> None:
    line = carer(email="", household="H1")
    two = carers(
        child("1", group_key="", carers=(line,)), child("2", "Noor", group_key="", carers=(line,))
    )
    office.take(two, source="carers")
    assert ties(office)[0].guardian_id == ties(office, "2")[0].guardian_id
    assert office.compare(two, source="carers").is_empty


def test_a_name_alone_makes_nobody_of_two_children_one_person(office: Office) -> None:
    line = carer(email="")
    office.take(listed(line), source="carers")
    office.take(listed(line, key="2", name="Noor"), source="carers")
    assert ties(office)[0].guardian_id != ties(office, "2")[0].guardian_id


def test_a_bare_address_makes_a_card_that_gets_its_name_later(office: Office) -> None:
    bare = CareLine(email="f.bos@post.example")
    office.take(listed(bare, bare), source="carers")
    [tie] = ties(office)
    assert (tie.guardian.first_name, tie.guardian.last_name) == ("F", "")
    assert office.compare(listed(bare), source="carers").is_empty
    named = carer(email="f.bos@post.example")
    one = only(office.take(listed(named), source="carers"))
    assert [c.field for c in one.changes] == ["name"]
    [tie] = ties(office)
    assert (tie.guardian.name, tie.guardian.sort_key) == ("Fatima Bos", "bos fatima")
    assert office.compare(listed(bare), source="carers").is_empty


# ── what stands ──────────────────────────────────────────────────────────────
def test_what_changed_is_changed_and_what_a_list_leaves_open_stays(office: Office) -> None:
    first = carer(telephone="+31600000001", has_authority="yes", household="H1")
    office.take(listed(first), source="carers")
    assert office.compare(listed(carer()), source="carers").is_empty
    line = carer(
        telephone="+31600000002",
        email="new@post.example",
        relation="mother",
        has_authority="no",
        household="H2",
    )
    one = only(office.take(listed(line), source="carers"))
    assert {c.field: (c.before, c.after) for c in one.changes} == {
        "telephone": ("+31600000001", "+31600000002"),
        "email": ("fatima@post.example", "new@post.example"),
        "relation": ("other", "mother"),
        "has_authority": ("yes", "no"),
        "household": ("H1", "H2"),
    }
    [tie] = ties(office)
    assert tie.household
    assert (tie.email, tie.household.source_id) == ("new@post.example", "H2")
    assert office.compare(listed(line), source="carers").is_empty


def test_a_home_that_the_office_wrote_down_stays(office: Office) -> None:
    office.take(listed(carer()), source="carers")
    home = factories.made(Household(school=office.school, street="Dorpsstraat 1"))
    change(ties(office)[0], household=home)
    assert office.compare(listed(carer(household="H1")), source="carers").is_empty


def test_the_address_of_an_account_is_no_difference(office: Office) -> None:
    office.take(listed(carer()), source="carers")
    [tie] = ties(office)
    joined(tie.guardian, email="other@post.example")
    assert office.compare(listed(carer(email="Other@post.example")), source="carers").is_empty


def test_a_tie_that_the_office_ended_is_asked_about(office: Office) -> None:
    office.take(listed(carer()), source="carers")
    ended(ties(office)[0])
    one = only(office.compare(listed(carer()), source="carers"))
    assert (one.kind, one.reason) == ("doubtful", "tie_ended")
    office.take(listed(carer()), {one.key: SKIP}, source="carers")
    assert len(ties(office)) == 1
    office.take(listed(carer()), {one.key: one.candidates[0].id}, source="carers")
    [old, new] = ties(office)
    assert (old.guardian_id, old.ends_at is None) == (new.guardian_id, False)


def test_access_is_never_widened_by_a_file(office: Office) -> None:
    open_to_all = carer(has_authority="yes")
    office.take(listed(carer()), source="carers")
    change(ties(office)[0], access="withheld")
    assert office.compare(listed(carer()), source="carers").is_empty  # which says nothing of it
    one = only(office.compare(listed(carer(telephone="+31600000001")), source="carers"))
    assert (one.kind, one.reason) == ("doubtful", "stricter")
    one = only(office.compare(listed(open_to_all), source="carers"))
    assert {c.field for c in one.changes} == {"access", "has_authority"}
    office.take(listed(open_to_all), {one.key: SKIP}, source="carers")
    assert ties(office)[0].access == "withheld"
    office.take(listed(open_to_all), {one.key: one.candidates[0].id}, source="carers")
    assert ties(office)[0].access == "in_care"


def test_access_can_be_made_stricter_by_a_file(office: Office) -> None:
    office.take(listed(carer()), source="carers")
    one = only(office.take(listed(carer(access="informed")), source="carers"))
    assert [(c.field, c.before, c.after) for c in one.changes] == [
        ("access", "in_care", "informed")
    ]


def test_another_name_with_the_same_address_is_asked_about(office: Office) -> None:
    office.take(listed(carer()), source="carers")
    other = listed(carer("Joris", "Smit", email="fatima@post.example"))
    one = only(office.compare(other, source="carers"))
    assert (one.kind, one.reason) == ("doubtful", "same_address")
    office.take(other, {one.key: NEW}, source="carers")
    assert len(ties(office)) == 2
    assert office.compare(other, source="carers").is_empty


def test_two_parents_with_one_address_are_two_people(office: Office) -> None:
    two = listed(carer(), carer("Joris", email="fatima@post.example"))
    shown = office.take(two, source="carers")
    assert shown.counts == {"carer": {"new": 2}}
    assert len({tie.guardian_id for tie in ties(office)}) == 2
    assert office.compare(two, source="carers").is_empty


# ── whose carers ─────────────────────────────────────────────────────────────
def test_a_list_without_keys_goes_by_name_and_birthday(office: Office) -> None:
    shown = office.take(listed(carer(), key=""), source="carers")
    assert shown.counts == {"carer": {"new": 1}}
    assert len(ties(office)) == 1


@pytest.mark.parametrize(
    ("line", "reason", "candidates"),
    [
        ({"key": "", "first_name": "Wie"}, "not_found", 0),
        ({"key": "1", "first_name": "Wie"}, "other_child", 1),
        ({"key": "", "first_name": "Sam", "born_on": None}, "same_name", 1),
    ],
)
def test_a_child_that_is_not_surely_found_is_asked_about(
    office: Office, line: dict[str, Any], reason: str, candidates: int
) -> None:
    unsure = carers(child(group_key="", carers=(carer(),), **line))
    one = only(office.compare(unsure, source="carers"))
    assert (one.what, one.reason, len(one.candidates)) == ("student", reason, candidates)
    assert [(c.field, c.after) for c in one.changes] == [("carers", "Fatima Bos")]
    office.take(unsure, {one.key: SKIP}, source="carers")
    assert not ties(office)
    for _ in one.candidates:
        office.take(unsure, {one.key: one.candidates[0].id}, source="carers")
        office.take(unsure, {one.key: one.candidates[0].id}, source="carers")  # once is enough
        assert len(ties(office)) == 1


def test_twins_with_one_name_are_asked_about(office: Office) -> None:
    office.take(roster(child("1"), child("2", "Noor"), child("3")))
    one = only(office.compare(listed(carer(), key=""), source="carers"))
    assert (one.reason, len(one.candidates)) == ("several", 2)


def test_a_new_child_can_come_with_a_list_of_carers(office: Office) -> None:
    line = child("", "Wie", group_key="", group_name="Groep 6", carers=(carer(),))
    one = only(office.compare(carers(line), source="carers"))
    office.take(carers(line), {one.key: NEW}, source="carers")
    with unlocked():
        made = Student.objects.get(school=office.school, first_name="Wie")
        assert made.enrollments.get().group.name == "Groep 6"
        assert made.guardianships.count() == 1
