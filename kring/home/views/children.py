from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kring.home.family import Family
from kring.schools.middleware import ViewerRequest


@require_safe
def children(request: ViewerRequest) -> HttpResponse:
    """One's children: group, teachers, school; and one's own homes."""
    family = Family(request.viewer, request.session.session_key or "")
    return render(request, "home/children.html", {"family": family})
