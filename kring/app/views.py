"""Kring as an app: what a device is told, what it keeps, and what is shared with it."""

import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from kring.app import build, platforms
from kring.app.manifest import manifest as made
from kring.base.block import outside_block
from kring.base.htmx import SeeOther
from kring.schools.middleware import ViewerRequest

ASK_ANEW = "no-cache"  # may be kept, and is asked for at every use
OURS = ("none", "same-origin")  # the device itself, or a page of ours


@login_not_required
@require_safe
@outside_block("every device may know this")
def manifest(request: HttpRequest) -> HttpResponse:
    """What the app is called and looks like, in the language of the browser."""
    kind = "application/manifest+json"
    return JsonResponse(made(), content_type=kind, headers={"Cache-Control": ASK_ANEW})


@login_not_required
@require_safe
@outside_block("every device may know this")
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: one address, and other contents for every build."""
    known = {
        "version": build.version(),
        "files": build.kept(),
        "offline": {code: reverse("app:offline", args=[code]) for code, _ in settings.LANGUAGES},
        "push": {
            "icon": static("icons/kring-192.png"),
            "key": reverse("notifications:push_key"),
            "devices": reverse("notifications:devices"),
        },
    }
    text = f"const KRING = {json.dumps(known)};\n{build.source('js/service-worker.js')}"
    headers = {"Cache-Control": ASK_ANEW}
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers=headers)


@login_not_required
@require_safe
@outside_block("every device keeps this")
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """The page for when there is no connection, which knows nobody."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        answer = render(request, "app/offline.html", {"zone": settings.TIME_ZONE})
    answer.headers["Cache-Control"] = ASK_ANEW
    answer.headers["Content-Language"] = language
    return answer


@csrf_exempt  # it comes from the share menu, and nothing of it is taken in
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@outside_block("what is sent here is not read", with_viewer=True)
def share(request: ViewerRequest) -> HttpResponse:
    """On to the composer, with what the service worker took from the share menu.

    The worker sees no ``Sec-Fetch-Site``; here it tells the share menu from a page elsewhere that
    posts a form, also after the worker's redirect. What such a page sent is thrown away.
    """
    if request.method == "POST":  # no worker was there to take it
        return SeeOther(reverse("app:share") + "?again=1")
    key = request.GET.get("key", "")
    if key and request.headers.get("Sec-Fetch-Site") not in OURS:
        return render(request, "app/share.html", {"refused": True})
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not request.viewer.staff_of or "again" in request.GET:
        return render(request, "app/share.html")
    return _to_composer(key)


def _to_composer(key: str) -> HttpResponseRedirect:
    query = f"?{urlencode({'shared': key})}" if key else ""
    return SeeOther(reverse("feed:compose") + query)


@require_safe
def about(request: ViewerRequest) -> HttpResponse:
    """How to put Kring among the apps of a device, and whether the device is one's own."""
    shared = settings.TABLET_COOKIE_NAME in request.COOKIES
    here = platforms.of(request.headers.get("User-Agent", ""))
    return render(request, "app/about.html", {"here": here, "is_shared": shared})


@require_safe
def hint(request: ViewerRequest) -> HttpResponse:
    """The same in short, for the feed of somebody who comes back."""
    here = platforms.of(request.headers.get("User-Agent", ""))
    return render(request, "app/_hint.html", {"here": here})
