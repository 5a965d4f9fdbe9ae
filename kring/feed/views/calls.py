"""The call list of an important message: who takes which family, and how each call went."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kring.base.htmx import see_other
from kring.feed.call_form import CallForm
from kring.feed.calling import CallList
from kring.feed.models import Call
from kring.feed.models.call import TakenError
from kring.schools.middleware import ViewerRequest


@require_http_methods(["GET", "POST"])
def calls(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """Whom to call; posting takes a family, so that nobody else calls it."""
    found = CallList.of(request.viewer, post_id)
    if request.method != "POST":
        template = "feed/calls.html#live" if request.htmx else "feed/calls.html"
        return render(request, template, _shown(found))
    return _take(request, found)


def _take(request: ViewerRequest, found: CallList) -> HttpResponse:
    here = reverse("feed:calls", args=[found.post.pk])
    key = found.key(request.POST.get("family", ""))
    try:
        if key and found.take(key):
            return see_other(request, f"{here}#own")
        messages.info(request, _("This family need not be called any more."))
    except TakenError:
        messages.warning(request, _taken(CallList.of(request.viewer, found.post.pk).caller_of(key)))
    return see_other(request, here)


def _taken(caller: str) -> str:
    if not caller:
        return _("Somebody else is calling this family already.")
    return _("%(name)s is calling this family already.") % {"name": caller}


@require_POST
def opening(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """Begin to call now, sooner than was planned."""
    found = CallList.of(request.viewer, post_id)
    if found.may_open:
        found.open()
    return see_other(request, "feed:calls", post_id)


@require_POST
def outcome(request: ViewerRequest, post_id: UUID, call_id: UUID) -> HttpResponse:
    """How the call went, and what was said."""
    found, call = _own(request, post_id, call_id)
    form = CallForm(request.POST)
    if not form.is_valid():
        shown = _shown(found) | {"wrong": form}
        return render(request, "feed/calls.html", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    call.end(form.cleaned_data["outcome"], by=request.viewer, said=form.cleaned_data["said"])
    return see_other(request, "feed:calls", post_id)


@require_POST
def removal(request: ViewerRequest, post_id: UUID, call_id: UUID) -> HttpResponse:
    """Leave the family to another caller."""
    _found, call = _own(request, post_id, call_id)
    call.release(by=request.viewer)
    return see_other(request, "feed:calls", post_id)


def _own(request: ViewerRequest, post_id: UUID, call_id: UUID) -> tuple[CallList, Call]:
    """The list, and one's own call on it; other calls are as if they did not exist."""
    found = CallList.of(request.viewer, post_id)
    own = Call.objects.visible_to(request.viewer).filter(caller=request.viewer.person_id)
    return found, get_object_or_404(own, pk=call_id, card_id=found.post.card_id)


def _shown(found: CallList) -> dict[str, object]:
    return {"list": found, "here": reverse("feed:calls", args=[found.post.pk])}
