from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kring.home.agreements import Agreements
from kring.schools.middleware import ViewerRequest
from kring.schools.models import School


@require_safe
def agreements(request: ViewerRequest, school_id: UUID) -> HttpResponse:
    """What a school of one's own agreed on with its families, in sentences; to print, too."""
    here = get_object_or_404(School.objects.visible_to(request.viewer), pk=school_id)
    context = {
        "school": here,
        "agreed": Agreements(here, request.viewer),
        "keeps": school_id in request.viewer.ids("leads", "administers"),
    }
    return render(request, "home/agreements.html", context)
