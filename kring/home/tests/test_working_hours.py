"""One's own working hours, and those of a colleague."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.schools.models import Employment, WorkingHours
from kring.schools.working_hours import in_words
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

WHOLE, MORNING = (time(8), time(16, 30)), (time(8, 30), time(12, 15))


def hours(cast: Cast, key: str, school: str = "wilgenhoek") -> dict[int, tuple[time, time]]:
    with unlocked():
        rows = WorkingHours.objects.filter(person=cast.id(key), school=cast.id(school))
        return {row.weekday: (row.starts_at, row.ends_at) for row in rows}


def own(cast: Cast, school: str = "wilgenhoek") -> str:
    return reverse("home:working_hours_at", args=[cast.id(school)])


def typed(days: dict[int, tuple[str, str]]) -> dict[str, str]:
    told = {f"{name}_{day}": "" for day in range(1, 6) for name in ("starts", "ends")}
    for day, (starts, ends) in days.items():
        told |= {f"works_{day}": "on", f"starts_{day}": starts, f"ends_{day}": ends}
    return told


def test_one_keeps_hours_of_ones_own(cast: Cast, sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    days = {1: ("08:00", "16:30"), 3: ("08:30", "12:15")}
    assert teacher.post(own(cast), typed(days)).status_code == 303
    assert hours(cast, "teacher") == {1: WHOLE, 3: MORNING}
    assert teacher.post(own(cast), typed({})).status_code == 303
    assert hours(cast, "teacher") == {}
    with unlocked():
        lines = AuditEntry.objects.filter(verb="working_hours.kept")
        assert {line.person_id for line in lines} == {cast.id("teacher")}
        assert {line.actor_id for line in lines} == {cast.id("teacher")}


def test_usual_hours_are_proposed_on_the_days_that_one_teaches(cast: Cast, sign_in: SignIn) -> None:
    with unlocked():
        cast.teacher.assignments.update(weekdays=[1, 2])
    form = sign_in("teacher").get(own(cast)).context["sheet"].form
    ticked = [day for day in range(1, 6) if form[f"works_{day}"].initial]
    assert ticked == [1, 2]
    assert hours(cast, "teacher") == {}  # proposed is not kept
    with unlocked():
        cast.teacher.assignments.update(weekdays=[])
    form = sign_in("teacher").get(own(cast)).context["sheet"].form
    assert all(form[f"works_{day}"].initial for day in range(1, 6))


def test_monday_is_copied_and_not_saved_yet(cast: Cast, sign_in: SignIn) -> None:
    told = typed({1: ("09:00", "15:00"), 2: ("08:00", "16:30")}) | {"copy": "monday"}
    page = sign_in("teacher").post(own(cast), told)
    assert page.status_code == 200
    form = page.context["sheet"].form
    assert {form[f"starts_{day}"].value() for day in range(1, 6)} == {"09:00"}
    assert {form[f"ends_{day}"].value() for day in range(1, 6)} == {"15:00"}
    assert [bool(form[f"works_{day}"].value()) for day in (1, 2, 3)] == [True, True, False]
    assert hours(cast, "teacher") == {}


@pytest.mark.parametrize(
    "wrong",
    [("16:00", "08:00"), ("08:00", "08:00"), ("", "12:00"), ("acht", "12:00"), ("25:00", "26:00")],
    ids=str,
)
def test_what_cannot_be_is_said_and_kept_in_the_form(
    cast: Cast, sign_in: SignIn, wrong: tuple[str, str]
) -> None:
    page = sign_in("teacher").post(own(cast), typed({1: wrong}))
    assert page.status_code == 422
    assert hours(cast, "teacher") == {}


def test_what_stands_beside_a_day_off_says_nothing(cast: Cast, sign_in: SignIn) -> None:
    told = typed({1: ("08:00", "16:30")}) | {"starts_2": "onzin", "ends_2": "01:00"}
    assert sign_in("teacher").post(own(cast), told).status_code == 303
    assert hours(cast, "teacher") == {1: WHOLE}


def test_several_schools_have_hours_apart(cast: Cast, sign_in: SignIn) -> None:
    with unlocked():
        job = Employment.objects.get(user=cast.id("aftercare"))
    since = {"role": "aide", "starts_on": job.starts_on}
    factories.made(
        Employment(school_id=cast.id("wilgenhoek"), user_id=cast.id("aftercare"), **since)
    )
    carer = sign_in("aftercare")
    assert carer.post(own(cast, "vijver"), typed({1: ("08:00", "16:30")})).status_code == 303
    assert carer.post(own(cast), typed({2: ("08:30", "12:15")})).status_code == 303
    assert hours(cast, "aftercare", "vijver") == {1: WHOLE}
    assert hours(cast, "aftercare") == {2: MORNING}
    page = carer.get(own(cast)).text
    assert own(cast, "vijver") in page


def test_who_works_nowhere_has_no_hours(cast: Cast, sign_in: SignIn) -> None:
    for who in ("mother", "substitute_yesterday"):
        assert sign_in(who).get(reverse("home:working_hours")).status_code == 404
        assert sign_in(who).post(own(cast), typed({})).status_code == 404


def test_the_office_fills_in_for_a_colleague(cast: Cast, sign_in: SignIn) -> None:
    address = reverse("office:colleague_hours", args=[cast.id("wilgenhoek"), cast.id("aide")])
    days = typed({1: ("08:00", "16:30")})
    assert sign_in("principal").post(address, days).status_code == 303
    assert hours(cast, "aide") == {1: WHOLE}
    page = sign_in("principal").get(
        reverse("office:colleague", args=[cast.id("wilgenhoek"), cast.id("aide")])
    )
    assert page.context["hours"]
    assert page.context["hours"] in page.text


@pytest.mark.parametrize("who", ["aide", "mother", "counselor", "principal_elsewhere"])
def test_nobody_else_keeps_the_hours_of_somebody(cast: Cast, who: str) -> None:
    factories.working_hours(cast.id("wilgenhoek"), cast.id("teacher"))
    by = cast.viewer(who)
    with pytest.raises(Exception, match="row-level security"), seen_by(by):
        WorkingHours.keep(cast.id("wilgenhoek"), cast.id("teacher"), {2: WHOLE}, by=by)
    assert hours(cast, "teacher") == {1: WHOLE}


def test_nobody_keeps_hours_at_a_school_of_others(cast: Cast) -> None:
    by = cast.viewer("teacher")
    with pytest.raises(Exception, match="row-level security"), seen_by(by):
        WorkingHours.keep(cast.id("kompas"), cast.id("teacher"), {2: WHOLE}, by=by)


def test_families_read_them_where_the_teacher_stands(cast: Cast, sign_in: SignIn) -> None:
    factories.working_hours(cast.id("wilgenhoek"), cast.id("teacher"))
    for who, page in (("mother", "home:children"), ("teacher", "home:classes")):
        text = sign_in(who).get(reverse(page)).text
        assert in_words({1: WHOLE}) in text or "8.00" in text


@pytest.mark.parametrize("rows", [3, 30])
def test_a_page_asks_as_much_for_many_teachers_as_for_few(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_max_num_queries: Any
) -> None:
    people: list[UUID] = [factories.person(f"Leerkracht{n}").pk for n in range(rows)]
    for person in people:
        factories.working_hours(cast.id("wilgenhoek"), person)
    mother = sign_in("mother")
    mother.get(reverse("home:children"))
    with django_assert_max_num_queries(30):
        mother.get(reverse("home:children"))
