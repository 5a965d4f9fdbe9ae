"""A cookie that says: these people signed in on this device before.

It opens nothing by itself. It keeps a stranger who asks for codes in somebody's name from using up
what that person may ask for on an own device, and it spares who types the right password here the
code that other devices have to give besides. The cookie holds marks of people, never a name; who
signs out everywhere is unknown on every device again.
"""

import secrets
import time
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from kring.accounts.models import User
from kring.accounts.security import mark

COOKIE = "__Host-device" if settings.SECURE else "device"
SALT = "kring.accounts.device"
KEPT = 365 * 24 * 60 * 60  # seconds
MOST = 4  # people: a family at one tablet


def remember(request: HttpRequest, response: HttpResponse, person: User) -> None:
    """Leave the cookie on the device of somebody who has just signed in."""
    number, known = _read(request)
    mine = mark(person.sign_in_name)
    others = [one for one in known if one[0] != mine][: MOST - 1]
    response.set_cookie(
        COOKIE,
        signing.dumps([number or secrets.token_hex(8), [mine, time.time()], *others], salt=SALT),
        max_age=KEPT,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def recognise(request: HttpRequest, name: str) -> str | None:
    """The device's own number, when who signs in with this name did so on it before."""
    number, known = _read(request)
    return number if any(one[0] == mark(name) for one in known) else None


def trusts(request: HttpRequest, person: User) -> bool:
    """Whether this person signed in here, and did not sign out everywhere since then."""
    since = person.signed_out_at.timestamp() if person.signed_out_at else 0
    mine = mark(person.sign_in_name)
    return any(one[0] == mine and one[1] > since for one in _read(request)[1])


def _read(request: HttpRequest) -> tuple[str | None, list[Any]]:
    try:
        number, *known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return None, []
    return str(number), [one for one in known if isinstance(one, list)]
