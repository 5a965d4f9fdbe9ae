"""One child: written in, corrected, put in another group, gone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from kring.base import clock
from kring.office.tests.books import SignIn, at, sheet, stays, sure, trail, verbs
from kring.schools.models import Group, Household, SchoolYear, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

DAY = timedelta(days=1)


def put(office: Client, cast: Cast, child: str, group: str, day: date | str) -> Any:
    typed = {"group": str(cast.id(group)), "starts_on": str(day)}
    return office.post(at(cast, "child_placement", cast.id(child)), typed)


def typed_child(cast: Cast, **typed: str) -> dict[str, str]:
    usual = {
        "first_name": "Puck",
        "infix": "de",
        "last_name": "Vries",
        "born_on": "2018-03-04",
        "group": str(cast.id("group_5")),
        "starts_on": str(clock.today()),
    }
    return usual | typed


def named(first_name: str) -> list[Student]:
    with unlocked():
        return list(Student.objects.filter(first_name=first_name))


def test_a_child_is_written_in_by_hand(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    answer = office.post(at(cast, "child_new"), typed_child(cast))
    [child] = named("Puck")
    assert answer.status_code == 303
    assert answer.headers["Location"] == at(cast, "child", child.pk)
    assert (child.name, child.sort_key) == ("Puck de Vries", "vries puck")
    assert (child.born_on, child.school_id) == (date(2018, 3, 4), cast.id("wilgenhoek"))
    assert verbs() == ["student.added", "student.placed"]
    assert {line.student_id for line in trail()} == {child.pk}


def test_a_child_of_the_same_name_is_asked_after(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    sam = typed_child(cast, first_name="sam", infix="", last_name="meulen", born_on="")
    asked = office.post(at(cast, "child_new"), sam)
    said = sure(asked)
    assert not named("sam")
    assert office.post(at(cast, "child_new"), sam | {"sure": said}).status_code == 303


def test_twins_with_another_birthday_are_not_asked_after(cast: Cast, sign_in: SignIn) -> None:
    factories.student(cast.id("wilgenhoek"), "Puck", last_name="Vries", born_on=date(2016, 1, 1))
    answer = sign_in("administrator").post(at(cast, "child_new"), typed_child(cast))
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("first_name", " "),
        ("last_name", "x" * 201),
        ("last_name", "\x07"),
        ("born_on", "1950-01-01"),
        ("born_on", "2099-01-01"),
        ("born_on", "4 maart"),
        ("group", ""),
        ("group", "group_elsewhere"),
        ("group", "not-an-id"),
        ("starts_on", "0001-01-01"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    cast: Cast, sign_in: SignIn, field: str, typed: str
) -> None:
    value = str(cast.id(typed)) if typed == "group_elsewhere" else typed
    answer = sign_in("administrator").post(
        at(cast, "child_new"), typed_child(cast, **{field: value})
    )
    assert answer.status_code == 422
    assert b'value="de"' in answer.content
    assert named("Puck") == []


def test_facts_are_corrected_and_no_others(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = at(cast, "child_facts", cast.id("sam"))
    typed = sheet(office, address) | {"first_name": "Samuel", "born_on": "2017-05-06"}
    assert office.post(address, typed).status_code == 303
    assert (cast.sam.name, cast.sam.sort_key) == ("Samuel van der Meulen", "meulen samuel")
    [line] = trail()
    assert (line.verb, line.fields) == ("student.changed", ["first_name", "born_on"])


def test_the_same_facts_again_change_nothing(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = at(cast, "child_facts", cast.id("sam"))
    assert office.post(address, sheet(office, address)).status_code == 303
    assert verbs() == []


def test_facts_that_a_colleague_corrected_meanwhile_are_shown(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = at(cast, "child_facts", cast.id("sam"))
    opened = sheet(office, address)
    cast.change(cast.sam, first_name="Samir")
    answer = office.post(address, opened | {"first_name": "Samuel", "infix": "v.d."})
    assert answer.status_code == 422
    assert "Samir" in answer.content.decode()
    assert 'value="Samuel"' in answer.content.decode()
    assert cast.sam.first_name == "Samir"


def test_another_group_from_a_day_on(cast: Cast, sign_in: SignIn) -> None:
    monday = clock.today() + 5 * DAY
    assert put(sign_in("administrator"), cast, "sam", "group_6", monday).status_code == 303
    before, after = stays(cast, "sam")
    assert (before.group_id, before.ends_on) == (cast.id("group_5"), monday - DAY)
    assert (after.group_id, after.starts_on, after.ends_on) == (cast.id("group_6"), monday, None)
    [line] = trail()
    assert (line.verb, line.student_id) == ("student.placed", cast.id("sam"))


def test_what_was_planned_this_year_makes_way(cast: Cast, sign_in: SignIn) -> None:
    office, today = sign_in("administrator"), clock.today()
    put(office, cast, "sam", "group_6", today + 9 * DAY)
    put(office, cast, "sam", "group_7", today + 5 * DAY)
    groups = [(stay.group_id, stay.ends_on) for stay in stays(cast, "sam")]
    assert groups == [(cast.id("group_5"), today + 4 * DAY), (cast.id("group_7"), None)]


def test_what_was_planned_for_next_year_stays(cast: Cast, sign_in: SignIn) -> None:
    school, today = cast.id("wilgenhoek"), clock.today()
    begins = today + 300 * DAY
    ends = begins + 300 * DAY
    days = {"starts_on": begins, "ends_on": ends}
    year = factories.made(SchoolYear(school_id=school, name="later", **days))
    later = factories.made(Group(school_id=school, year=year, name="groep 6 later"))
    factories.enrolled(cast.sam, later.pk, starts_on=begins)
    put(sign_in("administrator"), cast, "sam", "group_6", today)
    _before, now, then = stays(cast, "sam")
    assert (now.group_id, now.ends_on) == (cast.id("group_6"), begins - DAY)
    assert (then.group_id, then.ends_on) == (later.pk, None)


def test_a_club_stands_beside_the_homeroom(cast: Cast, sign_in: SignIn) -> None:
    cast.change(cast.group_7, is_homeroom=False)
    office = sign_in("administrator")
    assert put(office, cast, "sam", "group_7", clock.today()).status_code == 303
    assert [stay.ends_on for stay in stays(cast, "sam")] == [None, None]
    put(office, cast, "sam", "group_6", clock.today())
    open_now = {stay.group_id for stay in stays(cast, "sam") if stay.ends_on is None}
    assert open_now == {cast.id("group_6"), cast.id("group_7")}


@pytest.mark.parametrize("group", ["group_5", "group_elsewhere", "bso"])
def test_the_same_group_and_groups_elsewhere_are_refused(
    cast: Cast, sign_in: SignIn, group: str
) -> None:
    answer = put(sign_in("administrator"), cast, "sam", group, clock.today())
    assert answer.status_code == 422
    assert len(stays(cast, "sam")) == 1


def test_a_club_of_before_is_no_reason_for_an_error(cast: Cast, sign_in: SignIn) -> None:
    cast.change(cast.group_7, is_homeroom=False)
    factories.enrolled(cast.sam, cast.id("group_7"), starts_on=clock.today() + 9 * DAY)
    answer = put(sign_in("administrator"), cast, "sam", "group_7", clock.today())
    assert answer.status_code == 422  # the two would overlap
    assert b'id="problems"' in answer.content
    assert verbs() == []


def test_a_child_leaves_on_a_day(cast: Cast, sign_in: SignIn) -> None:
    office, last = sign_in("administrator"), clock.today() + 2 * DAY
    put(office, cast, "sam", "group_6", clock.today() + 9 * DAY)
    answer = office.post(at(cast, "child_leaving", cast.id("sam")), {"ends_on": str(last)})
    assert answer.status_code == 303
    assert [(stay.group_id, stay.ends_on) for stay in stays(cast, "sam")] == [
        (cast.id("group_5"), last)
    ]
    assert verbs()[-1] == "student.left"
    earlier = {"ends_on": str(last + DAY)}
    office.post(at(cast, "child_leaving", cast.id("sam")), earlier)
    assert stays(cast, "sam")[0].ends_on == last  # a later day brings nobody back
    assert put(office, cast, "sam", "group_5", last + 2 * DAY).status_code == 303


@pytest.mark.parametrize("day", ["", "morgen", "2199-01-01"])
def test_a_child_does_not_leave_on_a_day_that_cannot_be(
    cast: Cast, sign_in: SignIn, day: str
) -> None:
    address = at(cast, "child_leaving", cast.id("sam"))
    assert sign_in("administrator").post(address, {"ends_on": day}).status_code == 422
    assert stays(cast, "sam")[0].ends_on is None


def test_an_address_that_nobody_filled_in_says_so(cast: Cast, sign_in: SignIn) -> None:
    school = cast.id("wilgenhoek")
    empty = factories.made(Household(school_id=school))
    factories.guarded(cast.lina, factories.person().pk, household_id=empty.pk)
    page = sign_in("principal").get(at(cast, "child", cast.id("lina")))
    assert "" not in [card.address for card in page.context["record"].guardians[-1:]]


def test_the_page_warns_of_what_is_not_in_order(cast: Cast, sign_in: SignIn) -> None:
    alone = factories.student(cast.id("wilgenhoek"), "Alleen")
    page = sign_in("principal").get(at(cast, "child", alone.pk))
    assert len(page.context["record"].warnings) == 3
    for name in ("One", "Two"):
        double = factories.person(name)
        factories.guarded(alone, double.pk, email="a@b.example", has_authority="unknown")
    page = sign_in("principal").get(at(cast, "child", alone.pk))
    assert len(page.context["record"].warnings) == 4
    assert b"a@b.example" in page.content
