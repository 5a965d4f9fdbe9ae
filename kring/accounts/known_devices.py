"""A cookie that says: somebody with this address signed in on this device before.

It opens nothing. It only keeps a stranger who asks for codes in somebody's name from using up what
that person may ask for on an own device. The cookie holds a mark of the address, never the address.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from kring.accounts.security import mark

COOKIE = "__Host-device" if settings.SECURE else "device"
SALT = "kring.accounts.device"
KEPT = 365 * 24 * 60 * 60  # seconds


def remember(response: HttpResponse, address: str) -> None:
    """Leave the cookie on the device of somebody who has just signed in."""
    response.set_cookie(
        COOKIE,
        signing.dumps([secrets.token_hex(8), mark(address)], salt=SALT),
        max_age=KEPT,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def recognise(request: HttpRequest, address: str) -> str | None:
    """The device's own number, when this address signed in on it before."""
    try:
        number, known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(number) if known == mark(address) else None
