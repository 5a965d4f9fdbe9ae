"""Push messages on this device: turned on, turned off, tried."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import limits, security, sessions
from kring.accounts.models import User
from kring.accounts.user_agents import in_words
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import seen_by
from kring.notifications.channels.web_push import push_a_trial
from kring.notifications.models import PushSubscription
from kring.notifications.pushing import devices as own
from kring.notifications.pushing import keys
from kring.schools.middleware import ViewerRequest

with_session = outside_block("a device goes with a session", with_viewer=True)


@require_safe
@never_cache
def key(request: ViewerRequest) -> HttpResponse:
    """What a browser needs to subscribe, and to say so: also its worker, which has no page."""
    return JsonResponse({"key": keys.public_key(), "token": get_token(request)})


@with_session
@require_http_methods(["POST", "DELETE"])
def devices(request: ViewerRequest) -> HttpResponse:
    """Turn push messages on for the browser that asks, or off."""
    session = sessions.number_here(request)
    if request.method == "DELETE":
        with seen_by(request.viewer):
            own.stop_here(session, by=request.viewer)
        request.session.pop(own.HERE, None)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if _is_shared(request):
        return JsonResponse({"trouble": "shared"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _keep(request, session)


def _keep(request: ViewerRequest, session: int) -> HttpResponse:
    try:
        told = own.Subscription.read(request.body)
    except own.JunkError:
        return JsonResponse({"trouble": "junk"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    words = in_words(request.headers.get("User-Agent", ""))
    with seen_by(request.viewer):
        kept = own.keep(told, session=session, words=words, by=request.viewer)
    if kept is None:  # signed out a moment ago
        raise Http404
    request.session[own.HERE] = str(kept)
    security.note("push.on", request, user_id=request.viewer.person_id)
    return JsonResponse({"device": str(kept)}, status=HTTPStatus.CREATED)


@require_POST
def removal(request: ViewerRequest, device_id: UUID) -> HttpResponse:
    """Send nothing to a device of one's own any more."""
    if not own.stop(device_id, by=request.viewer):
        raise Http404
    messages.success(request, _("That device gets no push messages any more."))
    return see_other(request, reverse("notifications:settings") + "#devices")


@with_session
@require_POST
def trial(request: ViewerRequest, device_id: UUID) -> HttpResponse:
    """Send a message to a device of one's own, to see that it comes."""
    with seen_by(request.viewer):
        devices = PushSubscription.objects.visible_to(request.viewer)
        if not request.viewer.school_ids or not devices.filter(pk=device_id).exists():
            raise Http404
    person = request.user
    assert isinstance(person, User)
    if limits.may_try_push(request, person.pk):
        school_id = min(request.viewer.school_ids)
        push_a_trial.enqueue(school_id, device_id=str(device_id), language=person.language)
        messages.success(request, _("A message is on its way to that device."))
    else:
        messages.error(request, _("You tried this often. Wait a little, and try again."))
    return see_other(request, reverse("notifications:settings") + "#devices")


def _is_shared(request: ViewerRequest) -> bool:
    """Whether others take over this device: who comes next would see what is for somebody else."""
    return settings.TABLET_COOKIE_NAME in request.COOKIES or sessions.is_by_tablet(request)
