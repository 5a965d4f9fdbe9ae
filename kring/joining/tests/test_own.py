"""For who is in: letting go of a child, and saying that two are one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.joining import own
from kring.joining.tests.coming_in import BORN, Home, Visitor, home, with_letter
from kring.schools.models import Employment, Guardianship, SameChild, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


@pytest.fixture
def puck(cast: Cast) -> Home:
    made = home(cast)
    factories.guarded(made.child, cast.mother.pk)
    return made


def tie(made: Home, cast: Cast) -> Guardianship:
    with unlocked():
        return Guardianship.objects.get(student=made.child, guardian=cast.mother)


def test_this_is_not_my_child_is_asked_once_and_done_at_once(
    puck: Home, cast: Cast, sign_in: SignIn
) -> None:
    here = sign_in("mother")
    address = reverse("joining:not_mine", args=[tie(puck, cast).pk])
    assert "Puck Jansen" in here.get(address).content.decode()
    assert "Fatima" in puck.places()
    assert here.post(address).headers["Location"] == reverse("joining:code")
    assert "Fatima" not in puck.places()
    assert puck.trail() == ["guardianship.not_mine"]
    assert "Puck Jansen" not in here.get(reverse("joining:code")).content.decode()
    assert here.post(address).status_code == 404
    assert not own.let_go(tie(puck, cast), by=cast.viewer("mother"))


def test_nobody_lets_go_for_another(puck: Home, cast: Cast, sign_in: SignIn) -> None:
    address = reverse("joining:not_mine", args=[tie(puck, cast).pk])
    for key in ("co_parent", "teacher", "administrator", "withheld_father"):
        assert sign_in(key).post(address).status_code == 404, key
    assert "Fatima" in puck.places()


@pytest.fixture
def at_the_bso(puck: Home, cast: Cast) -> Home:
    made = home(cast, school="vijver", group="bso")
    factories.guarded(made.child, cast.mother.pk)
    return made


def same(cast: Cast) -> list[tuple[Student, Student]]:
    return [(one.student, one.other) for one in own.pairs(cast.viewer("mother"))]


def test_one_child_at_two_places_is_asked_and_both_know(
    puck: Home, at_the_bso: Home, cast: Cast, sign_in: SignIn
) -> None:
    assert same(cast) == [(puck.child, at_the_bso.child)]
    here = sign_in("mother")
    for asking in ("welcome", "same_child"):
        page = here.get(reverse(f"joining:{asking}")).content.decode()
        assert "BSO De Vijver" in page
    ids = {"student": puck.child.pk, "other": at_the_bso.child.pk}
    answer = here.post(reverse("joining:same_child"), ids)
    assert answer.headers["Location"] == reverse("joining:welcome")
    with unlocked():
        rows = SameChild.objects.filter(student__in=[puck.child, at_the_bso.child])
        said = {(row.student_id, row.other_student_id) for row in rows}
    one, other = puck.child.pk, at_the_bso.child.pk
    assert said == {(one, other), (other, one)}
    assert same(cast) == []
    assert here.post(reverse("joining:same_child"), ids).status_code == 404
    assert puck.trail()[-1] == at_the_bso.trail()[-1] == "same_child.said"


def test_saying_it_twice_is_once(puck: Home, at_the_bso: Home, cast: Cast) -> None:
    [pair] = own.pairs(cast.viewer("mother"))
    for _ in range(2):
        own.join_up(pair, by=cast.viewer("mother"))
    with unlocked():
        assert SameChild.objects.filter(student=puck.child).count() == 1


@pytest.mark.parametrize(
    "other",
    [{"first_name": "Noor"}, {"last_name": "Pietersen"}, {"born_on": BORN.replace(day=4)}],
)
def test_another_name_or_day_is_another_child(
    puck: Home, at_the_bso: Home, cast: Cast, other: dict[str, object]
) -> None:
    with unlocked():
        for name, value in other.items():
            setattr(at_the_bso.child, name, value)
        at_the_bso.child.save()
    assert same(cast) == []


def test_a_day_that_one_does_not_know_is_no_other_day(
    puck: Home, at_the_bso: Home, cast: Cast
) -> None:
    cast.change(at_the_bso.child, born_on=None)
    assert len(same(cast)) == 1


def test_twins_of_one_school_and_children_of_other_boards_are_not_asked_of(
    puck: Home, cast: Cast
) -> None:
    for school, group in (("wilgenhoek", "group_2"), ("kompas", "group_elsewhere")):
        made = home(cast, school=school, group=group)
        factories.guarded(made.child, cast.mother.pk)
    assert same(cast) == []


def test_only_who_cares_for_both_is_asked(puck: Home, at_the_bso: Home, cast: Cast) -> None:
    cast.change(tie(at_the_bso, cast), access="pick_up")
    assert same(cast) == []


def test_nobody_else_can_say_it(puck: Home, at_the_bso: Home, cast: Cast, sign_in: SignIn) -> None:
    ids = {"student": puck.child.pk, "other": at_the_bso.child.pk}
    for key in ("co_parent", "teacher", "aftercare"):
        assert sign_in(key).post(reverse("joining:same_child"), ids).status_code == 404, key


def test_the_bso_s_letter_leads_to_the_question(puck: Home, cast: Cast, sign_in: SignIn) -> None:
    made = home(cast, school="vijver", group="bso")
    school = {"school_id": cast.id("vijver"), "starts_on": clock.today()}
    factories.made(Employment(user=cast.aftercare, role="administrator", **school))
    here = Visitor()
    here.cookies = sign_in("mother").cookies
    letter = with_letter(cast, made, office="aftercare")
    here.type_letter(letter.text)
    here.choose(made.mother)
    here.say_yes()
    page = here.get(reverse("joining:welcome")).content.decode()
    assert "De Wilgenhoek" in page
    assert "BSO De Vijver" in page
