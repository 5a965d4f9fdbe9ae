"""Stopping a kind of mail without signing in: the link of one mail, and nothing more."""

from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kring.accounts.models import User
from kring.base.block import outside_block
from kring.base.visibility import Viewer, seen_by
from kring.notifications import stopping, wishing
from kring.notifications.kinds import Kind
from kring.schools.viewers import viewer_of

# Of one link, wherever it is pressed: mail programs of a whole country press from few addresses.
# Who tries links that are none of ours is counted by address.
LIMITS = {"stop": "30/10m/key", "forged": "60/m/ip"}
NOT_FOUND, TOO_MANY = 404, 429


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token is what proves it
@outside_block("the link says whose it is; nobody is signed in")
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, for scanners look; the button stops it at once, or undoes that.

    No cookie, no redirect, and nothing of the person on the page.
    """
    named = stopping.read(token)
    if named is None:
        return _refused(request)
    person_id, kind = named
    if request.method != "POST":
        return _shown(request, kind=kind)
    if not _within(request, "stop", f"{person_id} {kind}"):
        return _shown(request, status=TOO_MANY)
    if "again" in request.POST:
        return _again(request, person_id, kind)
    changed = _keep(viewer_of(person_id), kind, wanted=False)
    undo = stopping.undo_of(person_id, kind) if changed else ""
    return _shown(request, kind=kind, done="stopped", undo=undo)


def _again(request: HttpRequest, person_id: UUID, kind: Kind) -> HttpResponse:
    """Who stopped it today, through this page, undoes it; others sign in and choose."""
    if not stopping.undoes(request.POST["again"], person_id, kind):
        return _shown(request, kind=kind, done="late")
    _keep(viewer_of(person_id), kind, wanted=True)
    return _shown(request, kind=kind, done="again")


def _keep(viewer: Viewer, kind: Kind, *, wanted: bool) -> bool:
    """Whether that changed something. Of an account that is gone the page says the same."""
    with seen_by(viewer):
        if not User.objects.visible_to(viewer).filter(pk=viewer.user_id).exists():
            return True
        changes = wanted == wishing.is_stopped(viewer, kind)
        wishing.stop(viewer.person_id, kind, wanted=wanted)
        return changes


def _shown(request: HttpRequest, *, status: int = 200, **said: str) -> HttpResponse:
    return _page(request, "notifications/stop.html", status, said)


def _refused(request: HttpRequest) -> HttpResponse:
    return _page(request, "404.html", NOT_FOUND if _within(request, "forged", None) else TOO_MANY)


def _page(
    request: HttpRequest, template: str, status: int, said: dict[str, str] | None = None
) -> HttpResponse:
    response = render(request, template, {"bare": True, **(said or {})}, status=status)
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)  # the page has the token of forms, unused
    return response


def _within(request: HttpRequest, action: str, key: str | None) -> bool:
    used = ratelimit.consume(
        request, app="kring.notifications", action=action, config=LIMITS, key=key, limit_get=True
    )
    return used is not None
