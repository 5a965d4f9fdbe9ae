from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.base.htmx import see_other
from kring.base.visibility import Viewer
from kring.schools.middleware import ViewerRequest
from kring.schools.models import School
from kring.schools.working_hours import Sheet


@require_safe
def working_hours(request: ViewerRequest) -> HttpResponse:
    """One's hours at the first school where one works; who works nowhere has no such page."""
    mine = _schools(request.viewer)
    if not mine:
        raise Http404
    return see_other(request, "home:working_hours_at", mine[0].pk)


@require_http_methods(["GET", "HEAD", "POST"])
def working_hours_at(request: ViewerRequest, school_id: UUID) -> HttpResponse:
    """One's hours at one of them."""
    mine = _schools(request.viewer)
    here = next((one for one in mine if one.pk == school_id), None)
    if here is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    sheet = Sheet(data, request.viewer.person_id, school_id, request.viewer)
    if data is not None and sheet.keep():
        messages.success(request, _("Saved."))
        return see_other(request, "home:working_hours_at", school_id)
    context = {"sheet": sheet, "schools": mine, "school": here}
    status = 422 if sheet.form.errors else 200
    return render(request, "home/working_hours.html", context, status=status)


def _schools(viewer: Viewer) -> list[School]:
    seen = School.objects.visible_to(viewer).filter(pk__in=viewer.staff_of)
    return list(seen.order_by("kind", "name", "pk"))
