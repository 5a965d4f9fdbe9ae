"""How many messages families get."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kring.office.load import Load
from kring.schools.office import OfficeRequest, office_page


@require_safe
@office_page()
def load(request: OfficeRequest) -> HttpResponse:
    """Per week and group, over the last eight weeks, or since the first message."""
    return render(request, "office/load.html", {"load": Load(request.school, request.viewer)})
