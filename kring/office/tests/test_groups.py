"""School years and the groups in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError

from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.office.tests.arranging import SignIn, address, all_of, employed
from kring.schools.models import Group, School, SchoolYear
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

PLUS = {"name": "Plusklas Einstein", "grades": ["6", "5"], "color": "12"}


def year_of(cast: Cast) -> SchoolYear:
    with unlocked():
        return SchoolYear.objects.get(school=cast.id("wilgenhoek"))


def test_the_groups_of_the_year_stand_with_children_and_teachers(
    cast: Cast, sign_in: SignIn
) -> None:
    page = sign_in("principal").get(address(cast, "groups"))
    for name in ("groep 2", "groep 5", "Sanne Verhoeven", "Marijke Smit"):
        assert name in page.text
    assert "De Kikkers" not in page.text


def test_a_group_is_made_changed_and_removed(cast: Cast, sign_in: SignIn) -> None:
    principal, year = sign_in("principal"), year_of(cast)
    answer = principal.post(address(cast, "new_group", year.pk), PLUS)
    assert answer.status_code == 303
    [made] = all_of(Group.objects.filter(name="Plusklas Einstein"))
    assert (sorted(made.grades), made.color, made.is_homeroom) == ([5, 6], 12, False)
    assert principal.get(answer.headers["Location"]).status_code == 200
    other = PLUS | {"name": "Plusklas Curie", "is_homeroom": "on"}
    for _twice in range(2):
        assert principal.post(address(cast, "group", made.pk), other).status_code == 303
    [made] = all_of(Group.objects.filter(pk=made.pk))
    assert (made.name, made.is_homeroom) == ("Plusklas Curie", True)
    assert principal.post(address(cast, "group_removal", made.pk)).status_code == 303
    assert not all_of(Group.objects.filter(pk=made.pk))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "groep 5"},
        {"name": "x" * 65},
        {"name": "a\x00b"},
        {"grades": ["9"]},
        {"color": "13"},
        {"color": ""},
    ],
    ids=str,
)
def test_a_group_that_cannot_be_is_not_made(
    cast: Cast, sign_in: SignIn, wrong: dict[str, Any]
) -> None:
    page = sign_in("principal").post(address(cast, "new_group", year_of(cast).pk), PLUS | wrong)
    assert page.status_code == 422
    assert not all_of(Group.objects.filter(name="Plusklas Einstein"))


def test_a_name_that_is_taken_is_said_beside_its_field(cast: Cast, sign_in: SignIn) -> None:
    form = PLUS | {"name": "groep 6"}
    page = sign_in("principal").post(address(cast, "group", "group_5"), form)
    assert page.status_code == 422
    assert 'id="id_name_error"' in page.text


def test_a_group_with_children_stays(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("principal").post(address(cast, "group_removal", "group_5"))
    assert page.status_code == 422
    assert cast.group_5


def test_a_group_of_which_something_was_written_stays(cast: Cast, sign_in: SignIn) -> None:
    empty = {"school_id": cast.id("wilgenhoek"), "year": year_of(cast), "name": "groep 8"}
    group = factories.made(Group(**empty))
    with unlocked():
        post = cast.post("group_5", by="principal")
        type(post).objects.filter(pk=post.pk).update(group_ids=[group.pk])
    page = sign_in("principal").post(address(cast, "group_removal", group.pk))
    assert page.status_code == 422
    assert all_of(Group.objects.filter(pk=group.pk))


def test_groups_and_years_of_another_school_are_not_there(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    for group in ("group_elsewhere", "bso"):
        assert principal.get(address(cast, "group", group)).status_code == 404
        assert principal.post(address(cast, "group_removal", group)).status_code == 404
    assert principal.post(address(cast, "new_group", "year kompas"), PLUS).status_code == 404


def test_another_school_year_begins_once(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    for _twice in range(2):
        assert principal.post(address(cast, "years")).status_code == 303
    years = all_of(SchoolYear.objects.filter(school=cast.id("wilgenhoek")).order_by("starts_on"))
    assert len(years) == 2
    assert (years[1].starts_on.month, years[1].ends_on.month) == (8, 7)
    assert years[1].starts_on > clock.today()
    page = principal.get(address(cast, "groups"), {"year": str(years[1].pk)})
    assert years[1].name in page.text
    assert "groep 5" not in page.text


def test_a_new_school_begins_with_a_year(cast: Cast, sign_in: SignIn) -> None:
    empty = factories.made(School(name="De Nieuwe", board_id=cast.wilgenhoek.board_id))
    employed(cast, cast.id("administrator"), "administrator", school_id=empty.pk)
    page = address(cast, "groups").replace(str(cast.id("wilgenhoek")), str(empty.pk))
    answer = sign_in("administrator").get(page, {"year": "not an id"})
    assert answer.status_code == 200
    assert answer.context["year"] is None
    assert answer.context["groups"] == []
    assert sign_in("administrator").post(f"{page}years/").status_code == 303
    [year] = all_of(SchoolYear.objects.filter(school=empty))
    assert year.starts_on <= clock.today() <= year.ends_on  # this one first


def test_what_no_sentence_was_written_for_is_no_sentence(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    by, year = viewer("principal"), year_of(cast)
    facts: dict[str, Any] = {"name": None, "grades": [], "color": 1, "is_homeroom": True}
    with seen_by(by), pytest.raises(IntegrityError):
        Group.make(year, by=by, **facts)
    with seen_by(by), pytest.raises(ProgrammingError):  # nobody opens a year elsewhere
        SchoolYear.open(2040, school_id=cast.id("kompas"), by=by)
