"""The next five days beside the feed: for whom, what, and at what price."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import seen_by
from kring.calendar import when
from kring.calendar.coming import DAYS, MOST, Coming
from kring.calendar.items import Item
from kring.calendar.parts import AgendaOnCard
from kring.feed.tests.sheets import SignIn
from kring.schools.models import Employment, Guardianship, School
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

DAY = timedelta(days=1)
FEED = reverse("feed:feed")


def on(ahead: int, until: int | None = None) -> dict[str, Any]:
    first = clock.today() + ahead * DAY
    last = clock.today() + (ahead if until is None else until) * DAY
    begin, end = when.whole_days(first, last)
    return {"whole_day": True, "starts_at": begin, "ends_at": end}


def at(moment: timedelta) -> dict[str, Any]:
    begin = clock.now() + moment
    return {"whole_day": False, "starts_at": begin, "ends_at": begin + timedelta(minutes=1)}


def coming(cast: Cast, key: str) -> Coming | None:
    viewer = cast.viewer(key)
    with seen_by(viewer), override("en"):
        return AgendaOnCard().with_aside([], viewer)[1]


def items(cast: Cast, key: str) -> list[Item]:
    found = coming(cast, key)
    assert found
    return [item for day in found.days for item in day.items]


def titles(cast: Cast, key: str) -> list[str]:
    return [item.title for item in items(cast, key)]


def test_today_and_the_four_days_that_follow(cast: Cast) -> None:
    for ahead in (-1, 0, DAYS - 1, DAYS):
        cast.entry("group_5", by="teacher", title=f"Dag {ahead}", **on(ahead))
    cast.entry("group_5", by="teacher", title="Al bezig", **on(-3, 1))
    assert titles(cast, "mother") == ["Al bezig", "Dag 0", f"Dag {DAYS - 1}"]
    found = coming(cast, "mother")
    assert found
    assert [day.day for day in found.days] == [
        clock.today(),
        clock.today() + (DAYS - 1) * DAY,
    ]
    assert [day.is_today for day in found.days] == [True, False]


def test_what_is_over_is_gone_the_same_minute(cast: Cast) -> None:
    cast.entry("group_5", by="teacher", title="Net voorbij", **at(-timedelta(minutes=2)))
    cast.entry("group_5", by="teacher", title="Begint zo", **at(timedelta(minutes=2)))
    assert titles(cast, "mother") == ["Begint zo"]


@pytest.mark.parametrize(
    ("to", "seers"),
    [
        ("group_5", {"mother", "co_parent", "teacher", "principal"}),
        ("group_6", {"principal", "teacher_next_door"}),
        ("staff of wilgenhoek", {"teacher", "teacher_next_door", "principal"}),
        ("sam", {"mother", "co_parent", "teacher", "principal"}),
    ],
)
def test_only_who_may_see_it_sees_it(cast: Cast, to: str, seers: set[str]) -> None:
    cast.entry(to, by="principal", title="Geheim", **on(1))
    asked = {"mother", "co_parent", "teacher", "teacher_next_door", "principal"}
    asked |= {"guardian_elsewhere", "grandmother", "withheld_father", "ex_guardian", "operator"}
    saw = {key for key in asked if (found := coming(cast, key)) and found.days}
    assert saw == seers


def test_it_is_gone_the_second_that_access_ends(cast: Cast) -> None:
    cast.entry("sam", by="teacher", title="Gesprek", **on(1))
    assert titles(cast, "co_parent") == ["Gesprek"]
    with unlocked():
        tie = Guardianship.objects.get(guardian=cast.id("co_parent"), student=cast.id("sam"))
    cast.change(tie, ends_at=clock.now() - timedelta(seconds=1))
    found = coming(cast, "co_parent")
    assert not found or not found.days


def test_what_is_not_out_or_withdrawn_is_not_there_and_what_is_off_says_so(cast: Cast) -> None:
    gone = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    later = {"published_at": clock.now() + timedelta(minutes=5)}
    cast.entry("group_5", by="teacher", title="Weg", **on(1), **gone)
    cast.entry("group_5", by="teacher", title="Nog niet", **on(1), **later)
    cast.entry("group_5", by="teacher", title="Vervalt", is_called_off=True, **on(1), **gone)
    assert [(item.title, item.is_off) for item in items(cast, "mother")] == [("Vervalt", True)]


def test_it_says_for_whom_it_is_and_when_the_school_is_closed(cast: Cast) -> None:
    with unlocked():
        day = factories.closed_day(cast.id("wilgenhoek"))
    cast.change(day, starts_on=clock.today() - DAY, ends_on=clock.today() + DAY)
    cast.entry("group_5", by="teacher", title="Bos", **on(1))
    closed, forest = items(cast, "mother")  # of two organisations
    assert closed.is_closed
    assert not closed.url
    assert [chip.name for chip in closed.chips] == ["De Wilgenhoek"]
    assert [(chip.name, chip.hue) for chip in forest.chips] == [("groep 5", "g5")]
    assert items(cast, "co_parent")[0].chips == ()  # of one


def test_siblings_of_a_broadcast_stand_once(cast: Cast) -> None:
    card = uuid4()
    for to, by in (("wilgenhoek", "principal"), ("vijver", "aftercare")):
        cast.entry(to, by=by, card_id=card, title="Samen", **on(1))
    [item] = items(cast, "mother")
    assert len(item.chips) == 2


def test_a_broadcast_to_many_organisations_hides_nothing_that_follows_it(cast: Cast) -> None:
    card, board = uuid4(), cast.wilgenhoek.board_id
    for number in range(4 * MOST):
        home = factories.made(School(board_id=board, name=f"De Nieuwe {number}"))
        job = {"user": cast.principal, "role": "principal", "starts_on": clock.today()}
        factories.made(Employment(school=home, **job))
        to_all = Audience(home.pk, whole_school=True)
        factories.entry(to_all, cast.id("principal"), card_id=card, title="Samen", **on(0))
    for number in range(1, MOST + 1):
        cast.entry("group_5", by="teacher", title=f"Iets {number}", **on(1))
        found = coming(cast, "principal")
        assert found
        assert found.is_cut is (number == MOST)
    together, *others = items(cast, "principal")
    assert len(together.chips) == 4 * MOST
    assert [one.title for one in others] == [f"Iets {number}" for number in range(1, MOST)]


def test_little_fits_and_the_rest_is_in_the_agenda(cast: Cast) -> None:
    for number in range(MOST + 1):
        cast.entry("group_5", by="teacher", title=f"Iets {number}", **on(1))
        found = coming(cast, "mother")
        assert found
        assert found.is_cut is (number == MOST)
    assert len(titles(cast, "mother")) == MOST


def test_a_stranger_has_no_agenda(cast: Cast) -> None:
    assert coming(cast, "operator") is None


def test_thirty_entries_take_the_one_query_that_three_take(cast: Cast) -> None:
    viewer, counted, cards = cast.viewer("mother"), [], []
    for count in (3, 27):
        for _ in range(count):
            cards.append(uuid4())
            cast.entry("group_5", by="teacher", card_id=cards[-1], **on(1))
        with seen_by(viewer), CaptureQueriesContext(connection) as asked:
            on_cards, found = AgendaOnCard().with_aside(cards, viewer)
        counted.append(len(asked))
        assert len(on_cards) == len(cards)
        assert found
    assert counted == [1, 1]


def test_the_page_of_the_feed_shows_it_escaped_also_where_there_is_no_message(
    cast: Cast, sign_in: SignIn
) -> None:
    entry = cast.entry("group_5", by="teacher", title="<b>Bos</b> & zee", **on(1))
    page = sign_in("mother").get(FEED).content.decode()
    assert page.index("</main>") < page.index('class="card panel coming"')
    assert "&lt;b&gt;Bos&lt;/b&gt; &amp; zee" in page
    assert reverse("calendar:entry", args=[entry.pk]) in page


def test_an_empty_week_says_so_and_leads_to_the_agenda(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("mother").get(FEED).content.decode()
    aside = page[page.index("</main>") :]
    assert 'class="none"' in aside
    assert reverse("calendar:agenda") in aside
    assert 'class="aside"></aside>' in sign_in("operator").get(FEED).content.decode()
