"""What goes to the darkroom and what comes back: plain values, the same on both sides of its wall.

Only the standard library is imported here, because the darkroom knows no Django and no settings.
"""

import struct
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

SMALL, MEDIUM, LARGE = 400, 800, 1600  # pixels of the long side
REQUEST = struct.Struct("!I?")  # goes before each photo: its bytes, and whether to keep it whole
LENGTH = struct.Struct("!I")  # goes before each reply
_HEAD = struct.Struct("!16sHH?3s26p4I")  # see ``pack``
_DONE = "done"
_SHORTEST_HASH = 5  # bytes of a ThumbHash that says nothing but the mean colour


class Reason(StrEnum):
    """Why a file did not become a photo, a film or a document."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_FRAMES = "too_many_frames"
    UNKNOWN_KIND = "unknown_kind"
    BROKEN = "broken"
    TOO_SLOW = "too_slow"
    BUSY = "busy"
    # films
    TOO_LONG = "too_long"
    NO_PICTURE = "no_picture"
    # documents
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"
    MACROS = "macros"
    LOCKED = "locked"
    TOO_MUCH_INSIDE = "too_much_inside"
    NOT_A_DOCUMENT = "not_a_document"


class PhotoRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A file that does not become a photo, and why; the sentence for a person is in uploads.py."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    def pack(self) -> bytes:
        """The reply that says so."""
        return _HEAD.pack(self.reason.encode(), 0, 0, 0, b"", b"", 0, 0, 0, 0)


def refuse(reason: Reason, *, when: bool) -> None:
    """Raise the refusal when it is so."""
    if when:
        raise PhotoRefused(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one photo may cost; the seconds of CPU are whole ones.

    ``memory_bytes`` is all that a child has, shared pages and all; ``held_bytes`` is what the
    header of a file may ask of it at once. A JPEG that comes row by row may have more pixels than
    any other kind, and an animation ``moving_pixels`` in all its pictures together.
    """

    pixels: int = 50_000_000
    jpeg_pixels: int = 200_000_000
    original_pixels: int = 24_000_000
    frames: int = 300
    moving_pixels: int = 50_000_000
    held_bytes: int = 100_000_000
    memory_bytes: int = 250_000_000
    cpu_seconds: int = 10
    wall_seconds: float = 30.0
    reply_bytes: int = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A photo made anew: right way up, sRGB, opaque, without metadata.

    ``width`` and ``height`` are those of ``large``. ``small``, ``medium`` and ``large`` are whole
    WebP files; of an animation (``animated``) ``large`` moves and the others show its first
    picture. ``original`` is a JPEG, or nothing where it was not asked for. ``thumbhash`` is base64
    without padding, ``colour`` is ``#rrggbb``.
    """

    width: int
    height: int
    small: bytes
    medium: bytes
    large: bytes
    thumbhash: str
    colour: str
    animated: bool = False
    original: bytes = b""

    @classmethod
    def unpack(cls, reply: bytes) -> Self:
        """Read a reply of the darkroom, trusting nothing in it; raises ``PhotoRefused``."""
        try:
            outcome, width, height, animated, colour, thumb, *sizes = _HEAD.unpack_from(reply)
            name = outcome.rstrip(b"\0").decode("ascii")
            refused = None if name == _DONE else Reason(name)
        except (struct.error, ValueError):
            raise PhotoRefused(Reason.BROKEN) from None
        if refused:
            raise PhotoRefused(refused)
        small, medium, large, original = _cut(reply[_HEAD.size :], sizes)
        if not (0 < width <= LARGE and 0 < height <= LARGE and len(thumb) >= _SHORTEST_HASH):
            raise PhotoRefused(Reason.BROKEN)
        return cls(
            width=width,
            height=height,
            small=small,
            medium=medium,
            large=large,
            thumbhash=b64encode(thumb).decode().rstrip("="),
            colour=f"#{colour.hex()}",
            animated=animated,
            original=original,
        )

    @property
    def bytes(self) -> int:
        """What its files take in storage."""
        return len(self.small) + len(self.medium) + len(self.large) + len(self.original)


def pack(
    *,
    size: tuple[int, int],
    animated: bool,
    colour: bytes,
    thumbhash: bytes,
    renditions: tuple[bytes, bytes, bytes],
    original: bytes = b"",
) -> list[bytes]:
    """The reply that carries a rendered photo, in parts: a copy of it all would cost memory.

    ``size`` is the width and height of the large picture, ``colour`` three bytes of red, green
    and blue, ``thumbhash`` at most 25 bytes, and ``renditions`` go from small to large.
    """
    files = [*renditions, original]
    head = _HEAD.pack(_DONE.encode(), *size, animated, colour, thumbhash, *map(len, files))
    return [head, *files]


def is_webp(head: bytes) -> bool:
    """Whether a file that begins so says that it is WebP."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def is_jpeg(head: bytes) -> bool:
    """Whether a file that begins so says that it is a JPEG."""
    return head[:3] == b"\xff\xd8\xff"


def _cut(body: bytes, sizes: list[int]) -> list[bytes]:
    """The files that lie one after another in ``body``."""
    files, start = [], 0
    for size in sizes:
        files.append(body[start : start + size])
        start += size
    *pictures, original = files
    if start != len(body) or not all(map(is_webp, pictures)):
        raise PhotoRefused(Reason.BROKEN)
    if original and not is_jpeg(original):
        raise PhotoRefused(Reason.BROKEN)
    return files
