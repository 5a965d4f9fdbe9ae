"""The office's page of mourning: what it says, whom it names, and that it is asked once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kring.accounts.models import User
from kring.base import clock
from kring.events.models import AuditEntry
from kring.feed.tests.test_queries import queries
from kring.schools.models import Employment, Household, Mourning
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


def list_of(cast: Cast, school: str = "wilgenhoek") -> str:
    return reverse("office:mournings", args=[cast.id(school)])


def test_the_list_says_who_since_when_and_by_whom(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    assert "<table" not in office.get(list_of(cast)).text
    office.post(page_of(cast))
    office.post(page_of(cast, "home"))
    page = office.get(list_of(cast)).text
    main = page[page.index("<main") : page.index("</main>")]
    assert cast.sam.name in main
    assert "Fatima Amrani" in main  # the home, by who live there
    assert "Joris van der Meulen" not in main
    assert f'datetime="{clock.today()}"' in main
    with unlocked():
        assert main.count(User.objects.get(pk=cast.id("administrator")).name) == 2
    for what in ("child", "home"):
        assert page_of(cast, what) in main
        assert page_of(cast, what, "_ending") in main
        assert list_of(cast) in office.get(page_of(cast, what)).text


def test_it_is_ended_from_the_list_and_that_stands_in_the_trail(
    cast: Cast, sign_in: SignIn
) -> None:
    office = sign_in("principal")
    office.post(page_of(cast, "home"))
    ended = office.post(page_of(cast, "home", "_ending"), {"list": "yes"})
    assert (ended.status_code, ended["Location"]) == (303, list_of(cast))
    assert "<table" not in office.get(list_of(cast)).text
    assert standing() == 0
    with unlocked():
        noted = AuditEntry.objects.filter(actor_id=cast.id("principal"))
        assert list(noted.filter(verb__startswith="mourning").values_list("verb", flat=True)) == [
            "mourning.begun",
            "mourning.ended",
        ]


def test_another_school_of_the_same_child_lists_nothing(cast: Cast, sign_in: SignIn) -> None:
    factories.mourning(cast.sam)
    with unlocked():
        work = {"school_id": cast.id("vijver"), "user_id": cast.id("aftercare")}
        Employment.objects.filter(**work).update(role=Employment.Role.PRINCIPAL)
    other = sign_in("aftercare")  # leads the BSO where Sam goes, too
    assert other.get(list_of(cast)).status_code == 404
    page = other.get(list_of(cast, "vijver"))
    assert page.status_code == 200
    assert "<table" not in page.text


def test_what_nobody_asked_for_and_an_empty_home_are_listed(cast: Cast, sign_in: SignIn) -> None:
    factories.mourning(factories.made(Household(school_id=cast.id("wilgenhoek"), city="Waterdam")))
    page = sign_in("principal").get(list_of(cast)).text
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("/ending/") == 1
    assert main.count("–") == 1


def test_the_list_asks_as_often_for_thirty_as_for_three(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("principal")

    def asked(children: int) -> int:
        for _number in range(children):
            factories.mourning(factories.student(cast.id("wilgenhoek")))
        return queries(office, list_of(cast))

    assert asked(1)  # the first page notes that this person came
    assert asked(3) == asked(27)
