"""Staff of a file: proposals and nothing more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kring.base import clock
from kring.importing.roster import Roster, StaffLine
from kring.importing.tests.taking import Office, child, only, roster
from kring.schools.models import Employment, StaffProposal
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


@pytest.fixture
def office(cast: Cast) -> Office:
    office = Office.of_new_school(brin="99WH00")
    office.take(roster(child("1")))
    return office


def sanne(key: str = "LK1", **more: Any) -> StaffLine:
    usual: dict[str, Any] = {"first_name": "Sanne", "last_name": "Dekker", "roles": ("teacher",)}
    return StaffLine(**{"key": key, "email": "sanne@school.example"} | usual | more)


def of(*staff: StaffLine) -> Roster:
    return roster(child("1"), staff=staff)


def proposals(office: Office) -> list[StaffProposal]:
    with unlocked():
        return list(StaffProposal.objects.filter(school=office.school).order_by("source_id"))


def employ(office: Office, proposal: StaffProposal, **person: Any) -> Employment:
    """Somebody of the school said yes."""
    names = {"first_name": "Sanne", "last_name": "Dekker", "email": "sanne@school.example"}
    work = Employment(
        school=office.school,
        user=factories.person(**names | person),
        role="teacher",
        source_id=proposal.source_id,
        starts_on=clock.today() - timedelta(days=1),
    )
    with unlocked():
        StaffProposal.objects.filter(pk=proposal.pk).update(
            settled_at=clock.now(), was_accepted=True
        )
    return factories.made(work)


def test_a_colleague_is_proposed_and_gets_no_right(office: Office) -> None:
    one = only(office.take(of(sanne(group_keys=("G5", "unknown")))))
    assert (one.kind, one.what, one.name) == ("new", "staff", "Sanne Dekker")
    [made] = proposals(office)
    assert (made.roles, len(made.group_ids), made.settled_at) == (["teacher"], 1, None)
    with unlocked():
        assert Employment.objects.filter(school=office.school).count() == 1  # the office itself
    assert office.compare(of(sanne(group_keys=("G5",)))).is_empty


def test_a_proposal_that_waits_follows_the_file(office: Office) -> None:
    office.take(of(sanne()))
    one = only(office.take(of(sanne(group_keys=("G6",), roles=("counselor",)))))
    assert [(c.field, c.after) for c in one.changes] == [
        ("roles", "counselor"),
        ("group_ids", "Groep 6"),
    ]
    assert proposals(office)[0].roles == ["counselor"]


def test_of_who_works_here_only_a_name_or_an_address_is_proposed(office: Office) -> None:
    office.take(of(sanne()))
    employ(office, proposals(office)[0])
    assert office.compare(of(sanne(group_keys=("G6",), roles=("aide",)))).is_empty
    assert office.compare(of(sanne(email="Sanne@school.example"))).is_empty
    married = sanne(last_name="Bos")
    one = only(office.take(of(married)))
    assert [(c.field, c.before, c.after) for c in one.changes] == [("last_name", "Dekker", "Bos")]
    assert [(one.last_name, one.settled_at) for one in proposals(office)] == [("Bos", None)]
    assert office.compare(of(married)).is_empty


def test_who_works_here_without_a_proposal_can_get_one(office: Office) -> None:
    employ(office, StaffProposal(source_id="LK1"))
    office.take(of(sanne(last_name="Bos", email="")))
    assert [one.last_name for one in proposals(office)] == ["Bos"]


def test_who_was_declined_is_not_proposed_again_for_other_groups(office: Office) -> None:
    office.take(of(sanne()))
    with unlocked():
        StaffProposal.objects.filter(school=office.school).update(settled_at=clock.now())
    assert office.compare(of(sanne(group_keys=("G6",)))).is_empty
    office.take(of(sanne(roles=("principal",))))
    assert proposals(office)[0].settled_at is None


@pytest.mark.parametrize("key", ["#1", "#another"])
def test_a_key_that_is_none_finds_a_colleague_by_name_and_address(office: Office, key: str) -> None:
    office.take(of(sanne("#1")))
    assert office.compare(of(sanne(key))).is_empty


def test_an_employment_stays_until_a_person_ends_it(office: Office) -> None:
    office.take(of(sanne(), sanne("LK2", first_name="Henk", email="henk@school.example")))
    work = employ(office, proposals(office)[0])
    shown = office.take(of(sanne("LK3", first_name="Bo", email="bo@school.example")))
    assert shown.counts == {"staff": {"new": 1, "gone": 2}}
    with unlocked():
        work.refresh_from_db()
    assert work.ends_on is None
    assert [one.was_accepted for one in proposals(office) if one.settled_at] == [True, False]
    again = of(sanne("LK3", first_name="Bo", email="bo@school.example"))
    assert office.compare(again).is_empty  # the yes was a yes to this, too


def test_a_group_of_the_same_name_is_told_apart_by_its_year(cast: Cast) -> None:
    office = Office.of_new_school(brin="99WH00")
    office.take(roster(child("1"), staff=(sanne(group_keys=("G5",)),), year="2025-2026"))
    shown = office.take(roster(child("1"), staff=(sanne(group_keys=("G5",)),), year="2026-2027"))
    [one] = [one for one in shown.found if one.what == "staff"]
    assert [(c.before, c.after) for c in one.changes] == [
        ("Groep 5 2025-2026", "Groep 5 2026-2027")
    ]
