"""What goes to the darkroom and what comes back: plain values, the same on both sides of its wall.

Only the standard library is imported here, because the darkroom knows no Django and no settings.
"""

import struct
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

LARGE = 1600  # pixels of the long side
SMALL = 400
LENGTH = struct.Struct("!I")  # goes before each photo and each reply on the pipes
_HEAD = struct.Struct("!16sHHIII")  # outcome, width, height, bytes of large, small and tiny
_DONE = "done"
_TINY_BYTES = 350  # keeps the placeholder within 500 characters


class Reason(StrEnum):
    """Why a file did not become a photo."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    HEIC = "heic"
    UNKNOWN_KIND = "unknown_kind"
    BROKEN = "broken"
    TOO_SLOW = "too_slow"
    BUSY = "busy"


class PhotoRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A file that does not become a photo, and why; the sentence for a person is in uploads.py."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    def pack(self) -> bytes:
        """The reply that says so."""
        return _HEAD.pack(self.reason.encode(), 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one photo may cost. The memory is address space, the seconds of CPU are whole ones."""

    pixels: int = 50_000_000
    memory_bytes: int = 1024 * 1024 * 1024
    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    reply_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A photo made anew: right way up, sRGB, opaque, without metadata.

    ``width`` and ``height`` are those of ``large``; both pictures are whole WebP files, and
    ``placeholder`` is a ``data:`` address of at most 500 characters.
    """

    width: int
    height: int
    large: bytes
    small: bytes
    placeholder: str

    @classmethod
    def unpack(cls, reply: bytes) -> Self:
        """Read a reply of the darkroom, trusting nothing in it; raises ``PhotoRefused``."""
        try:
            outcome, width, height, *sizes = _HEAD.unpack_from(reply)
            name = outcome.rstrip(b"\0").decode("ascii")
            refused = None if name == _DONE else Reason(name)
        except (struct.error, ValueError):
            raise PhotoRefused(Reason.BROKEN) from None
        if refused:
            raise PhotoRefused(refused)
        large, small, tiny = _cut(reply[_HEAD.size :], sizes)
        if not (0 < width <= LARGE and 0 < height <= LARGE and len(tiny) <= _TINY_BYTES):
            raise PhotoRefused(Reason.BROKEN)
        placeholder = f"data:image/webp;base64,{b64encode(tiny).decode()}"
        return cls(width=width, height=height, large=large, small=small, placeholder=placeholder)

    @property
    def bytes(self) -> int:
        """What the two files take in storage."""
        return len(self.large) + len(self.small)


def pack(width: int, height: int, large: bytes, small: bytes, tiny: bytes) -> bytes:
    """The reply that carries a rendered photo."""
    head = _HEAD.pack(_DONE.encode(), width, height, len(large), len(small), len(tiny))
    return head + large + small + tiny


def is_webp(head: bytes) -> bool:
    """Whether a file that begins so says that it is WebP."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _cut(body: bytes, sizes: list[int]) -> list[bytes]:
    """The pictures that lie one after another in ``body``."""
    pictures, start = [], 0
    for size in sizes:
        pictures.append(body[start : start + size])
        start += size
    if start != len(body) or not all(map(is_webp, pictures)):
        raise PhotoRefused(Reason.BROKEN)
    return pictures
