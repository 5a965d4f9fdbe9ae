from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kring.base import clock
from kring.home.team import team_of
from kring.schools.middleware import ViewerRequest
from kring.schools.models import School


@require_safe
def school(request: ViewerRequest, school_id: str) -> HttpResponse:
    """How to reach a school of one's own, and who works there."""
    here = get_object_or_404(School.objects.visible_to(request.viewer), pk=school_id)
    team = team_of(here, request.viewer, clock.today(), request.session.session_key or "")
    return render(request, "home/school.html", {"school": here, "team": team})
