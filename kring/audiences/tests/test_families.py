"""A family is a household with a child in the audience; the office may have split it or not."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from kring.audiences.families import Family, Neighbourhood, Tie, gathered, knows_all
from kring.base import clock
from kring.base.visibility import seen_by
from tests import factories
from tests.cast import Cast

SCHOOL, BSO = uuid4(), uuid4()
MUM, DAD, STEP = uuid4(), uuid4(), uuid4()
SAM, NOOR, SAM_AT_BSO = uuid4(), uuid4(), uuid4()
HOME, OTHER_HOME = uuid4(), uuid4()
DAYS = [clock.today() - timedelta(days=366 * 2), clock.today()]


def tie(
    guardian: UUID,
    child: UUID,
    home: UUID | None = None,
    *,
    school: UUID = SCHOOL,
    access: str = "in_care",
    joined: bool = True,
) -> Tie:
    return Tie(guardian, child, school, home, access, joined)


def guardians(families: list[Family]) -> set[frozenset[UUID]]:
    return {family.guardian_ids for family in families}


def test_two_homes_of_one_child_are_two_families() -> None:
    families = gathered({SAM}, [tie(MUM, SAM, HOME), tie(DAD, SAM, OTHER_HOME)])
    assert guardians(families) == {frozenset({MUM}), frozenset({DAD})}


def test_siblings_in_one_home_are_one_family() -> None:
    families = gathered({SAM, NOOR}, [tie(MUM, SAM, HOME), tie(MUM, NOOR, HOME)])
    assert [family.child_ids for family in families] == [frozenset({SAM, NOOR})]


def test_without_households_the_guardians_of_the_same_children_are_one() -> None:
    ties = [tie(MUM, SAM), tie(DAD, SAM), tie(MUM, NOOR)]
    assert guardians(gathered({SAM, NOOR}, ties)) == {frozenset({MUM, DAD})}


def test_a_home_that_the_office_knows_stands_apart_from_who_has_none() -> None:
    families = gathered({SAM}, [tie(MUM, SAM, HOME), tie(DAD, SAM)])
    assert guardians(families) == {frozenset({MUM}), frozenset({DAD})}


def test_one_person_at_school_and_bso_is_one_family() -> None:
    ties = [tie(MUM, SAM, HOME), tie(MUM, SAM_AT_BSO, OTHER_HOME, school=BSO)]
    assert len(gathered({SAM, SAM_AT_BSO}, ties)) == 1


def test_who_has_a_home_at_school_keeps_it_where_the_bso_knows_none() -> None:
    ties = [
        tie(MUM, SAM, HOME),
        tie(DAD, SAM, OTHER_HOME),
        tie(MUM, SAM_AT_BSO, school=BSO),
        tie(DAD, SAM_AT_BSO, school=BSO),
    ]
    families = gathered({SAM, SAM_AT_BSO}, ties)
    assert guardians(families) == {frozenset({MUM}), frozenset({DAD})}


def test_a_child_of_whom_nobody_is_known_is_a_family_that_has_not_joined() -> None:
    [family] = gathered({SAM}, [])
    assert family == Family(frozenset({SAM}), frozenset(), joined=False)


def test_the_informed_make_no_family() -> None:
    families = gathered({SAM}, [tie(MUM, SAM, HOME), tie(DAD, SAM, access="informed")])
    assert guardians(families) == {frozenset({MUM})}


def test_a_family_has_joined_when_one_of_them_has() -> None:
    [family] = gathered({SAM}, [tie(MUM, SAM, HOME, joined=False), tie(STEP, SAM, HOME)])
    assert family.joined


def test_the_group_of_the_demo_is_26_children_of_24_families(cast: Cast) -> None:
    viewer = cast.viewer("teacher")
    with seen_by(viewer):
        around = Neighbourhood(viewer, [cast.id("wilgenhoek")], DAYS)
        audience = cast.audience("group_5")
        families = around.families([audience], clock.today())
        assert len(around.children(audience, clock.today())) == 26
        assert len(families) == 24
        assert sum(not family.joined for family in families) == 1
        assert around.informed([audience], clock.today()) == {cast.id("informed_father")}


def test_the_staff_alone_is_no_family(cast: Cast) -> None:
    viewer = cast.viewer("principal")
    with seen_by(viewer):
        around = Neighbourhood(viewer, [cast.id("wilgenhoek")], DAYS)
        assert around.families([cast.audience("staff of wilgenhoek")], clock.today()) == []


def test_who_left_is_of_the_audience_of_then_and_not_of_now(cast: Cast) -> None:
    child = factories.student(cast.id("wilgenhoek"))
    begin = clock.today().replace(year=clock.today().year - 1, day=1)
    factories.enrolled(child, cast.id("group_5"), starts_on=begin, ends_on=begin)
    viewer = cast.viewer("principal")
    with seen_by(viewer):
        around = Neighbourhood(viewer, [cast.id("wilgenhoek")], DAYS)
        assert child.pk in around.children(cast.audience("group_5"), begin)
        assert child.pk not in around.children(cast.audience("group_5"), clock.today())


@pytest.mark.parametrize(
    ("who", "to", "knows"),
    [
        ("teacher", "group_5", True),
        ("teacher", "sam", True),
        ("teacher", "wilgenhoek", False),
        ("teacher_next_door", "group_5", False),
        ("teacher_parent", "group_5", False),
        ("principal", "wilgenhoek", True),
        ("principal", "staff of wilgenhoek", False),
        ("principal", "bso", False),
        ("counselor", "group_5", True),
        ("aftercare", "vijver", True),
        ("mother", "group_5", False),
        ("substitute_today", "group_5", True),
        ("substitute_yesterday", "group_5", False),
    ],
)
def test_who_may_know_all_families_of_a_post(cast: Cast, who: str, to: str, *, knows: bool) -> None:
    by = {"vijver": "aftercare", "bso": "aftercare"}.get(to, "principal")
    assert knows_all(cast.viewer(who), cast.post(to, by=by)) is knows
