"""A tablet of the classroom: several people of the team, each with a short code that works there.

The tablet holds a secret of 256 bits in a cookie; who has set a code on it is known by its hash.
A code is set after a full sign-in with a second factor, so tablet and code together are two. It
opens an afternoon, not the account: what changes the ways in and the pages of an office still ask
for more, and who works at no school any more has a code that opens nothing.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from kring.accounts import security, sessions
from kring.accounts.models import TabletPin, User
from kring.base import clock
from kring.base.visibility import Viewer

COOKIE = settings.TABLET_COOKIE_NAME
KEPT = 365 * 24 * 60 * 60  # seconds
GOOD_FOR = timedelta(days=90)
MOST_WRONG = 5  # guesses in a row; then the code is gone, and a full sign-in sets another
SESSION = 4 * 60 * 60  # seconds that a session lasts that was opened with a code
MOST_PEOPLE = 12  # on one tablet
LENGTH = 6


def people_here(request: HttpRequest) -> QuerySet[TabletPin]:
    """Who can take over this tablet with a code."""
    here = TabletPin.objects.unscoped("nobody is signed in yet").filter(
        tablet=_mark(request.COOKIES.get(COOKIE, "")),
        expires_at__gt=clock.now(),
        user__is_active=True,
    )
    return here.select_related("user").order_by("user__first_name", "user__sort_key")


def is_full(request: HttpRequest, person: User) -> bool:
    """Whether so many others have a code here that this person cannot have one too."""
    return people_here(request).exclude(user=person).count() >= MOST_PEOPLE


def set_pin(request: HttpRequest, response: HttpResponse, person: User, pin: str) -> None:
    """Let this person take over this device with a code from now on."""
    secret = request.COOKIES.get(COOKIE) or secrets.token_urlsafe(32)
    TabletPin.objects.bulk_create(
        [
            TabletPin(
                user=person,
                tablet=_mark(secret),
                digest=make_password(pin),
                expires_at=clock.now() + GOOD_FOR,
            )
        ],
        update_conflicts=True,
        unique_fields=["user", "tablet"],
        update_fields=["digest", "expires_at", "wrong"],
    )
    response.set_cookie(
        COOKIE, secret, max_age=KEPT, secure=settings.SECURE, httponly=True, samesite="Lax"
    )


def take_over(request: HttpRequest, pin_id: UUID, guess: str) -> User | None:
    """The person whose code this is, on this tablet. Each guess is counted before it is looked at.

    Two guesses side by side are two: the count is raised by the database, under the row's lock.
    """
    own = people_here(request).filter(pk=pin_id)
    if not own.filter(wrong__lt=MOST_WRONG).update(wrong=F("wrong") + 1):
        own.delete()
        return None
    pin = own.first()
    if pin is None or not check_password(guess, pin.digest):
        own.filter(wrong__gte=MOST_WRONG).delete()
        return None
    own.update(wrong=0)
    return pin.user


def forget(person: User, request: HttpRequest | None = None) -> None:
    """Take the codes of this person away: on this tablet, or on all of them."""
    own = TabletPin.objects.unscoped("one's own ways in").filter(user=person)
    if request is not None:
        own = own.filter(tablet=_mark(request.COOKIES.get(COOKIE, "")))
    own.delete()


def is_over(request: HttpRequest, viewer: Viewer) -> bool:
    """Whether a code opened this session of somebody who works at no school any more."""
    return sessions.is_by_tablet(request) and not viewer.staff_of


def close(request: HttpRequest, person: User) -> None:
    """End such a session, and take the codes away."""
    security.note("tablet.left", request, user_id=person.pk)
    forget(person)
    sessions.end(request)


def is_simple(pin: str) -> bool:
    """One figure six times, or a row up or down: what everybody tries first."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1 or pin[:3] == pin[3:] or len(set(pin)) < LENGTH // 2


def _mark(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
