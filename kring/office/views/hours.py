"""The working hours of a colleague, for who leads the school."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kring.base.htmx import see_other
from kring.office.team import Team
from kring.office.views.pages import FORM, form_page, sent
from kring.schools.office import OfficeRequest, office_page
from kring.schools.working_hours import Sheet


@require_http_methods(FORM)
@office_page()
def colleague_hours(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    """Of somebody who works here, now or later."""
    found = Team(request.school, request.viewer).colleague(person_id)
    if found is None or not found.is_here:
        raise Http404
    sheet = Sheet(sent(request), person_id, request.school.pk, request.viewer)
    if request.method == "POST" and sheet.keep():
        messages.success(request, _("Saved."))
        return see_other(request, "office:colleague", request.school.pk, person_id)
    return form_page(request, "office/staff_hours.html", sheet.form, colleague=found, sheet=sheet)
