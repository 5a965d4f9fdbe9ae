"""The staff of a school: who works here, who is invited, and whom a file proposes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.base.htmx import see_other
from kring.base.spreadsheet import download
from kring.events.models import AuditEntry
from kring.office import staffing
from kring.office.forms.staff import ColleagueForm
from kring.office.proposals import Proposals
from kring.office.team import Colleague, Team, groups_now
from kring.office.views.pages import FORM, form_page, sent
from kring.office.wording import counted
from kring.schools.office import OfficeRequest, office_page


@require_safe
@office_page()
def staff(request: OfficeRequest) -> HttpResponse:
    """Everybody who works here; or who left."""
    asked = _asked_for(request.GET)
    context = {
        **asked,
        "colleagues": Team(request.school, request.viewer).colleagues(**asked),
        "proposed": Proposals.count(request.school, request.viewer),
    }
    page = "office/staff.html#list" if request.htmx else "office/staff.html"
    return render(request, page, context)


@require_POST
@office_page()
def export(request: OfficeRequest) -> HttpResponse:
    """The same list as a file; that it was taken stands in the trail."""
    listed = Team(request.school, request.viewer).colleagues(**_asked_for(request.POST))
    told = (counted(len(listed)),)
    AuditEntry.note("staff.exported", request.school, by=request.viewer, fields=told)
    heads = (_("Name"), _("Roles"), _("Groups"), _("From"), _("Until"), _("Connected"))
    return download(_("staff"), [heads, *(_line(one) for one in listed)])


def _asked_for(given: QueryDict) -> dict[str, Any]:
    """Who works here or who left, and of those whom somebody looks for."""
    return {"former": given.get("show") == "former", "query": given.get("query", "")}


def _line(one: Colleague) -> list[str]:
    return [
        one.person.name,
        ", ".join(role.name for role in one.roles),
        ", ".join(lesson.name for lesson in one.lessons),
        f"{one.since:%d-%m-%Y}",
        f"{one.until:%d-%m-%Y}" if one.until else "",
        one.connection,
    ]


@require_http_methods(FORM)
@office_page()
def new_colleague(request: OfficeRequest) -> HttpResponse:
    """Invite somebody to work here."""
    groups = groups_now(request.school, request.viewer)
    form = ColleagueForm(sent(request), school=request.school, groups=groups)
    if form.is_valid():
        told = form.cleaned_data
        card = staffing.welcome(request.school.pk, by=request.viewer, told=told)
        said = _("%(name)s is invited at %(address)s.")
        messages.success(request, said % {"name": card.name, "address": told["email"]})
        return see_other(request, "office:colleague", request.school.pk, card.pk)
    return form_page(request, "office/staff_new.html", form)


@require_http_methods(FORM)
@office_page()
def proposals(request: OfficeRequest) -> HttpResponse:
    """Members of staff whom a file named: who of them works here, as what."""
    says_yes = request.GET.get("answer") == "yes"
    proposed = Proposals(request.school, request.viewer, sent(request), says_yes=says_yes)
    if request.method == "POST" and proposed.is_valid():
        welcomed = proposed.settle()
        said = ngettext(
            "%(count)d colleague has a place.", "%(count)d colleagues have a place.", welcomed
        )
        messages.success(request, said % {"count": welcomed})
        return see_other(request, "office:staff", request.school.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    wrong = [form for form in proposed.forms if form.errors]
    context = {"forms": proposed.forms, "wrong": wrong, "says_yes": says_yes}
    return render(request, "office/staff_proposals.html", context, status=status)
