"""What Kring sends somebody: the page of choices, and the screen that asks once."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts.models import User
from kring.base.htmx import see_other
from kring.notifications import wishing, wording
from kring.notifications.channels import in_order
from kring.notifications.circumstances import situation_of
from kring.notifications.forms import RhythmForm, WishesForm
from kring.notifications.kinds import MAIL
from kring.notifications.models import Wishes, try_again
from kring.notifications.pushing.devices import devices_of
from kring.notifications.wishing import Chosen
from kring.schools.middleware import ViewerRequest


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: ViewerRequest) -> HttpResponse:
    """Everything that one can choose, and in sentences what comes of it."""
    chosen = wishing.chosen_by(request.viewer)
    form = _form(request, request.POST if request.method == "POST" else None, chosen)
    if form.is_valid():
        wishing.choose(form.chosen, by=request.viewer)
        messages.success(request, _("Saved. This holds from now on."))
        return see_other(request, "notifications:settings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request, "notifications/settings.html", _context(request, form, chosen), status=status
    )


@require_safe
def preview(request: ViewerRequest) -> HttpResponse:
    """What would come of choices that were not kept yet: a part of that page."""
    stands = wishing.chosen_by(request.viewer)
    form = _form(request, request.GET, stands)
    chosen = form.chosen if form.is_valid() else stands
    said = wording.sentences(chosen, situation_of(request.viewer))
    return render(request, "notifications/_said.html", {"sentences": said})


@require_POST
def address(request: ViewerRequest) -> HttpResponse:
    """Mail to the own address came back; it works again, says its owner."""
    try_again(request.viewer.person_id, by=request.viewer)
    messages.success(request, _("From now on we mail to this address again."))
    return see_other(request, "notifications:settings")


@require_http_methods(["GET", "HEAD", "POST"])
def first(request: ViewerRequest) -> HttpResponse:
    """How often, asked once, after the first sign-in. 'Later' is an answer too."""
    form = RhythmForm(request.POST if request.method == "POST" else None)
    if "later" in request.POST:
        wishing.settle(by=request.viewer)
        return see_other(request, "feed:feed")
    if form.is_valid():
        wishing.settle(Wishes.Rhythm(form.cleaned_data["rhythm"]), by=request.viewer)
        return see_other(request, "feed:feed")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "staff": bool(request.viewer.staff_of)}
    return render(request, "notifications/first.html", context, status=status)


def _form(request: ViewerRequest, data: QueryDict | None, chosen: Chosen) -> WishesForm:
    kinds, staff = wishing.switches(request.viewer), bool(request.viewer.staff_of)
    return WishesForm(data, kinds=kinds, chosen=chosen, staff=staff)


def _context(request: ViewerRequest, form: WishesForm, chosen: Chosen) -> dict[str, Any]:
    situation = situation_of(request.viewer)
    return {
        "form": form,
        "sentences": wording.sentences(chosen, situation),
        "destinations": [
            (way, where) for way in in_order() if (where := way.where(_person(request)))
        ],
        "bounces": situation.works.get(MAIL) is False,
        "situation": situation,
        "staff": bool(request.viewer.staff_of),
        "leads": bool(request.viewer.ids("leads", "administers")),
        "devices": devices_of(request.viewer, request.session),
    }


def _person(request: ViewerRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
