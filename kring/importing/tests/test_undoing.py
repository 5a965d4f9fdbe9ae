"""An import taken back: all of it, but for what somebody has touched since."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from kring.accounts.models import User
from kring.audiences.models import Audience
from kring.base import clock
from kring.events.models import AuditEntry
from kring.importing.models import ImportedRow
from kring.importing.roster import GroupLine, StaffLine
from kring.importing.tests.taking import Office, carer, carers, child, problems, roster
from kring.schools.models import (
    Employment,
    Enrollment,
    Group,
    Guardianship,
    Household,
    School,
    SchoolYear,
    StaffProposal,
    Student,
)
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

ALL: tuple[type[models.Model], ...] = (
    SchoolYear,
    Group,
    Student,
    Enrollment,
    Guardianship,
    StaffProposal,
    Employment,
)


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office.of_new_school(brin="99WH00")


def everything(office: Office) -> dict[str, list[dict[str, Any]]]:
    """All rows of the school, as they stand."""
    with unlocked():
        own = {
            one.__name__: list(
                one._base_manager.filter(school=office.school).order_by("pk").values()
            )
            for one in ALL
        }
        homes = Household.objects.filter(guardianships__school=office.school)  # others are swept
        own["Household"] = [dict(one) for one in homes.distinct().order_by("pk").values()]
        tied = User.objects.filter(guardianships__school=office.school).distinct().order_by("pk")
        own["User"] = [dict(one) for one in tied.values()]
        schools = School.objects.filter(pk=office.school.pk)
        own["School"] = [dict(one) for one in schools.values()]
        return own


def change(office: Office, model: type[models.Model], which: dict[str, Any], **to: Any) -> None:
    with unlocked():
        assert model._base_manager.filter(school=office.school, **which).update(**to)


def first() -> Any:
    """A school with two children, a mother, and somebody of the staff."""
    mother = carer(household="H1", telephone="+31600000001")
    staff = (StaffLine(key="LK1", first_name="Sanne", last_name="Dekker"),)
    noor = child("2", "Noor", group_key="G6")
    return roster(child("1", carers=(mother,)), noor, staff=staff, brin="99WH00")


def test_a_first_import_leaves_nothing_behind(cast: Cast) -> None:
    office = Office.of_new_school()
    before = everything(office)
    office.take(first())
    of = office.undo(office.last)
    assert (of.state, of.problems, of.roster) == ("undone", [], None)
    assert everything(office) == before
    with unlocked():
        told = AuditEntry.objects.filter(school_id=office.school.pk, verb="import.undone")
        assert {one.actor_id for one in told} == {office.person.pk}
        assert told.count() == 2  # children


def test_all_that_an_import_changed_is_as_it_was(office: Office) -> None:
    office.take(first())
    before = everything(office)
    mother = carer(household="H2", telephone="+31600000002")
    staff = (StaffLine(key="LK2", first_name="Henk", last_name="Smit"),)
    groups = (GroupLine(key="G5", name="De Otters", grades=(5,)), GroupLine(key="x", name="Nieuw"))
    later = roster(
        child("1", "Samuel", group_key="x", carers=(mother, carer("Joris"))),
        child("3", "Bo"),
        staff=staff,
        groups=groups,
    )
    office.take(later, office.begin(later).gone_keys("left"))
    assert everything(office) != before
    of = office.undo(office.last)
    assert of.problems == []
    assert everything(office) == before


def test_a_new_year_is_taken_back_with_its_places(office: Office) -> None:
    office.take(first())
    before = everything(office)
    office.take(roster(child("1", group_key="G6"), child("2", "Noor"), year="2027-2028"))
    office.undo(office.last)
    assert everything(office) == before


def test_the_same_file_can_go_in_again(office: Office) -> None:
    office.take(first())
    office.undo(office.last)
    assert office.take(first()).counts["student"] == {"new": 2}
    assert office.compare(first()).is_empty


def test_what_was_changed_since_stays_and_is_told(office: Office) -> None:
    office.take(roster(child("9", "Bo")))
    office.take(roster(child("9", "Bob"), child("1"), child("2", "Noor")))
    change(office, Student, {"source_id": "9"}, first_name="Bobbie")
    change(office, Student, {"source_id": "1"}, first_name="Sammie")
    of = office.undo(office.last)
    assert problems(of)[0] == "not_undone"
    with unlocked():
        names = Student.objects.filter(school=office.school).order_by("first_name")
        assert [one.first_name for one in names] == ["Bobbie", "Sammie"]
        kept = Student.objects.get(school=office.school, first_name="Sammie")
        assert kept.enrollments.count() == 1  # a child that stays keeps its place


def test_a_child_that_somebody_moved_stays_where_it_was_put(office: Office) -> None:
    office.take(roster(child("1"), child("2", "Noor")))
    office.take(roster(child("1", group_key="G6"), child("2", "Noor", group_key="G6")))
    change(office, Enrollment, {"student__source_id": "1", "ends_on": None}, weekdays=[1])
    of = office.undo(office.last)
    assert problems(of) == ["not_undone"]
    with unlocked():
        here = Enrollment.objects.filter(school=office.school, ends_on=None)
        found = dict(here.values_list("student__first_name", "group__name"))
    assert found == {"Sam": "Groep 6", "Noor": "Groep 5"}


def test_a_card_that_became_an_account_keeps_its_child(office: Office) -> None:
    office.take(first())
    with unlocked():
        tie = Guardianship.objects.get(school=office.school)
        User.objects.filter(pk=tie.guardian_id).update(joined_at=clock.now(), email="f@x.example")
    of = office.undo(office.last)
    assert problems(of)[0] == "not_undone"
    with unlocked():
        kept = Student.objects.get(school=office.school)
        assert kept.first_name == "Sam"
        assert (kept.enrollments.count(), kept.guardianships.get().pk) == (1, tie.pk)
        assert Group.objects.get(school=office.school).name == "Groep 5"
        assert Household.objects.filter(school=office.school).count() == 1


def test_a_group_that_a_post_is_for_stays(office: Office) -> None:
    office.take(roster(child("1"), child("2", "Noor", group_key="G6")))
    with unlocked():
        group = Group.objects.get(school=office.school, name="Groep 5")
    factories.post(Audience(office.school.pk, group_ids=(group.pk,)), office.person.pk)
    office.undo(office.last)
    with unlocked():
        assert [one.name for one in Group.objects.filter(school=office.school)] == ["Groep 5"]
        assert not Student.objects.filter(school=office.school).exists()


def test_a_child_that_a_post_is_for_stays(office: Office) -> None:
    office.take(roster(child("1"), child("2", "Noor", group_key="G6")))
    with unlocked():
        sam = Student.objects.get(school=office.school, source_id="1")
    factories.post(Audience(office.school.pk, student_ids=(sam.pk,)), office.person.pk)
    office.undo(office.last)
    with unlocked():
        assert [one.pk for one in Student.objects.filter(school=office.school)] == [sam.pk]


def test_a_tie_that_the_office_made_keeps_the_child(office: Office) -> None:
    office.take(roster(child("1")))
    with unlocked():
        sam = Student.objects.get(school=office.school)
    factories.guarded(sam, factories.person().pk)
    office.undo(office.last)
    with unlocked():
        assert Student.objects.filter(school=office.school).count() == 1


def test_only_new_carers_of_a_child_that_stays_go(office: Office) -> None:
    office.take(roster(child("1")))
    two = carers(child("1", group_key="", carers=(carer(), carer("Joris"))))
    office.take(two, source="carers")
    change(office, Guardianship, {"email": "joris@post.example"}, access="informed")
    of = office.undo(office.last)
    assert problems(of) == ["ties_not_undone"]
    with unlocked():
        ties = Guardianship.objects.filter(school=office.school)
        assert [one.email for one in ties] == ["joris@post.example"]


@pytest.mark.parametrize("since", ["ends_at", "has_secret_address", "asked_at"])
def test_a_tie_that_the_office_ended_hid_or_must_answer_stays(office: Office, since: str) -> None:
    office.take(roster(child("1")))
    two = carers(child("1", group_key="", carers=(carer(), carer("Joris"))))
    office.take(two, source="carers")
    value = True if since == "has_secret_address" else clock.now()
    change(office, Guardianship, {"email": "joris@post.example"}, **{since: value})
    of = office.undo(office.last)
    assert [(one["code"], one["value"]) for one in of.problems] == [("ties_not_undone", "1")]
    with unlocked():
        ties = Guardianship.objects.filter(school=office.school)
        assert [one.email for one in ties] == ["joris@post.example"]


def test_nobody_is_put_back_into_a_home_that_is_secret_now(office: Office) -> None:
    both = (carer(household="H1"), carer("Joris", household="H1"))
    office.take(roster(child("1", carers=both)))
    moved = carer("Joris", household="H2", telephone="+31600000003")
    office.take(carers(child("1", group_key="", carers=(moved,))), source="carers")
    change(office, Guardianship, {"email": "fatima@post.example"}, has_secret_address=True)
    of = office.undo(office.last)
    assert problems(of) == ["homes_not_undone"]
    with unlocked():
        joris = Guardianship.objects.get(school=office.school, email="joris@post.example")
        assert joris.household
        assert (joris.household.source_id, joris.telephone) == ("H2", "")


def test_what_undoing_needs_holds_no_more_than_was_written(office: Office) -> None:
    office.take(first())
    with unlocked():
        rows = ImportedRow.objects.filter(of=office.last, model="accounts.user")
        assert {tuple(sorted(one.after)) for one in rows if one.after} == {
            (
                "email",
                "first_name",
                "id",
                "infix",
                "joined_at",
                "last_name",
                "sort_key",
                "username",
            )
        }
