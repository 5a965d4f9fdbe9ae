"""Pictures and films side by side: what a tile links to, says and shows, and what it costs."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.utils import translation

from kring.base.mosaic import Counts, Haste, mosaic, preloaded

HOSTILE = '"><script>x</script>'


class Photo(NamedTuple):
    small: str = "/media/1/small/x"
    medium: str = "/media/1/medium/x"
    large: str = "/media/1/large/x"
    width: int = 1600
    height: int = 1200
    placeholder: str = "1QcSHQRnh493V4dIh4eXh1h4kJUI"
    colour: str = "#a0b1c2"
    description: str = ""
    kind: str = "photo"
    state: str = "ready"
    film: str = ""
    seconds: int = 0
    save: str = ""
    trouble: str = ""


FILM = Photo(kind="film", film="/media/1/film/x", seconds=65)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def of(*photos: Photo, more: int = 0, more_films: int = 0, sparing: bool = False) -> str:
    films = sum(photo.kind == "film" for photo in photos) + more_films
    counts = Counts(len(photos) + more - films, films)
    return mosaic(photos, counts, sparing=sparing)


def test_what_people_typed_is_escaped() -> None:
    hostile = Photo(HOSTILE, HOSTILE, HOSTILE, 4, 3, HOSTILE, HOSTILE, HOSTILE, save=HOSTILE)
    for photo in (hostile, hostile._replace(medium="", colour=""), hostile._replace(kind="film")):
        assert "<script" not in of(photo)


def test_it_says_how_many_are_left_out() -> None:
    markup = of(*[Photo()] * 5, more=4)
    assert 'class="mosaic of5"' in markup
    assert markup.count('data-more="+4"') == 1


def test_what_is_left_out_is_told_on_the_last_that_opens() -> None:
    waiting = FILM._replace(state="waiting")
    markup = of(Photo(), Photo(large="/last"), waiting, more=4)
    assert '<a class="more" data-more="+4" href="/last"' in markup
    assert "data-more" not in of(waiting, more=1)


def test_a_photo_without_description_is_numbered() -> None:
    assert 'alt="Photo 2 of 6"' in of(Photo(), Photo(), more=4)


def test_photos_and_films_are_counted_apart() -> None:
    markup = of(Photo(), FILM, Photo(), more=3, more_films=1)
    found = re.findall(r'alt="([^"]+)"', markup)
    assert found == ["Photo 1 of 4", "Film 1 of 2", "Photo 2 of 4"]


def test_a_described_photo_is_called_what_it_shows() -> None:
    markup = of(Photo(description="Frogs & mud"))
    assert 'alt="Frogs &amp; mud"' in markup
    assert " data-described" in markup


def test_the_page_of_a_message_shows_all_photos_alike() -> None:
    assert 'class="mosaic all"' in of(*[Photo()] * 9)


def test_a_browser_chooses_among_sizes_by_how_wide_a_tile_is() -> None:
    alone = of(Photo())
    assert "small/x 400w, /media/1/medium/x 800w, /media/1/large/x 1600w" in alone
    assert "100vw" in alone
    together = of(Photo(), Photo())
    assert "small/x 400w, /media/1/medium/x 800w" in together
    assert "1600w" not in together


def test_sizes_are_widths_also_of_a_picture_that_stands_upright() -> None:
    markup = of(Photo(width=900, height=1600))
    assert "225w" in markup
    assert "450w" in markup
    assert "900w" in markup


def test_a_picture_that_is_small_itself_promises_no_more() -> None:
    assert 'srcset="/media/1/small/x 120w"' in of(Photo(width=120, height=90), Photo())


def test_who_saves_data_gets_small_pictures_and_opens_medium_ones() -> None:
    markup = of(Photo(), sparing=True)
    assert "srcset" not in markup
    assert 'href="/media/1/medium/x" data-size="800x600"' in markup


def test_an_older_picture_has_two_sizes_and_a_placeholder_of_its_own() -> None:
    old = Photo(medium="", colour="", placeholder="data:image/webp;base64,AA")
    markup = of(old, old)
    assert '<img class="under" src="data:image/webp;base64,AA" alt="">' in markup
    assert "small/x 400w, /media/1/large/x 1600w" in markup
    assert 'href="/media/1/large/x" data-size="1600x1200"' in of(old, sparing=True)


def test_until_a_picture_is_there_its_colour_is_seen() -> None:
    assert '<rect width="100%" height="100%" fill="#a0b1c2"/>' in of(Photo())


def test_a_film_links_to_itself_and_says_how_long_it_is() -> None:
    markup = of(FILM)
    assert 'href="/media/1/film/x"' in markup
    assert 'data-kind="film"' in markup
    assert "1:05" in markup


def test_a_described_film_still_says_that_it_is_one() -> None:
    assert '<span class="hidden">Film 1 of 1</span>' in of(FILM._replace(description="A song"))


def test_a_moving_picture_says_so_in_words() -> None:
    markup = of(Photo(kind="animation"), sparing=True)
    assert 'href="/media/1/large/x"' in markup
    assert "moving picture" in markup


def test_a_film_that_is_not_there_yet_is_no_link() -> None:
    markup = of(FILM._replace(state="waiting"))
    assert "<a" not in markup
    assert "The film is being made ready." in markup


def test_a_film_that_failed_stands_below_the_others_with_why() -> None:
    failed = FILM._replace(state="failed", trouble="It is <b>damaged</b>.")
    markup = of(failed, FILM, Photo(), more=1)
    mosaic, lost = markup.split("</photo-mosaic>")
    assert 'class="mosaic of2"' in mosaic
    assert 'alt="Film 1 of 1"' in mosaic
    assert 'data-more="+1"' in mosaic
    assert "The film did not come along.</b> It is &lt;b&gt;damaged&lt;/b&gt;. Families" in lost
    assert "photo-mosaic" not in of(failed)


@pytest.mark.parametrize(
    ("photo", "said"),
    [
        (Photo(), None),
        (Photo(save="/media/1/large/x"), ""),
        (Photo(save="/media/1/original/x/photo.jpg"), "/media/1/original/x/photo.jpg"),
        (FILM._replace(save="/media/1/film/x"), ""),
    ],
    ids=["not", "large", "original", "film"],
)
def test_saving_is_offered_only_where_it_is_allowed(photo: Photo, said: str | None) -> None:
    found = re.search(r'data-save="([^"]*)"', of(photo))
    assert (found and found[1]) == said


def test_the_first_picture_of_a_page_comes_first_and_those_far_below_when_they_are_near() -> None:
    markup = mosaic([Photo()] * 6, Counts(6, 0), Haste.FIRST)
    assert markup.count('fetchpriority="high"') == 1
    assert markup.count('loading="lazy"') == 1
    assert of(Photo(), Photo()).count('loading="lazy"') == 2


def test_the_first_picture_is_asked_for_in_the_sizes_of_its_tile() -> None:
    alone, several = preloaded([Photo()]), preloaded([Photo()] * 4)
    assert 'imagesrcset="/media/1/small/x 400w, /media/1/medium/x 800w' in alone
    for link, photos in ((alone, [Photo()]), (several, [Photo()] * 4)):
        srcset, sizes = re.findall(r'image(?:srcset|sizes)="([^"]+)"', link)
        assert f'srcset="{srcset}" sizes="{sizes}"' in of(*photos)


def test_who_spares_data_gets_the_small_one_first_too() -> None:
    link = preloaded([Photo()], sparing=True)
    assert 'href="/media/1/small/x"' in link
    assert "medium" not in link


def test_a_film_that_is_not_there_yet_is_not_asked_for() -> None:
    assert not preloaded([FILM._replace(state="waiting"), Photo()])
    assert not preloaded([])
    assert "<script" not in preloaded([Photo(HOSTILE, HOSTILE, HOSTILE)])
