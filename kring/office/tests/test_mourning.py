"""The office's page of mourning: what it says, whom it names, and that it is asked once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kring.schools.models import Mourning
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


def page_of(cast: Cast, what: str = "child", end: str = "") -> str:
    key = "sam" if what == "child" else "home of mother wilgenhoek"
    return reverse(f"office:mourning_of_{what}{end}", args=[cast.id("wilgenhoek"), cast.id(key)])


def standing() -> int:
    with unlocked():
        return Mourning.objects.standing().count()


@pytest.mark.parametrize("who", ["principal", "administrator"])
def test_it_is_begun_and_ended_around_a_child(cast: Cast, sign_in: SignIn, who: str) -> None:
    office = sign_in(who)
    page = office.get(page_of(cast)).text
    assert "Fatima Amrani" in page
    assert "Joris van der Meulen" in page
    assert "Zohra" not in page  # who only fetches, is not of the family
    assert standing() == 0  # looking changes nothing
    assert office.post(page_of(cast)).status_code == 303
    assert office.post(page_of(cast)).status_code == 303
    assert standing() == 1
    child = reverse("office:child", args=[cast.id("wilgenhoek"), cast.id("sam")])
    assert page_of(cast) in office.get(child).text
    assert office.post(page_of(cast, end="_ending")).status_code == 303
    assert office.post(page_of(cast, end="_ending")).status_code == 303
    assert standing() == 0


def test_around_a_home_the_other_home_is_not_named(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("principal")
    page = office.get(page_of(cast, "home")).text
    assert "Fatima Amrani" in page
    assert "Joris van der Meulen" not in page
    office.post(page_of(cast, "home"))
    again = office.get(page_of(cast, "home")).text
    assert page_of(cast, "home", "_ending") in again
    assert "Willem Bosch" in again  # who asked for it


def test_each_page_tells_of_the_other(cast: Cast, sign_in: SignIn) -> None:
    factories.mourning(cast.sam)
    home = reverse(
        "office:family", args=[cast.id("wilgenhoek"), cast.id("home of mother wilgenhoek")]
    )
    assert page_of(cast) in sign_in("principal").get(home).text
    noor = reverse("office:child", args=[cast.id("wilgenhoek"), cast.id("noor")])
    with unlocked():
        Mourning.objects.all().delete()
    sign_in("principal").post(page_of(cast, "home"))
    assert page_of(cast, "home") in sign_in("principal").get(noor).text


def test_a_child_without_anybody_is_covered_for_who_comes(cast: Cast, sign_in: SignIn) -> None:
    child = factories.student(cast.id("wilgenhoek"))
    address = reverse("office:mourning_of_child", args=[cast.id("wilgenhoek"), child.pk])
    assert sign_in("principal").get(address).status_code == 200
    assert sign_in("principal").post(address).status_code == 303


def test_teachers_see_nothing_of_it_anywhere(cast: Cast, sign_in: SignIn) -> None:
    before = sign_in("teacher").get(reverse("home:classes")).text
    factories.mourning(cast.sam)
    after = sign_in("teacher").get(reverse("home:classes")).text
    assert len(after) == len(before)
