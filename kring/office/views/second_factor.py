"""A colleague who lost the telephone: the office takes the second factors away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kring.accounts import factors
from kring.accounts.models import User
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import Viewer, seen_by
from kring.office.resetting import may_vouch, note_everywhere
from kring.office.team import Team
from kring.office.views.pages import FORM
from kring.schools.office import OfficeRequest, office_page
from kring.schools.viewers import viewer_of


@require_http_methods(FORM)
@outside_block("factors and sessions stand in machine tables", with_viewer=True)
def second_factor(request: OfficeRequest, school_id: UUID, person_id: UUID) -> HttpResponse:
    """Take away the second factors of a colleague, after asking once."""
    works = viewer_of(person_id)
    with seen_by(request.viewer):
        person, page = _asked(request, school_id=school_id, person_id=person_id, works=works)
    if request.method != "POST":
        return page
    with transaction.atomic():  # the trail and what was done, or neither
        note_everywhere(works, request.viewer)
        factors.forget(person)
    factors.tell(request, person, "ways_in.forgotten")
    said = _("The second step of %(name)s is gone. A code from the mail opens Kring now.")
    messages.success(request, said % {"name": person.name})
    return see_other(request, "office:colleague", school_id, person_id)


@office_page()
def _asked(request: OfficeRequest, person_id: UUID, works: Viewer) -> tuple[User, HttpResponse]:
    """Whose, and the page that asks; 404 for who may not, or of whom not."""
    found = Team(request.school, request.viewer).colleague(person_id)
    if found is None or not found.person.joined_at:
        raise Http404
    if not may_vouch(request.school.pk, found.person, works, request.viewer):
        raise Http404
    context = {"colleague": found, "elsewhere": len(works.staff_of) > 1}
    return found.person, render(request, "office/staff_second_factor.html", context)
