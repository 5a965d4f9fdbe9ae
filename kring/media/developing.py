"""One photo decoded and written anew in three sizes: what a child of the darkroom does."""

import logging
from collections import defaultdict
from math import sqrt

import pyvips

from kring.media.negatives import LOADERS, Negative, opened
from kring.media.photo import LARGE, MEDIUM, SMALL, Limits, PhotoRefused, Reason, pack, refuse
from kring.media.thumbhash import thumbhash

_ALIKE = 6  # bits of a band that do not tell colours apart
TINY = 32  # pixels of the long side of what the ThumbHash is made of
_OPERATIONS = (
    "arrayjoin",
    "bandfold",
    "colourspace",
    "crop",
    "flatten",
    "jpegsave_buffer",
    "shrink",
    "thumbnail_image",
    "thumbnail_source",
    "webpsave_buffer",
)


class _Holes(logging.Handler):
    """Notices the holes that libvips leaves in a picture when it runs out of memory half-way.

    Of a broken file it says so by an error; of these it only warns, and goes on with what it has.
    """

    found = False

    def emit(self, record: logging.LogRecord) -> None:
        """Take a warning of libvips."""
        said = record.getMessage()
        self.found |= "out of memory" in said or "error in tile" in said


_holes = _Holes(logging.WARNING)


def prepare() -> None:
    """Block every reader of libvips but four, and learn once what every child would learn."""
    pyvips.block_untrusted_set(state=True)
    pyvips.operation_block_set("VipsForeignLoad", state=True)
    for loader in LOADERS:
        pyvips.operation_block_set(loader, state=False)
    pyvips.cache_set_max(0)
    logging.getLogger("pyvips").addHandler(_holes)
    for operation in _OPERATIONS:
        pyvips.Introspect.get(operation)


def develop(photo: bytes, limits: Limits, *, keep_original: bool) -> list[bytes]:
    """Decode a photo and pack its renditions, within the limits; raises ``PhotoRefused``."""
    try:
        with opened(photo, limits) as negative:
            parts = _renditions(negative, limits, keep_original=keep_original)
    except MemoryError:
        raise PhotoRefused(Reason.TOO_MANY_PIXELS) from None
    except pyvips.Error as error:  # what does not fit in memory is not broken
        full = "memory" in error.detail
        raise PhotoRefused(Reason.TOO_MANY_PIXELS if full else Reason.BROKEN) from None
    refuse(Reason.TOO_MANY_PIXELS, when=_holes.found)
    return parts


def _renditions(negative: Negative, limits: Limits, *, keep_original: bool) -> list[bytes]:
    """The large picture of an animation moves, and it has no original."""
    moving = negative.moving(LARGE)
    original = _original(negative, limits) if keep_original and moving is None else b""
    large = negative.within(LARGE).copy_memory()
    medium = _shrunk(large, MEDIUM)
    small = _shrunk(medium, SMALL)
    tiny = _shrunk(small, TINY)
    pixels = bytes(tiny.write_to_memory())
    return pack(
        size=(large.width, large.height),
        animated=moving is not None,
        colour=_main_colour(pixels),
        thumbhash=thumbhash(tiny.width, tiny.height, pixels),
        renditions=(
            _webp(small, 75),
            _webp(medium, 78),
            _webp(large, 80) if moving is None else _webp(moving, 75),
        ),
        original=original,
    )


def _main_colour(pixels: bytes) -> bytes:
    """The mean of the largest part of alike colours; red, green and blue of each pixel come in."""
    alike: defaultdict[tuple[int, ...], list[bytes]] = defaultdict(list)
    for at in range(0, len(pixels), 3):
        pixel = pixels[at : at + 3]
        alike[tuple(band >> _ALIKE for band in pixel)].append(pixel)
    most = max(alike.values(), key=len)
    return bytes(sum(bands) // len(most) for bands in zip(*most, strict=True))


def _original(negative: Negative, limits: Limits) -> bytes:
    """All of the picture as a JPEG, or nothing when that does not fit in memory beside its decoder.

    What has more pixels than can be turned in memory is made smaller.
    """
    width, height = negative.width, negative.height
    pixels = min(width * height, limits.original_pixels)
    if 2 * negative.held + 3 * pixels > limits.held_bytes:
        return b""
    side = int(max(width, height) * sqrt(pixels / (width * height)))
    written: bytes = negative.within(side).jpegsave_buffer(Q=90, keep="none", subsample_mode="on")
    return written


def _shrunk(image: pyvips.Image, side: int) -> pyvips.Image:
    return image.thumbnail_image(side, height=side, size="down").copy_memory()


def _webp(image: pyvips.Image, quality: int) -> bytes:
    """Effort 2 of 6 makes files some 4 % larger than the usual 4, in half of its time."""
    written: bytes = image.webpsave_buffer(Q=quality, effort=2, keep="none")
    return written
