"""Rouw: let nothing go to a family by itself, and let it go again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.base.htmx import see_other
from kring.office.mourning import Around, standing
from kring.office.views.pages import FORM
from kring.schools.models import Mourning
from kring.schools.office import OfficeRequest, office_page


@require_safe
@office_page()
def mournings(request: OfficeRequest) -> HttpResponse:
    """Every family that this school asked Kring to leave alone: since when, who said so."""
    found = standing(request.school, request.viewer)
    return render(request, "office/mournings.html", {"standing": found})


@require_http_methods(FORM)
@office_page()
def of_child(request: OfficeRequest, student_id: UUID) -> HttpResponse:
    """What stops at once around a child, and whom it covers; asked on this page, and done."""
    return _page(request, Around.child(request.school, request.viewer, student_id))


@require_POST
@office_page()
def child_ending(request: OfficeRequest, student_id: UUID) -> HttpResponse:
    """Messages go to this family again."""
    return _end(request, Around.child(request.school, request.viewer, student_id))


@require_http_methods(FORM)
@office_page()
def of_home(request: OfficeRequest, household_id: UUID) -> HttpResponse:
    """The same around one home, where the other home of the children goes on as it was."""
    return _page(request, Around.home(request.school, request.viewer, household_id))


@require_POST
@office_page()
def home_ending(request: OfficeRequest, household_id: UUID) -> HttpResponse:
    """Messages go to this home again."""
    return _end(request, Around.home(request.school, request.viewer, household_id))


def _page(request: OfficeRequest, around: Around) -> HttpResponse:
    if request.method != "POST":
        return render(request, "office/mourning.html", {"around": around})
    Mourning.begin(around.thing, by=request.viewer)
    messages.success(request, _("From now on Kring sends this family nothing by itself."))
    return _back(request, around)


def _end(request: OfficeRequest, around: Around) -> HttpResponse:
    if around.own and around.own.mourning.end(by=request.viewer):
        said = _("Kring writes to this family again. What was held back until now, stays unsent.")
        messages.success(request, said)
    return _back(request, around)


def _back(request: OfficeRequest, around: Around) -> HttpResponse:
    if "list" in request.POST:
        return see_other(request, "office:mournings", request.school.pk)
    page = "office:child" if around.is_child else "office:family"
    return see_other(request, page, request.school.pk, around.thing.pk)
