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
from kring.office.resetting import is_colleague, may_vouch, note
from kring.office.team import Colleague, Team
from kring.office.views.pages import FORM
from kring.schools.office import OfficeRequest, school_of
from kring.schools.viewers import viewer_of


@require_http_methods(FORM)
@outside_block("factors and sessions stand in machine tables", with_viewer=True)
def second_factor(request: OfficeRequest, school_id: UUID, person_id: UUID) -> HttpResponse:
    """Take away the second factors of a colleague, after asking once."""
    works = viewer_of(person_id)
    with seen_by(request.viewer):
        request.school = school_of(request.viewer, school_id)
        found = _colleague(request, works)
        if request.method != "POST":
            return _question(request, found, works)
        if not may_vouch(school_id, works):
            raise Http404
    _take_away(request, school_id, found.person, works)
    return see_other(request, "office:colleague", school_id, person_id)


def _take_away(request: OfficeRequest, school_id: UUID, person: User, works: Viewer) -> None:
    with transaction.atomic():  # the trail and what was done, or neither
        note(school_id, works, request.viewer)
        factors.forget(person)
    factors.tell(request, person, "ways_in.forgotten")
    said = _("The second step of %(name)s is gone. Signing in goes by a code from the mail now.")
    messages.success(request, said % {"name": person.name})


def _colleague(request: OfficeRequest, works: Viewer) -> Colleague:
    """Who may have lost it; 404 for anybody else."""
    school, viewer = request.school, request.viewer
    found = Team(school, viewer).colleague(works.person_id)
    if found and is_colleague(school.pk, found.person, works, viewer):
        return found
    raise Http404


def _question(request: OfficeRequest, found: Colleague, works: Viewer) -> HttpResponse:
    """What would happen; or why this office cannot do it."""
    context = {"colleague": found, "may_vouch": may_vouch(request.school.pk, works)}
    return render(request, "office/staff_second_factor.html", context)
