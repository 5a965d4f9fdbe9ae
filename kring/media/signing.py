"""Addresses of files: good for one session, one asset, one size, and a few minutes.

An address ends in ``<period>-<seal>``, and that of a file to save in its name after it. Time is cut
in periods of two and a half minutes; an address says in which period it was made and is good until
the end of the next, so it lives between one and two periods, and a page that is asked again within
its period carries the same addresses and finds the pictures in the browser's cache. The seals are
the quarters of an HMAC-SHA512 over period, asset and the session's key, a quarter for each size
that is looked at: 128 bits. A file to save has one of its own, over its name too. They are checked
without the database, so a revoked right ends with the address.

``django.core.signing`` derives its key anew for each signature; a page with 120 pictures would pay
for that, so the key is derived once and the rest is ``hmac.digest`` of the standard library.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from functools import cache
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

PERIOD = 150  # seconds
SIZES = ("small", "medium", "large", "film")  # looked at
SAVED = ("original", "document")  # saved, under a name
_SEAL_BYTES = 16


class Addresses(NamedTuple):
    """Of one picture or film, in all sizes."""

    small: str
    medium: str
    large: str
    film: str


def sign(asset_id: UUID, size: str, session_key: str) -> str:
    """The path under which this session may fetch a picture in ``size`` for the next minutes."""
    if size not in SIZES:
        raise ValueError(f"No address for size {size!r}.")
    return sign_all(asset_id, session_key)[SIZES.index(size)]


def sign_all(asset_id: UUID, session_key: str) -> Addresses:
    """The same for all sizes, for the work of one."""
    if not session_key:
        raise ValueError("No address without a session.")
    text, period = str(asset_id), int(time.time()) // PERIOD
    small, medium, large, film = _seals(text, session_key, period)
    return Addresses(
        f"/media/{text}/small/{period}-{small}",
        f"/media/{text}/medium/{period}-{medium}",
        f"/media/{text}/large/{period}-{large}",
        f"/media/{text}/film/{period}-{film}",
    )


def sign_saved(asset_id: UUID, size: str, name: str, session_key: str) -> str:
    """The path under which this session may save a file as ``name`` for the next minutes."""
    if size not in SAVED:
        raise ValueError(f"No address for size {size!r}.")
    if not session_key:
        raise ValueError("No address without a session.")
    period = int(time.time()) // PERIOD
    seal = _seal_of_saved(str(asset_id), size, name, session_key, period)
    return f"/media/{asset_id}/{size}/{period}-{seal}/{quote(name, safe='')}"


def seconds_left(
    asset_id: UUID, size: str, session_key: str, signature: str, name: str = ""
) -> int:
    """How long an address is still good; 0 when it is not, for whatever reason."""
    period_text, _, seal = signature.partition("-")
    now = int(time.time())
    period = now // PERIOD if period_text == str(now // PERIOD) else now // PERIOD - 1
    if period_text != str(period) or not session_key:
        return 0
    if size in SIZES and not name:
        expected = _seals(str(asset_id), session_key, period)[SIZES.index(size)]
    elif size in SAVED and name:
        expected = _seal_of_saved(str(asset_id), size, name, session_key, period)
    else:
        return 0
    if not hmac.compare_digest(expected.encode(), seal.encode()):
        return 0
    return (period + 2) * PERIOD - now


def _seals(asset_id: str, session_key: str, period: int) -> tuple[str, str, str, str]:
    """Only the session's key can hold any character, and it comes last: nothing reads two ways."""
    sealed = f"{period}/{asset_id}/{session_key}".encode()
    digest = hmac.digest(_key(settings.SECRET_KEY), sealed, "sha512")
    return _text(digest[:16]), _text(digest[16:32]), _text(digest[32:48]), _text(digest[48:])


def _seal_of_saved(asset_id: str, size: str, name: str, session_key: str, period: int) -> str:
    """The name is quoted, so that it holds no slash; a size never looks like a session's key."""
    sealed = f"saved/{size}/{quote(name, safe='')}/{period}/{asset_id}/{session_key}".encode()
    digest = hmac.digest(_key(settings.SECRET_KEY), sealed, "sha512")
    return _text(digest[:_SEAL_BYTES])


def _text(seal: bytes) -> str:
    return urlsafe_b64encode(seal)[:-2].decode()


@cache
def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"kring.media.signing", "sha256")
