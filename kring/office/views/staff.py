"""The staff of a school: who works here, who is invited, and whom a file proposes."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kring.base.htmx import see_other
from kring.office import staffing
from kring.office.forms.staff import ColleagueForm
from kring.office.proposals import Proposals
from kring.office.team import Team, groups_now
from kring.office.views.pages import FORM, form_page, sent
from kring.schools.office import OfficeRequest, office_page


@require_safe
@office_page()
def staff(request: OfficeRequest) -> HttpResponse:
    """Everybody who works here; or who left."""
    former, query = request.GET.get("show") == "former", request.GET.get("q", "")
    context = {
        "colleagues": Team(request.school, request.viewer).colleagues(former=former, query=query),
        "former": former,
        "query": query,
        "proposed": Proposals.count(request.school, request.viewer),
    }
    page = "office/staff.html#list" if request.htmx else "office/staff.html"
    return render(request, page, context)


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
