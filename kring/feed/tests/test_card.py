"""What a card shows, and that nothing that people typed gets into it as markup."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.template import Context
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kring.base import clock
from kring.base.text import as_html
from kring.feed.cards import Card, Chip, Paper, Photo, Reach
from kring.feed.templatetags import post_card

HOSTILE = '"><script>x</script>'
PHOTO = Photo("/s", "/m", "/l", 1600, 1200, "1QcSHQRnh493V4dIh4eXh1h4kJUI", "#a0b1c2", "")


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def card() -> Card:
    return Card(
        id=UUID(int=7),
        url=f"/posts/{UUID(int=7)}/",
        byline="Juf Sanne",
        role="teacher",
        initials="JS",
        hue="g5",
        audience=[Chip("groep 5", "g5")],
        said="today 14:30",
        full_time="Saturday 21 November 2026 at 14:30",
        iso=datetime(2026, 11, 21, 13, 30, tzinfo=UTC).isoformat(),
        html=as_html("We went to the woods."),
        photos=[],
        more_photos=0,
        files=[],
        awaited=False,
        likes=12,
        liked=False,
        may_like=True,
        comments=1,
        allows_comments=True,
        edited=False,
        read=False,
        may_change=False,
        withdrawn=False,
    )


def shown(card: Card) -> str:
    return render_to_string("feed/_card.html", {"card": card})


def test_a_card_says_who_wrote_what_for_whom_and_when(card: Card) -> None:
    markup = shown(card)
    for words in ("Juf Sanne", "teacher", "groep 5", "today 14:30", "<p>We went to the woods.</p>"):
        assert words in markup
    assert "data-unread" in markup
    assert "1 comment" in markup


def test_nothing_that_people_typed_becomes_markup(card: Card) -> None:
    hostile = replace(
        card,
        byline=HOSTILE,
        role=HOSTILE,
        initials=HOSTILE,
        html=as_html(HOSTILE),
        audience=[Chip(HOSTILE, HOSTILE, HOSTILE)],
    )
    assert "<script" not in shown(hostile)


def test_a_like_is_taken_back_by_the_same_button(card: Card) -> None:
    assert 'value="yes" aria-pressed="false"' in post_card.like(card)
    assert 'value="no" aria-pressed="true"' in post_card.like(replace(card, liked=True))


def test_who_may_not_take_part_sees_the_count_without_a_button(card: Card) -> None:
    markup = post_card.like(replace(card, may_like=False))
    assert "12" in markup
    assert "<button" not in markup


def test_without_comments_there_is_no_way_to_them(card: Card) -> None:
    assert post_card.talk(replace(card, comments=0, allows_comments=False)) == ""
    assert "3 comments" in post_card.talk(replace(card, comments=3, allows_comments=False))
    assert ">Comment<" in post_card.talk(replace(card, comments=0))


def test_staff_see_how_many_families_have_read_it(card: Card) -> None:
    markup = shown(replace(card, reach=Reach(21, 24, "/posts/7/families/")))
    assert "read by 21 of 24 families" in markup
    assert 'href="/posts/7/families/"' in markup


def test_a_fresh_post_can_be_undone_for_the_seconds_that_are_left(card: Card) -> None:
    until = clock.now() + timedelta(seconds=9)
    markup = shown(replace(card, undo_until=until))
    assert 'data-seconds="9"' in markup or 'data-seconds="8"' in markup
    assert f'formaction="{card.url}withdrawal/" name="undo"' in markup


def test_a_post_that_waits_for_its_film_says_so_and_can_be_taken_back(card: Card) -> None:
    until = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
    markup = shown(replace(card, undo_until=until, awaited=True))
    assert "Goes out when the film is ready, at 15:02 at the latest" in markup
    assert f'formaction="{card.url}withdrawal/" name="undo"' in markup
    assert "post-undo" not in markup


def test_photos_carry_the_rule_of_the_school(card: Card) -> None:
    markup = shown(replace(card, photos=[PHOTO._replace(rule=HOSTILE)], more_photos=1))
    assert "<script" not in markup
    assert " data-rule=" in markup
    assert 'alt="Photo 1 of 2"' in markup
    assert " data-rule=" not in shown(replace(card, photos=[PHOTO]))
    lost = PHOTO._replace(kind="film", state="failed")
    assert " data-rule=" in shown(replace(card, photos=[lost, PHOTO._replace(rule="Ours")]))


def test_films_that_are_left_out_are_counted_too(card: Card) -> None:
    markup = shown(replace(card, photos=[PHOTO], more_photos=2, more_films=1))
    assert 'alt="Photo 1 of 2"' in markup


def test_a_document_says_what_it_is_and_how_large(card: Card) -> None:
    papers = [
        Paper("/media/1/document/x/brief.pdf", "Oudervertellingsbrief.pdf", "pdf", 245_000),
        Paper("/media/2/document/x/a.xlsx", HOSTILE, "xlsx", 3_000_000),
        Paper("/media/3/document/x/c.pdf", "De_brief-van_14.pdf", "pdf", 3_000_000),
    ]
    markup = shown(replace(card, files=papers))
    assert 'href="/media/1/document/x/brief.pdf" download' in markup
    assert "PDF · 239\N{NO-BREAK SPACE}kB" in markup
    assert "#file-spreadsheet" in markup
    assert "De_<wbr>brief-<wbr>van_<wbr>14.<wbr>pdf<small>" in markup
    assert "<script" not in markup


def test_who_saves_data_is_spared(card: Card, rf: RequestFactory) -> None:
    request = rf.get("/", headers={"save-data": "on"})
    context = {"card": replace(card, photos=[PHOTO]), "request": request}
    assert "srcset" not in render_to_string("feed/_card.html", context)


def test_the_head_asks_for_the_first_picture_of_the_first_two_cards(card: Card) -> None:
    context = Context({"request": RequestFactory().get("/")})
    with_photo = replace(card, photos=[PHOTO])
    asked = post_card.first_picture(context, [card, with_photo])
    assert 'rel="preload"' in asked
    assert not post_card.first_picture(context, [card, card, with_photo]), "that is far below"
    sparing = Context({"request": RequestFactory().get("/", headers={"Save-Data": "on"})})
    assert "srcset" not in post_card.first_picture(sparing, [with_photo])
