"""The groups of a school year: who is in them, their names and colours."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.base.htmx import see_other
from kring.office.forms.groups import GroupForm
from kring.office.groups import Years, remove
from kring.office.views.pages import FORM, done, form_page, sent
from kring.schools.models import Group, SchoolYear
from kring.schools.office import OfficeRequest, office_page


@require_safe
@office_page()
def groups(request: OfficeRequest) -> HttpResponse:
    """The groups of a year, with how many are in them and who teaches them."""
    years = Years(request.school, request.viewer, request.GET.get("year", ""))
    context = {"years": years.known, "year": years.chosen, "next": years.next_name}
    return render(request, "office/groups.html", {**context, "groups": years.groups()})


@require_POST
@office_page()
def years(request: OfficeRequest) -> HttpResponse:
    """Begin with the groups of another school year."""
    known = Years(request.school, request.viewer)
    year = SchoolYear.open(known.may_open, school_id=request.school.pk, by=request.viewer)
    messages.success(request, _("School year %(year)s can be filled.") % {"year": year.name})
    return _to(request, year.pk)


@require_http_methods(FORM)
@office_page()
def new_group(request: OfficeRequest, year_id: UUID) -> HttpResponse:
    """Another group in a school year."""
    known = SchoolYear.objects.changeable_by(request.viewer).filter(school=request.school)
    year = get_object_or_404(known, pk=year_id)
    form = GroupForm(sent(request))
    if form.is_valid() and done(form, lambda told: Group.make(year, by=request.viewer, **told)):
        messages.success(request, _("Saved."))
        return _to(request, year.pk)
    return form_page(request, "office/group.html", form, year=year)


@require_http_methods(FORM)
@office_page()
def group(request: OfficeRequest, group_id: UUID) -> HttpResponse:
    """Another name, other grades, another colour."""
    found = _group(request, group_id)
    stands = {name: getattr(found, name) for name in GroupForm.base_fields}
    form = GroupForm(sent(request), initial=stands)
    if form.is_valid() and done(form, lambda told: found.revise(by=request.viewer, **told)):
        messages.success(request, _("Saved."))
        return _to(request, found.year_id)
    return form_page(request, "office/group.html", form, group=found, year=found.year)


@require_http_methods(FORM)
@office_page()
def group_removal(request: OfficeRequest, group_id: UUID) -> HttpResponse:
    """Away with a group in which nobody is or was, and of which nothing was written."""
    found = _group(request, group_id)
    form = Form(sent(request))
    if form.is_valid() and done(form, lambda _told: remove(found, by=request.viewer)):
        messages.success(request, _("%(group)s is gone.") % {"group": found.name})
        return _to(request, found.year_id)
    return form_page(request, "office/group_removal.html", form, group=found)


def _group(request: OfficeRequest, group_id: UUID) -> Group:
    known = Group.objects.changeable_by(request.viewer).filter(school=request.school)
    return get_object_or_404(known.select_related("year"), pk=group_id)


def _to(request: OfficeRequest, year_id: UUID) -> HttpResponse:
    address = reverse("office:groups", args=[request.school.pk])
    return see_other(request, f"{address}?year={year_id}")
