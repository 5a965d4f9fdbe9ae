from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kring.base.htmx import see_other
from kring.feed import begun
from kring.feed.composing import LATER, Composer
from kring.feed.models import Draft
from kring.feed.planning import hold_back
from kring.feed.waiting_list import drafts_of, planned_of
from kring.schools.middleware import ViewerRequest


@require_safe
def planned(request: ViewerRequest) -> HttpResponse:
    """What goes later, and what is being written: one's own only."""
    if not request.viewer.staff_of:
        raise Http404
    context = {
        "planned": planned_of(request.viewer),
        "drafts": drafts_of(request.viewer),
        "empty": {
            "title": _("Nothing stands here"),
            "text": _("What you plan for later, and what you keep to finish, waits here."),
        },
    }
    return render(request, "feed/planned.html", context)


@require_POST
def drafts(request: ViewerRequest) -> HttpResponse:
    """Keep the composer as it stands, while somebody types."""
    if not request.viewer.staff_of:
        raise Http404
    try:
        Composer(request).keep()
    except ValidationError as error:
        return JsonResponse({"error": error.messages[0]}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
def removal(request: ViewerRequest, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    own = Draft.objects.visible_to(request.viewer).loose()
    get_object_or_404(own, pk=draft_id).discard(by=request.viewer)
    messages.success(request, _("The draft is gone."))
    return see_other(request, "feed:planned")


@require_POST
def sending(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """Send a planned message now: anew, with the seconds of undo, and it does not go twice."""
    own = begun.own_posts(request.viewer)
    key = request.POST.get("key", "")
    if begun.is_id(key) and own.filter(key=key).exists():  # the second try of a train
        return see_other(request, "feed:feed")
    post = get_object_or_404(own.planned(), pk=post_id)
    data = begun.of_planned(post, request.viewer)
    for name in LATER:
        data.pop(name, None)
    if begun.is_id(key):
        data["key"] = key
    return Composer(request, data=data).respond()


@require_POST
def holding(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """A planned message does not go: it is a draft again, so that nothing is lost."""
    post = get_object_or_404(begun.own_posts(request.viewer).planned(), pk=post_id)
    if hold_back(post, by=request.viewer):
        messages.success(request, _("The message does not go. It is a draft again."))
    return see_other(request, "feed:planned")
