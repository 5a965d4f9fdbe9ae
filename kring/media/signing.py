"""Addresses of pictures: good for one session, one picture, one size, and a few minutes.

An address ends in ``<period>-<seal>``. Time is cut in periods of two and a half minutes; an address
says in which period it was made and is good until the end of the next, so it lives between one and
two periods, and a page that is asked again within its period carries the same addresses and finds
the pictures in the browser's cache. The seal is half of an HMAC-SHA256 over period, picture and
the session's key: the first 128 bits for the small size, the others for the large one. It is
checked without the database, so a revoked right ends with the address.

``django.core.signing`` derives its key anew for each signature; a page with 120 pictures would pay
for that, so the key is derived once and the rest is ``hmac.digest`` of the standard library.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

PERIOD = 150  # seconds
SIZES = ("small", "large")
_SEAL_BYTES = 16


class Addresses(NamedTuple):
    """Of one picture, in both sizes."""

    small: str
    large: str


def sign(asset_id: UUID, size: str, session_key: str) -> str:
    """The path under which this session may fetch a picture in ``size`` for the next minutes."""
    if size not in SIZES:
        raise ValueError(f"No address for size {size!r}.")
    return sign_both(asset_id, session_key)[SIZES.index(size)]


def sign_both(asset_id: UUID, session_key: str) -> Addresses:
    """The same for both sizes, for the work of one."""
    if not session_key:
        raise ValueError("No address without a session.")
    text, period = str(asset_id), int(time.time()) // PERIOD
    small, large = _seals(text, session_key, period)
    return Addresses(
        f"/media/{text}/small/{period}-{small}", f"/media/{text}/large/{period}-{large}"
    )


def seconds_left(asset_id: UUID, size: str, session_key: str, signature: str) -> int:
    """How long an address is still good; 0 when it is not, for whatever reason."""
    period_text, _, seal = signature.partition("-")
    now = int(time.time())
    period = now // PERIOD if period_text == str(now // PERIOD) else now // PERIOD - 1
    if period_text != str(period) or size not in SIZES or not session_key:
        return 0
    expected = _seals(str(asset_id), session_key, period)[SIZES.index(size)]
    if not hmac.compare_digest(expected.encode(), seal.encode()):
        return 0
    return (period + 2) * PERIOD - now


def _seals(asset_id: str, session_key: str, period: int) -> tuple[str, str]:
    """Only the session's key can hold any character, and it comes last: nothing reads two ways."""
    sealed = f"{period}/{asset_id}/{session_key}".encode()
    digest = hmac.digest(_key(settings.SECRET_KEY), sealed, "sha256")
    return _text(digest[:_SEAL_BYTES]), _text(digest[_SEAL_BYTES:])


def _text(seal: bytes) -> str:
    return urlsafe_b64encode(seal)[:-2].decode()


@cache
def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"kring.media.signing", "sha256")
