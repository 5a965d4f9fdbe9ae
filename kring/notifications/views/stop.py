"""Stopping a kind of mail without signing in: the link of one mail, and nothing more."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kring.base.visibility import seen_by
from kring.notifications import stopping
from kring.notifications.kinds import Channel
from kring.notifications.models import Preference
from kring.schools.viewers import viewer_of


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token is what proves it
@login_not_required
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, for scanners look; the button stops it at once."""
    named = stopping.read(token)
    if named is None:
        raise Http404
    person_id, kind = named
    if request.method == "POST":
        with seen_by(viewer_of(person_id)):
            Preference.objects.update_or_create(
                person_id=person_id, kind=kind, channel=Channel.EMAIL, defaults={"wanted": False}
            )
    return render(
        request, "notifications/stop.html", {"kind": kind, "done": request.method == "POST"}
    )
