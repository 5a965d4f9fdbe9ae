"""One name on two cards: found, told apart, and led on to merging."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import seen_by
from kring.joining import namesakes
from kring.joining.tests.coming_in import Home, home
from tests import factories
from tests.cast import Cast

type SignIn = Callable[[str], Client]


@pytest.fixture
def twin(cast: Cast) -> Home:
    """Another Fatima Amrani, who waits with a child of her own."""
    return namesake(cast, cast.mother)


def namesake(cast: Cast, of: User) -> Home:
    made = home(cast)
    cast.change(
        made.guardian(made.mother),
        first_name=of.first_name,
        last_name=of.last_name,
        sort_key=of.sort_key,
    )
    return made


def page(cast: Cast) -> str:
    return reverse("inviting:namesakes", args=[cast.id("wilgenhoek")])


def keys(cast: Cast) -> set[str]:
    office = cast.viewer("administrator")
    with seen_by(office):
        return {row[0] for row in namesakes.borne_twice(cast.wilgenhoek, office)}


def test_each_name_is_one_line_with_the_children_of_its_cards(
    twin: Home, cast: Cast, sign_in: SignIn
) -> None:
    shown = sign_in("administrator").get(page(cast)).content.decode()
    assert shown.count("<h2>Fatima Amrani</h2>") == 1
    assert "Puck Jansen" in shown
    assert "Sam" in shown
    into = 'name="into" value="{}"'
    assert into.format(cast.mother.pk) in shown
    assert into.format(twin.guardian(twin.mother).pk) not in shown  # nobody can sign in with it
    assert sign_in("principal").get(page(cast)).status_code == 404


def test_two_cards_that_are_chosen_lead_to_what_moves(
    twin: Home, cast: Cast, sign_in: SignIn
) -> None:
    here, card = sign_in("administrator"), twin.guardian(twin.mother)
    answer = here.get(page(cast), {"from": str(card.pk), "into": str(cast.mother.pk)})
    ids: list[UUID] = [cast.id("wilgenhoek"), card.pk, cast.mother.pk]
    assert answer.headers["Location"] == reverse("inviting:merge", args=ids)
    same = here.get(page(cast), {"from": str(card.pk), "into": str(card.pk)})
    assert 'role="alert"' in same.content.decode()


def test_without_an_account_with_half_a_name_or_gone_there_is_no_namesake(
    twin: Home, cast: Cast
) -> None:
    key = cast.mother.sort_key
    assert key in keys(cast)
    cast.change(cast.mother, joined_at=None)
    assert key not in keys(cast)  # there is nothing to merge into
    cast.change(cast.mother, joined_at=clock.now(), last_name="")
    assert key not in keys(cast)
    cast.change(cast.mother, last_name="Amrani")
    cast.change(twin.mother, ends_at=clock.now())
    assert key not in keys(cast)


def test_the_warning_counts_what_the_page_shows(twin: Home, cast: Cast, sign_in: SignIn) -> None:
    here = sign_in("administrator")
    many = here.get(page(cast)).content.decode().count("<h2>")
    start = reverse("office:start", args=[cast.id("wilgenhoek")])
    words = f"{many} naam staat" if many == 1 else f"{many} namen staan"
    assert words in here.get(start, headers={"Accept-Language": "nl"}).content.decode()


def test_the_page_asks_as_often_for_three_as_for_thirty(cast: Cast, sign_in: SignIn) -> None:
    here, counts = sign_in("administrator"), []
    here.get("/")  # notes once that the device was used
    for many in (3, 27):
        for number in range(many):
            name = {"first_name": f"Kim{many}{number}", "last_name": "Dubbel"}
            for email in (None, f"kim{many}.{number}@kring.example"):
                person = factories.person(
                    **name, email=email, joined_at=clock.now() if email else None
                )
                factories.guarded(cast.sam, person.pk)
        with CaptureQueriesContext(connection) as asked:
            assert "Kim30 Dubbel" in here.get(page(cast)).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]
