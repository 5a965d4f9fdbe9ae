from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kring.home.classes import ClassList, groups_of
from kring.schools.middleware import ViewerRequest


@require_safe
def classes(request: ViewerRequest) -> HttpResponse:
    """The first of one's groups; who teaches none has no such page."""
    mine = groups_of(request.viewer)
    if not mine:
        raise Http404
    return group(request, mine[0].pk)


@require_safe
def group(request: ViewerRequest, group_id: UUID) -> HttpResponse:
    """One of one's own groups."""
    mine = groups_of(request.viewer)
    here = next((one for one in mine if one.pk == group_id), None)
    if here is None:
        raise Http404
    listed = ClassList(here, request.viewer, request.session.session_key or "")
    return render(request, "home/class.html", {"listed": listed, "groups": mine, "group": here})
