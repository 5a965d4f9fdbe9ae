"""Photos of which only the header was read: what they would cost, and how to get their pixels."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import pyvips

from kring.media import avif, heic
from kring.media.kinds import Kind, frames, gif_pixels, held_by, kind_of
from kring.media.photo import Limits, PhotoRefused, Reason, refuse

LOADERS = (  # of libvips; no other runs, whatever the content says it is
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadWebp",
    "VipsForeignLoadNsgif",
)
_STRICT = "fail_on=error"  # as text: thumbnail's own argument never reaches the decoder (8.18)
_IN_MEMORY = 24_000_000  # pixels of a HEIC in memory together, after its tiles were made smaller


class Negative(Protocol):
    """A photo that keeps within the limits as far as its header says."""

    @property
    def width(self) -> int:
        """In pixels, before or after the picture is turned."""

    @property
    def height(self) -> int:
        """In pixels, before or after the picture is turned."""

    @property
    def held(self) -> int:
        """Bytes of memory that are taken for as long as pixels come out."""

    def within(self, side: int) -> pyvips.Image:
        """The picture, right way up, in sRGB and opaque, its long side at most ``side`` pixels."""

    def moving(self, side: int) -> pyvips.Image | None:
        """The same of all pictures of an animation, one below the other; None of a photo."""


@contextmanager
def opened(photo: bytes, limits: Limits) -> Iterator[Negative]:
    """The photo, when it keeps within the limits; raises ``PhotoRefused``."""
    match kind_of(photo):
        case None:
            raise PhotoRefused(Reason.UNKNOWN_KIND)
        case Kind.HEIC:
            with heic.opened(photo) as inside:
                _check(inside.width * inside.height, inside.at_once * heic.BYTES, limits)
                yield _Decoded(inside)
        case Kind.AVIF:
            picture = avif.opened(photo)
            pixels = picture.width * picture.height
            _check(pixels, pixels * avif.BYTES, limits)
            yield _Decoded(picture)
        case kind:
            yield _readable(photo, kind, limits)


def _check(pixels: int, held: int, limits: Limits) -> None:
    """Whether there are too many pixels, or too many that must be in memory together."""
    refuse(Reason.TOO_MANY_PIXELS, when=pixels > limits.pixels or held > limits.held_bytes)


@dataclass(frozen=True, slots=True)
class _Readable:
    """What libvips reads itself, more coarsely at once where the format allows it."""

    width: int
    height: int
    held: int
    photo: bytes
    profiled: bool
    frames: int

    def within(self, side: int) -> pyvips.Image:
        return self._shrunk(side, f"[{_STRICT}]")

    def moving(self, side: int) -> pyvips.Image | None:
        return self._shrunk(side, f"[n=-1,{_STRICT}]") if self.frames > 1 else None

    def _shrunk(self, side: int, options: str) -> pyvips.Image:
        source = pyvips.Source.new_from_memory(self.photo)
        return _finished(
            pyvips.Image.thumbnail_source(
                source,
                side,
                height=side,
                size="down",
                option_string=options,
                **_to_srgb(profiled=self.profiled),
            )
        )


class _Decoded:
    """What others decode into memory; once where that will do, because HEIC takes the longest."""

    held = 0

    def __init__(self, inside: heic.Heic | avif.Avif) -> None:
        self._inside = inside
        self.width, self.height = inside.width, inside.height
        self._factor = 0
        self._image: pyvips.Image = None

    def within(self, side: int) -> pyvips.Image:
        factor = self._coarsest(side)
        if not 0 < self._factor <= factor:
            self._image = None  # its memory is needed for the next
            self._image, self._factor = self._inside.decoded(factor), factor
        image = self._image.copy()
        if self._inside.profile:
            image.set_type(pyvips.GValue.blob_type, "icc-profile-data", self._inside.profile)
        profile = _to_srgb(profiled=bool(self._inside.profile))
        return _finished(image.thumbnail_image(side, height=side, size="down", **profile))

    def moving(self, side: int) -> None:
        """What moves in these files is left out."""

    def _coarsest(self, side: int) -> int:
        """By which power of two the decoder may make each side smaller."""
        shorter, longer = sorted((self.width, self.height))
        factor = 1
        while shorter >= 2 * factor and (
            longer // (2 * factor) >= side or shorter * longer > _IN_MEMORY * factor**2
        ):
            factor *= 2
        return factor


def _readable(photo: bytes, kind: Kind, limits: Limits) -> _Readable:
    """What libvips would remember of a GIF from its header on is bounded before it looks."""
    count = frames(photo, kind, limits.frames)
    refuse(Reason.TOO_MANY_FRAMES, when=count > limits.frames)
    _check(gif_pixels(photo) if kind is Kind.GIF else 0, 0, limits)
    source = pyvips.Source.new_from_memory(photo)
    header = pyvips.Image.new_from_source(source, "", access="sequential")
    pixels = header.width * header.height
    held = held_by(photo, kind, pixels)
    _check(0 if kind is Kind.JPEG and pixels <= limits.jpeg_pixels else pixels, held, limits)
    refuse(Reason.TOO_MANY_FRAMES, when=count > 1 and count * pixels > limits.moving_pixels)
    profiled = bool(header.get_typeof("icc-profile-data"))
    return _Readable(header.width, header.height, held, photo, profiled, count)


def _to_srgb(*, profiled: bool) -> dict[str, str]:
    """Without a profile libvips takes the colours for what they usually are.

    To ask for the conversion all the same would cost three times the decoding.
    """
    return {"output_profile": "srgb"} if profiled else {}


def _finished(image: pyvips.Image) -> pyvips.Image:
    """White lies below, because a drawing in black lines would be lost in a dark theme."""
    image = image.colourspace("srgb")
    return image.flatten(background=255) if image.hasalpha() else image
