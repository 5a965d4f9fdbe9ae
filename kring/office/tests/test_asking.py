"""From a letter to the office's yes: the office is warned, and finds where to answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from kring.base import clock
from kring.joining.claiming import Wish, claim
from kring.joining.tests.coming_in import Home, Visitor, home, with_letter
from kring.office.tests.books import SignIn, at
from kring.office.tests.test_start import warned
from kring.office.warnings import Warned
from kring.schools.models import Guardianship
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

HOUR = timedelta(hours=1)
PIET = {"first_name": "Piet", "infix": "", "last_name": "Jansen"}


@pytest.fixture
def puck(cast: Cast) -> Home:
    return with_letter(cast, home(cast))


def waiting(cast: Cast) -> Warned | None:
    """The warning that leads to the page with the answers."""
    page = reverse("inviting:asked", args=[cast.id("wilgenhoek")])
    return next((one for one in warned(cast, "administrator") if one.url == page), None)


def tie(made: Home) -> Guardianship:
    with unlocked():
        return Guardianship.objects.get(student=made.child, guardian__first_name="Piet")


def cards(cast: Cast, sign_in: SignIn, made: Home) -> dict[Any, bool]:
    page = sign_in("administrator").get(at(cast, "child", made.child.pk))
    assert page.status_code == 200
    return {card.tie.pk: card.is_asking for card in page.context["record"].guardians}


@pytest.mark.parametrize(("said", "sees"), [("yes", 200), ("no", 404)])
def test_a_grandfather_comes_by_the_letter_and_the_office_answers(
    cast: Cast, sign_in: SignIn, puck: Home, said: str, sees: int
) -> None:
    assert waiting(cast) is None
    grandfather = Visitor()
    grandfather.type_letter(puck.text)
    grandfather.choose(None, "grandparent")
    grandfather.prove()
    grandfather.say_yes(**PIET)
    post = cast.post("group_5", by="teacher")
    read = reverse("feed:post", args=[post.pk])
    assert grandfather.get(read).status_code == 404
    found = waiting(cast)
    assert found
    assert [(one.name, one.url) for one in found.ones] == [
        ("Piet Jansen", at(cast, "child", puck.child.pk))
    ]
    assert cards(cast, sign_in, puck)[tie(puck).pk]
    office = sign_in("administrator")
    page = office.get(found.url).text
    answer = reverse("inviting:answer", args=[cast.id("wilgenhoek"), tie(puck).pk])
    assert answer in page
    assert office.post(answer, {"answer": said}).status_code == 302
    cast.change(tie(puck), starts_at=clock.now() - HOUR)  # a test is one moment to the database
    assert grandfather.get(read).status_code == sees
    assert waiting(cast) is None
    assert not any(cards(cast, sign_in, puck).values())


def test_who_takes_a_place_that_the_school_knows_waits_for_nothing(
    cast: Cast, sign_in: SignIn, puck: Home
) -> None:
    with unlocked():
        place = Guardianship.objects.filter(student=puck.child).order_by("created_at")[0]
        code = puck.child.link_codes.get()
    person = factories.person("Jo", email="jo@kring.example")
    assert claim(cast.id("wilgenhoek"), code.pk, Wish(place_id=place.pk), person)
    assert waiting(cast) is None
    assert not any(cards(cast, sign_in, puck).values())


def test_a_claim_by_the_verb_waits_as_one_by_the_pages(
    cast: Cast, sign_in: SignIn, puck: Home
) -> None:
    with unlocked():
        code = puck.child.link_codes.get()
    person = factories.person("Jo", email="jo@kring.example")
    made = claim(
        cast.id("wilgenhoek"), code.pk, Wish(place_id=None, relation="grandparent"), person
    )
    assert made
    assert cards(cast, sign_in, puck)[made.pk]
    found = waiting(cast)
    assert found
    assert found.count == 1
    again = claim(
        cast.id("wilgenhoek"), code.pk, Wish(place_id=None, relation="grandparent"), person
    )
    assert again == made  # twice is once
    found = waiting(cast)
    assert found
    assert found.count == 1
