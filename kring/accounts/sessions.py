"""Sessions: opened with a new key, listed as devices, ended on the server."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from kring.accounts import security
from kring.accounts.models import TabletPin, User
from kring.accounts.user_agents import in_words
from kring.base import clock

FRESH = 15 * 60  # seconds: so long a sign-in is good for changing the ways in
LASTS: int = settings.SESSION_COOKIE_AGE  # seconds: a session unused, and a second proof in one
STRONG = "kring.strong"
TABLET = "tablet"  # the proof of who took over a shared tablet with a code


@dataclass(frozen=True, kw_only=True)
class Device:
    """A browser in which a person is signed in."""

    id: int
    words: str  # "Safari on iPhone"
    signed_in_at: datetime
    last_used_at: datetime
    is_this_one: bool


def sign_in(request: HttpRequest, person: User, *, full: bool = True) -> None:
    """Open a session for this person, with nothing left of whoever was here before.

    One that is not ``full`` changes no ways in: that asks for a sign-in of the person's own.
    """
    request.session.flush()
    get_adapter().login(request, person)
    if full:
        record_authentication(request, person, method="link")
    UserSession.objects.create_from_request(request)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person here signed in a moment ago."""
    signed_in = get_authentication_records(request, request.user)
    return bool(signed_in) and time.time() - signed_in[-1]["at"] < FRESH


def mark_strong(request: HttpRequest, method: str) -> None:
    """Note that the person here gave a second proof, or a passkey, which is two in one.

    It holds for this person and this session. The only place where a session becomes strong.
    """
    proof = {"person": str(request.user.pk), "method": method, "at": time.time()}
    request.session[STRONG] = proof


def is_strong(request: HttpRequest, *, fully: bool = False) -> bool:
    """Whether the person here gave a second proof in this session; not by a tablet if ``fully``."""
    method = _proof_of(request)
    return bool(method) and not (fully and method == TABLET)


def is_by_tablet(request: HttpRequest) -> bool:
    """Whether all that opened this session is a code of a shared tablet."""
    return _proof_of(request) == TABLET


def _proof_of(request: HttpRequest) -> str:
    """With what the person here proved it; empty where nobody did, or too long ago."""
    proof = request.session.get(STRONG)
    if not isinstance(proof, dict) or proof.get("person") != str(request.user.pk):
        return ""
    return str(proof.get("method", "")) if time.time() - proof.get("at", 0) < LASTS else ""


def renew(request: HttpRequest, response: HttpResponse) -> None:
    """Let the session here last from now, when it was used; unless it has an end of its own.

    That of who works at a school and proved it twice ends when it was to end, as does one of a
    tablet's code. Only the moment is written: what it holds may just have been changed by another
    request, and one that was ended meanwhile stays ended.
    """
    if request.session.get_expiry_age() < LASTS or (is_strong(request) and _may_be_staff(request)):
        return
    key, now = request.session.session_key or "", clock.now()
    here = Session.objects.filter(session_key=key, expire_date__gt=now)
    if here.update(expire_date=now + timedelta(seconds=LASTS)):
        response.set_cookie(
            settings.SESSION_COOKIE_NAME,
            key,
            max_age=LASTS,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )


def _may_be_staff(request: HttpRequest) -> bool:
    """Whether the person works at a school; also when this request did not look."""
    viewer = getattr(request, "viewer", None)
    return viewer is None or bool(viewer.staff_of)


def devices_of(request: HttpRequest) -> list[Device]:
    """Where the person is signed in now: this device first, then the last used."""
    tracked = {row.session_key: row for row in UserSession.objects.filter(user=request.user)}
    alive = Session.objects.filter(session_key__in=tracked, expire_date__gt=clock.now())
    found = [
        Device(
            id=row.pk,
            words=in_words(row.user_agent),
            signed_in_at=row.created_at,
            last_used_at=row.last_seen_at,
            is_this_one=key == request.session.session_key,
        )
        for key, row in tracked.items()
        if key in set(alive.values_list("session_key", flat=True))
    ]
    return sorted(found, key=lambda one: (one.is_this_one, one.last_used_at), reverse=True)


def end(request: HttpRequest) -> None:
    """Sign out here: the session is gone from the server."""
    if request.user.is_authenticated:
        security.note("sign_out", request, user_id=request.user.pk)
        UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)


def number_here(request: HttpRequest) -> int:
    """The number of the session of who asks, by which other things go when it ends."""
    own = UserSession.objects.filter(user=request.user, session_key=request.session.session_key)
    if not own.exists():
        UserSession.objects.create_from_request(request)
    return int(own.get().pk)


def is_here(request: HttpRequest, device_id: int) -> bool:
    """Whether this is the device that asks."""
    here = UserSession.objects.filter(user=request.user, pk=device_id)
    return bool(here.filter(session_key=request.session.session_key).exists())


def end_elsewhere(request: HttpRequest, device_id: int) -> bool:
    """Sign out on another device of one's own; False when it is not there."""
    found = UserSession.objects.filter(user=request.user, pk=device_id).first()
    if found is None:
        return False
    security.note("sign_out.elsewhere", request, user_id=request.user.pk)
    found.end()
    return True


def end_all_sessions(person: User) -> None:
    """Sign out everywhere: also where nobody kept track of the session."""
    with transaction.atomic():
        person.leave_everywhere()
        tracked = UserSession.objects.filter(user=person)
        Session.objects.filter(session_key__in=tracked.values("session_key")).delete()
        tracked.delete()
        TabletPin.objects.unscoped("one's own ways in").filter(user=person).delete()


def end_others(request: HttpRequest) -> None:
    """Sign out everywhere but here, after a change of the ways in."""
    person, here = request.user, request.session.session_key
    assert isinstance(person, User)
    with transaction.atomic():
        person.leave_everywhere()
        update_session_auth_hash(request, person)  # which gives this session a new key
        own = UserSession.objects.filter(user=person)
        tracked = own.exclude(session_key=here)
        Session.objects.filter(session_key__in=tracked.values("session_key")).delete()
        tracked.delete()
        own.update(session_key=request.session.session_key)
