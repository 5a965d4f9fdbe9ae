"""Photos made anew: what people send is decoded elsewhere, and only our own pictures are kept."""

import os
from functools import cache
from typing import IO

from django.conf import settings

from kring.media.photo import Limits, PhotoRefused, Reason, Rendered, is_webp
from kring.media.renderers import Renderers

__all__ = ["PhotoRefused", "Reason", "Rendered", "render"]

_HEAD_BYTES = 64
_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def render(photo: IO[bytes]) -> Rendered:
    """Make the renditions of a JPEG, PNG or WebP, known by its content and never by its name.

    Takes about a tenth of a second for a phone's photo, at most ``Limits.wall_seconds`` for any,
    and longer only while it waits for its turn. Raises ``PhotoRefused``.
    """
    size = photo.seek(0, os.SEEK_END)
    photo.seek(0)
    if refused := _refused_at_the_door(photo.read(_HEAD_BYTES), size):
        raise PhotoRefused(refused)
    return Rendered.unpack(_renderers().render(photo, size))


def _refused_at_the_door(head: bytes, size: int) -> Reason | None:
    """What a look at the first bytes tells, before anything is decoded."""
    if not head:
        return Reason.EMPTY
    if size > settings.PHOTO_MAX_BYTES:
        return Reason.TOO_LARGE
    if head.startswith((_JPEG, _PNG)) or is_webp(head):
        return None
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return Reason.HEIC
    return Reason.UNKNOWN_KIND


@cache
def _renderers() -> Renderers:
    return Renderers(Limits(), settings.PHOTO_RENDERERS)


os.register_at_fork(after_in_child=_renderers.cache_clear)  # pipes are not for two to share
