from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kring.home.ties import ties_of
from kring.schools.middleware import ViewerRequest


@require_safe
def more(request: ViewerRequest) -> HttpResponse:
    """Everything that has no place in the bar: oneself, devices, leaving."""
    return render(
        request, "home/more.html", {"person": request.user, "ties": ties_of(request.viewer)}
    )
