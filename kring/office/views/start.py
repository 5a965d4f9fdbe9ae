"""Into the office: which school, how far it is, and where its books contradict themselves."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kring.feed.calling import call_lists
from kring.office.progress import Progress
from kring.office.warnings import Warnings
from kring.schools.middleware import ViewerRequest
from kring.schools.models import School
from kring.schools.office import LEADERS, OfficeRequest, office_page


@require_safe
def choose(request: ViewerRequest) -> HttpResponse:
    """To the only school that this person leads or administers, or a choice."""
    mine = request.viewer.ids(*LEADERS)
    schools = list(School.objects.visible_to(request.viewer).filter(pk__in=mine).order_by("name"))
    if not schools:
        raise Http404
    if len(schools) == 1:
        return redirect("office:start", schools[0].pk)
    return render(request, "office/choose.html", {"schools": schools})


@require_safe
@office_page()
def start(request: OfficeRequest) -> HttpResponse:
    """The steps from an empty school to letters, and what contradicts itself."""
    progress = Progress(request.school, request.viewer)
    warnings = Warnings(request.school, request.viewer).all()
    context = {
        "steps": progress.steps(),
        "progress": progress,
        "warnings": warnings,
        "call_lists": call_lists(request.viewer, request.school.pk),
    }
    return render(request, "office/start.html", context)
