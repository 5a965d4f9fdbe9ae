"""Pictures and films side by side: a tile for each, with a blur to look at until it is there.

Written in Python, as all that stands on a page many times: three addresses and some sixty bytes
for each. A tile is a link, so that it opens without script, too.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache, lru_cache
from html import escape
from typing import NamedTuple, Protocol

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.base.templatetags.ui import icon

MOST = 5  # tiles of a card
SMALL, MEDIUM = 400, 800  # pixels of the long side
FULL = "(min-width: 48rem) 680px, 100vw"
# Of those that share a row: a little more than the tile, for a square shows the middle of a picture
# that is wider.
LARGE_PART = "(min-width: 48rem) 600px, 80vw"
HALF = "(min-width: 48rem) 400px, 60vw"
THIRD = "(min-width: 48rem) 300px, 40vw"
WIDTHS: dict[int, tuple[str, ...]] = {
    1: (FULL,),
    2: (HALF,) * 2,
    3: (LARGE_PART, THIRD, THIRD),
    4: (HALF,) * 4,
    5: (HALF, HALF, THIRD, THIRD, THIRD),
}
FILM, ANIMATION = "film", "animation"
READY, FAILED = "ready", "failed"


class Photo(Protocol):
    """A picture or film: its addresses, the size of the largest, and how it looks from afar."""

    @property
    def small(self) -> str: ...
    @property
    def medium(self) -> str:
        """Nothing for an older picture: its placeholder is an image then."""
        ...

    @property
    def large(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def placeholder(self) -> str:
        """A ThumbHash in base64."""
        ...

    @property
    def colour(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def film(self) -> str: ...
    @property
    def seconds(self) -> int: ...
    @property
    def save(self) -> str:
        """Where one may save it; nothing where one may not."""
        ...

    @property
    def trouble(self) -> str:
        """Of a film that failed, which only the staff sees: why, and what to do."""
        ...


class Haste(Enum):
    """How soon a browser needs the pictures of a mosaic."""

    LATER = ' loading="lazy" decoding="async"'
    SOON = ' decoding="async"'
    FIRST = ' decoding="async" fetchpriority="high"'


class Counts(NamedTuple):
    """How many there are of a post, also of those that a card leaves out."""

    photos: int
    films: int


def mosaic(
    photos: Sequence[Photo],
    counts: Counts,
    haste: Haste = Haste.LATER,
    *,
    sparing: bool = False,
) -> SafeString:
    """One to five side by side, the last with how many are left out; or all of them.

    Below them the films that failed. ``sparing``: for a line that is slow or dear, small pictures
    only.
    """
    left_out = sum(counts) - len(photos)
    lost = [photo for photo in photos if photo.state == FAILED]
    if lost:
        photos = [photo for photo in photos if photo.state != FAILED]
        counts = counts._replace(films=counts.films - len(lost))
    tiles = _tiles(photos, counts, haste, left_out, sparing=sparing) if photos else ""
    return SafeString(tiles + "".join(_lost(photo) for photo in lost))


def _tiles(
    photos: Sequence[Photo], counts: Counts, haste: Haste, left_out: int, *, sparing: bool
) -> str:
    count, language = len(photos), get_language()
    widths = WIDTHS.get(count, (THIRD,) * count)
    tiles = [
        _tile(photo, said, width, _of(haste, number), sparing=sparing)
        for number, (photo, said, width) in enumerate(
            zip(photos, _numbered(photos, counts, language), widths, strict=True)
        )
    ]
    if left_out:
        _mark_last(tiles, f"+{left_out}")
    look = f"of{count}" if count <= MOST else "all"
    return f'<photo-mosaic class="mosaic {look}">{"".join(tiles)}</photo-mosaic>'


def _mark_last(tiles: list[str], more: str) -> None:
    """On the last that opens, for a film that is not there yet opens nothing."""
    for place in reversed(range(len(tiles))):
        if tiles[place].startswith("<a"):
            tiles[place] = f'<a class="more" data-more="{more}"{tiles[place][2:]}'
            return


def preloaded(photos: Sequence[Photo], *, sparing: bool = False) -> SafeString:
    """For the head of a page: the first picture of a mosaic, in the size that its tile will take.

    Nothing where a film stands first that is not there yet.
    """
    if not photos or photos[0].state != READY:
        return SafeString()
    first, width = photos[0], WIDTHS.get(len(photos), (THIRD,))[0]
    looks = "" if sparing else _looks(first, width)
    looks = looks.replace(" srcset=", " imagesrcset=").replace(" sizes=", " imagesizes=")
    return SafeString(
        f'<link rel="preload" as="image" fetchpriority="high" href="{escape(first.small)}"{looks}>'
    )


def _of(haste: Haste, number: int) -> Haste:
    """Of all pictures of a mosaic the first is needed first, and what stands far below later."""
    if number == 0 or haste is Haste.LATER:
        return haste
    return Haste.SOON if number < MOST else Haste.LATER


def _numbered(photos: Sequence[Photo], counts: Counts, language: str | None) -> Iterator[str]:
    """What each is called that nobody described."""
    pictures = films = 0
    for photo in photos:
        if photo.kind == FILM:
            films += 1
            yield _film(films, counts.films, language)
        else:
            pictures += 1
            yield _photo(pictures, counts.photos, language)


@cache
def _photo(number: int, count: int, _language: str | None) -> str:
    return escape(_("Photo %(number)d of %(count)d") % {"number": number, "count": count})


@cache
def _film(number: int, count: int, _language: str | None) -> str:
    return escape(_("Film %(number)d of %(count)d") % {"number": number, "count": count})


def _tile(photo: Photo, numbered: str, width: str, haste: Haste, *, sparing: bool) -> str:
    if photo.state != READY:
        return _awaited(get_language())
    described = escape(photo.description) if photo.description else ""
    address, size = _opened(photo, sparing=sparing)
    looks = "" if sparing else _looks(photo, width)
    return (
        f'<a href="{address}" data-size="{size}"{_marks(photo, described)}>{_under(photo)}'
        f'{_sign(photo, numbered if described else "")}<img src="{escape(photo.small)}"{looks}'
        f' width="{photo.width}" height="{photo.height}" alt="{described or numbered}"'
        f"{haste.value}></a>"
    )


def _opened(photo: Photo, *, sparing: bool) -> tuple[str, str]:
    """What opens, and its size: the film itself, or the largest picture."""
    width, height = photo.width, photo.height
    if photo.kind == FILM:
        return escape(photo.film), f"{width}x{height}"
    if sparing and photo.medium and photo.kind != ANIMATION:
        longest = max(width, height, MEDIUM)
        size = f"{width * MEDIUM // longest}x{height * MEDIUM // longest}"
        return escape(photo.medium), size
    return escape(photo.large), f"{width}x{height}"


def _marks(photo: Photo, described: str) -> str:
    """For js/photo-lightbox.js."""
    marks = "" if photo.kind == "photo" else f' data-kind="{photo.kind}"'
    if described:
        marks += " data-described"
    if photo.save:
        kept = "" if photo.save in (photo.large, photo.film) else escape(photo.save)
        marks += f' data-save="{kept}"'
    return marks


def _under(photo: Photo) -> str:
    """What is seen first: the main colour, which js/photo-mosaic.js turns into a blur."""
    if not photo.colour:
        return f'<img class="under" src="{escape(photo.placeholder)}" alt="">'
    return (
        f'<svg class="under" data-hash="{escape(photo.placeholder)}" aria-hidden="true">'
        f'<rect width="100%" height="100%" fill="{escape(photo.colour)}"/></svg>'
    )


def _sign(photo: Photo, unsaid: str) -> str:
    """That it moves; and what it is, where the description says something else."""
    if photo.kind == FILM:
        length = f"{photo.seconds // 60}:{photo.seconds % 60:02}"
        said = f'<span class="hidden">{unsaid}</span>' if unsaid else ""
        return f'<span class="sign">{icon("play", "small")}{said}{length}</span>'
    if photo.kind == ANIMATION:
        said = escape(_("moving picture"))
        return (
            f'<span class="sign"><span aria-hidden="true">GIF</span>'
            f'<span class="hidden">{said}</span></span>'
        )
    return ""


@cache
def _awaited(_language: str | None) -> str:
    """In the place of a film that is not there yet."""
    said = escape(_("The film is being made ready."))
    return f"<p>{icon('film')}<span>{said}</span></p>"


def _lost(photo: Photo) -> str:
    """For the staff: that a film will never be there, why, and what to do."""
    said, then = _("The film did not come along."), _("Families see nothing of it.")
    why = f"{escape(photo.trouble)} " if photo.trouble else ""
    return (
        f'<p class="lost">{icon("video-off")}<span><b>{escape(said)}</b> {why}{escape(then)}</span>'
        "</p>"
    )


def _looks(photo: Photo, width: str) -> str:
    """The sizes that there are, for the browser to take what it needs."""
    small, medium, large = _widths(photo.width, photo.height)
    sources = f"{escape(photo.small)} {small}w"
    if photo.medium and medium > small:
        sources += f", {escape(photo.medium)} {medium}w"
    # Of the others, the medium one is twice as sharp as any tile needs.
    if large > (medium if photo.medium else small) and (width == FULL or not photo.medium):
        sources += f", {escape(photo.large)} {large}w"
    return f' srcset="{sources}" sizes="{width}"'


@lru_cache(maxsize=1024)
def _widths(width: int, height: int) -> tuple[int, int, int]:
    """Of the three sizes, which have their long side in common."""
    longest = max(width, height, 1)
    return (
        width * min(SMALL, longest) // longest,
        width * min(MEDIUM, longest) // longest,
        width,
    )
