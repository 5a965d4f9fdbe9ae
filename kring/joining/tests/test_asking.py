"""Who came by a letter and was not known: the office answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.base import clock
from kring.base.visibility import seen_by
from kring.joining.asking import answer, asked_for
from kring.joining.tests.coming_in import Home, Visitor, home, with_letter
from kring.schools.models import Guardianship
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


@pytest.fixture
def puck(cast: Cast) -> Home:
    """With a grandfather who came by the letter."""
    made, here = with_letter(cast, home(cast)), Visitor()
    here.type_letter(made.text)
    here.choose(None, "grandparent")
    here.prove()
    here.say_yes(first_name="Piet", infix="", last_name="Jansen")
    return made


def tie(made: Home) -> Guardianship:
    with unlocked():
        return Guardianship.objects.get(student=made.child, guardian__first_name="Piet")


def waiting(cast: Cast) -> list[Guardianship]:
    office = cast.viewer("administrator")
    with seen_by(office):
        return list(asked_for(office))


def test_the_office_reads_who_asks_and_lets_in(puck: Home, cast: Cast, sign_in: SignIn) -> None:
    here, school = sign_in("administrator"), cast.id("wilgenhoek")
    page = here.get(reverse("inviting:asked", args=[school])).content.decode()
    assert "Piet Jansen" in page
    answered = here.post(reverse("inviting:answer", args=[school, tie(puck).pk]), {"answer": "yes"})
    assert answered.status_code == 302
    assert puck.places()["Piet"] == "grandparent in_care"
    assert puck.trail()[-1] == "guardianship.admitted"
    assert waiting(cast) == []


def test_who_is_let_in_lives_where_the_office_says_and_not_where_the_letter_went(
    puck: Home, cast: Cast
) -> None:
    assert puck.code
    assert puck.code.household_id  # perhaps a secret address
    office = cast.viewer("administrator")
    with seen_by(office):
        assert answer(tie(puck).pk, cast.id("wilgenhoek"), admit=True, by=office)
    assert tie(puck).household_id is None
    assert viewer_of(tie(puck).guardian_id).household_ids == frozenset()


def test_a_yes_widens_nothing_that_was_made_narrower_meanwhile(puck: Home, cast: Cast) -> None:
    cast.change(tie(puck), access="pick_up")  # by an import
    office = cast.viewer("administrator")
    with seen_by(office):
        assert answer(tie(puck).pk, cast.id("wilgenhoek"), admit=True, by=office)
    assert puck.places()["Piet"] == "grandparent pick_up"
    assert waiting(cast) == []


def test_whoever_asks_is_listed_whatever_the_trail_says(
    cast: Cast, sign_in: SignIn, puck: Home
) -> None:
    asker = factories.person("Olga", last_name="Vraagt")
    factories.guarded(puck.child, asker.pk, access="withheld", asked_at=clock.now())
    assert len(waiting(cast)) == 2
    page = sign_in("administrator").get(reverse("inviting:asked", args=[cast.id("wilgenhoek")]))
    assert "Olga Vraagt" in page.content.decode()


def test_or_not(puck: Home, cast: Cast, sign_in: SignIn) -> None:
    address = reverse("inviting:answer", args=[cast.id("wilgenhoek"), tie(puck).pk])
    here = sign_in("administrator")
    here.post(address, {"answer": "no"})
    assert "Piet" not in puck.places()
    assert puck.trail()[-1] == "guardianship.turned_away"
    assert here.post(address, {"answer": "yes"}).status_code == 404


def test_the_principal_looks_and_others_do_not(puck: Home, cast: Cast, sign_in: SignIn) -> None:
    school = cast.id("wilgenhoek")
    page, address = "inviting:asked", reverse("inviting:answer", args=[school, tie(puck).pk])
    seen = sign_in("principal").get(reverse(page, args=[school]))
    assert "Piet Jansen" in seen.content.decode()
    assert address not in seen.content.decode()
    assert sign_in("principal").post(address, {"answer": "yes"}).status_code == 404
    for key in ("teacher", "mother", "counselor", "principal_elsewhere"):
        assert sign_in(key).get(reverse(page, args=[school])).status_code == 404, key
    assert puck.places()["Piet"] == "grandparent withheld"


def test_whatever_the_office_does_with_the_tie_is_an_answer(puck: Home, cast: Cast) -> None:
    assert waiting(cast) == [tie(puck)]
    office = cast.viewer("administrator")
    with seen_by(office):
        assert answer(tie(puck).pk, cast.id("wilgenhoek"), admit=True, by=office)
        assert not answer(tie(puck).pk, cast.id("wilgenhoek"), admit=True, by=office)
    cast.change(tie(puck), access="withheld")  # later, by the page of the child
    assert waiting(cast) == []


def test_another_school_s_office_answers_nothing(puck: Home, cast: Cast) -> None:
    office = cast.viewer("administrator")
    with seen_by(office):
        assert not answer(tie(puck).pk, cast.id("kompas"), admit=True, by=office)


def test_the_page_asks_as_often_for_three_as_for_thirty(cast: Cast, sign_in: SignIn) -> None:
    school, here = cast.id("wilgenhoek"), sign_in("administrator")
    here.get("/")  # notes once that the device was used
    counts = []
    for many in (3, 10):
        for number in range(many):
            made, visitor = with_letter(cast, home(cast)), Visitor()
            visitor.type_letter(made.text)
            visitor.choose(None, "other")
            visitor.prove(f"one{many}.{number}@kring.example")
            visitor.say_yes(first_name="Piet", infix="", last_name="Jansen")
        with CaptureQueriesContext(connection) as asked:
            here.get(reverse("inviting:asked", args=[school]))
        counts.append(len(asked))
    assert counts[0] == counts[1]
