"""The feed is bounded, has an end, and shows what one may see and nothing beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kring.base import clock
from kring.feed.page import SIZE
from tests import factories
from tests.cast import Cast

type SignIn = Callable[[str], Client]


def page_of(client: Client, address: str = "/") -> tuple[list[str], str | None]:
    """The ids of the cards, and where the older ones are."""
    shown = client.get(address).content.decode()
    older = re.search(r'href="(/\?before=[^"]*)"', shown)
    return re.findall(r'<article[^>]* id="post-([0-9a-f-]+)"', shown), (
        older[1].replace("&amp;", "&") if older else None
    )


def test_pages_follow_each_other_without_a_gap_or_a_double(cast: Cast, sign_in: SignIn) -> None:
    wanted = [
        str(cast.post("group_5", by="teacher", ago=timedelta(minutes=1 + number)).pk)
        for number in range(SIZE * 2 + 3)
    ]
    mother = sign_in("mother")
    found, older = page_of(mother)
    assert len(found) == SIZE
    while older:
        cards, older = page_of(mother, older)
        found += cards
    assert found == wanted


def test_posts_of_one_moment_are_told_apart(cast: Cast, sign_in: SignIn) -> None:
    moment = clock.now() - timedelta(minutes=5)
    wanted = {
        str(cast.post("group_5", by="teacher", published_at=moment).pk) for _ in range(SIZE + 5)
    }
    first, older = page_of(sign_in("mother"))
    assert older
    second, end = page_of(sign_in("mother"), older)
    assert (set(first) | set(second), end) == (wanted, None)


def test_the_end_says_so(cast: Cast, sign_in: SignIn) -> None:
    cast.post("group_5", by="teacher")
    assert "Je bent bij." in sign_in("mother").get("/").content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        "before=x",
        "before=AAAA",
        "before=%00",
        "about=x",
        "about=00000000-0000-7000-8000-000000000000",
        "before=" + "A" * 9000,
    ],
)
def test_addresses_that_nobody_made_are_no_error(cast: Cast, sign_in: SignIn, asked: str) -> None:
    cast.post("group_5", by="teacher")
    assert sign_in("mother").get(f"/?{asked}").status_code == 200


def test_each_child_can_be_read_alone(cast: Cast, sign_in: SignIn) -> None:
    five = str(cast.post("group_5", by="teacher", ago=timedelta(minutes=1)).pk)
    two = str(cast.post("group_2", by="aide", ago=timedelta(minutes=2)).pk)
    whole = str(cast.post("wilgenhoek", by="principal", ago=timedelta(minutes=3)).pk)
    named = str(cast.post("sam", by="teacher", ago=timedelta(minutes=4)).pk)
    bso = str(cast.post("vijver", by="aftercare", ago=timedelta(minutes=5)).pk)
    mother = sign_in("mother")
    assert page_of(mother)[0] == [five, two, whole, named, bso]
    assert page_of(mother, f"/?about={cast.id('sam')}")[0] == [five, whole, named]
    assert page_of(mother, f"/?about={cast.id('noor')}")[0] == [two, whole]
    assert page_of(mother, f"/?about={cast.id('vijver')}")[0] == [bso]


def test_asking_about_anothers_child_or_group_shows_nothing_more(
    cast: Cast, sign_in: SignIn
) -> None:
    cast.post("group_6", by="teacher_next_door")
    cast.post("milan", by="teacher")
    for unit in ("group_6", "milan", "kompas"):
        assert page_of(sign_in("mother"), f"/?about={cast.id(unit)}")[0] == []


def test_staff_choose_among_their_groups(cast: Cast, sign_in: SignIn) -> None:
    five = str(cast.post("group_5", by="teacher", ago=timedelta(minutes=1)).pk)
    two = str(cast.post("group_2", by="aide", ago=timedelta(minutes=2)).pk)
    aide = sign_in("aide")
    assert page_of(aide)[0] == [five, two]
    assert page_of(aide, f"/?about={cast.id('group_2')}")[0] == [two]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("grandmother", "Je mag ophalen"),
        ("guardian_next_month", "Welkom, Yara"),
        ("operator", "Je hoort nog niet bij een school"),
        ("withheld_father", "Je hoort nog niet bij een school"),
        ("mother", "Nog geen berichten"),
        ("principal", "Naar het kantoor"),
    ],
)
def test_an_empty_feed_says_why_and_what_to_do(
    cast: Cast,
    sign_in: SignIn,
    who: str,
    words: str,
) -> None:
    assert words in sign_in(who).get("/").content.decode()


def test_who_left_sees_what_was_posted_then_and_nothing_later(cast: Cast, sign_in: SignIn) -> None:
    child = factories.student(cast.id("wilgenhoek"))
    today = clock.today()
    factories.enrolled(child, cast.id("group_6"), ends_on=today - timedelta(days=3))
    factories.guarded(child, cast.id("operator"))
    then = cast.post("group_6", by="teacher_next_door", ago=timedelta(days=5))
    later = cast.post("group_6", by="teacher_next_door", ago=timedelta(days=1))
    before = cast.post("group_6", by="teacher_next_door", ago=timedelta(days=40))
    assert page_of(sign_in("operator"))[0] == [str(then.pk)]
    assert sign_in("operator").get(f"/posts/{then.pk}/").status_code == 200
    for other in (later, before):
        assert sign_in("operator").get(f"/posts/{other.pk}/").status_code == 404
