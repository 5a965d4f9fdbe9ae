"""Photos made anew: what people send is decoded elsewhere, and only our own pictures are kept."""

import os
from functools import cache
from typing import IO

from django.conf import settings

from kring.media.kinds import HEAD_BYTES, kind_of
from kring.media.photo import Limits, PhotoRefused, Reason, Rendered
from kring.media.renderers import Renderers

__all__ = ["PhotoRefused", "Reason", "Rendered", "render"]


def render(photo: IO[bytes], *, keep_original: bool = False) -> Rendered:
    """Make the renditions of a photo or an animation, known by its content, never by its name.

    Takes a tenth of a second for a phone's photo, half a second for its HEIC, and at most
    ``Limits.wall_seconds`` for any; longer only while it waits for its turn. ``keep_original``
    asks for a picture of full size besides. Raises ``PhotoRefused``.
    """
    size = photo.seek(0, os.SEEK_END)
    photo.seek(0)
    if refused := _refused_at_the_door(photo.read(HEAD_BYTES), size):
        raise PhotoRefused(refused)
    return Rendered.unpack(_renderers().render(photo, size, keep_original=keep_original))


def _refused_at_the_door(head: bytes, size: int) -> Reason | None:
    """What a look at the first bytes tells, before anything is decoded."""
    if not head:
        return Reason.EMPTY
    if size > settings.PHOTO_MAX_BYTES:
        return Reason.TOO_LARGE
    return None if kind_of(head) else Reason.UNKNOWN_KIND


@cache
def _renderers() -> Renderers:
    return Renderers(Limits(), settings.PHOTO_RENDERERS)


os.register_at_fork(after_in_child=_renderers.cache_clear)  # pipes are not for two to share
