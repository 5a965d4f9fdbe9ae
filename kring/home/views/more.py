from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kring.home.ties import ties_of
from kring.schools.middleware import ViewerRequest
from kring.schools.models import School


@require_safe
def more(request: ViewerRequest) -> HttpResponse:
    """Everything that has no place in the bar: oneself, devices, leaving."""
    viewer = request.viewer
    context = {
        "person": request.user,
        "ties": ties_of(viewer),
        "schools": School.objects.visible_to(viewer).order_by("kind", "name"),
        "cares": bool(viewer.ids("followed_ids", "coming_ids", "pick_up_ids")),
        "teaches": bool(viewer.ids("taught_group_ids", "cares_for")),
        "works": bool(viewer.staff_of),
        "keeps": bool(viewer.ids("leads", "administers")),
    }
    return render(request, "home/more.html", context)
