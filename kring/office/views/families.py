from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.base.htmx import see_other
from kring.base.spreadsheet import download
from kring.events.models import AuditEntry
from kring.office.asking import open_question
from kring.office.families_file import groups_of_children, heads, lines_of
from kring.office.forms.household import NEW, MovingForm
from kring.office.homes import Home, Homes
from kring.office.newcomer import chosen_home
from kring.office.pages import address_without_page, page_of
from kring.office.search import LONGEST
from kring.office.views.child import form_page, posted
from kring.office.wording import counted
from kring.schools.models import Household
from kring.schools.office import OfficeRequest, office_page

MOST_FOUND = 8


@require_safe
@office_page()
def families(request: OfficeRequest) -> HttpResponse:
    """Families by home; or the people whose home is not known."""
    homes, asked = Homes(request.school, request.viewer), _asked_for(request.GET)
    page = page_of(request, homes.listed(**asked))
    homes.furnish(list(page.object_list))
    context = {
        **asked,
        "page": page,
        "turning": address_without_page(request),
        "any_at_all": bool(homes.all),
    }
    template = "office/families.html#found" if request.htmx else "office/families.html"
    return render(request, template, context)


@require_POST
@office_page()
def export(request: OfficeRequest) -> HttpResponse:
    """The same people as a file, a line for each child of each; never where somebody lives."""
    homes = Homes(request.school, request.viewer).listed(**_asked_for(request.POST))
    rows = list(lines_of(homes, groups_of_children(request.school, request.viewer)))
    told = (counted(len(rows)),)
    AuditEntry.note("families.exported", request.school, by=request.viewer, fields=told)
    return download(gettext("families"), [heads(), *rows])


def _asked_for(given: QueryDict) -> dict[str, Any]:
    """Which homes, from the address or the form."""
    query = given.get("query", "").strip()[:LONGEST]
    return {"query": query, "homeless": bool(given.get("homeless"))}


@require_http_methods(["GET", "POST"])
@office_page("administers")
def moving(request: OfficeRequest, household_id: UUID) -> HttpResponse:
    """Move people to another home, or to a new one: split a home, or join two."""
    homes, home = home_to_change(request, household_id)
    query = request.GET.get("query", "").strip()[:LONGEST]
    near = homes.near(home, query, MOST_FOUND)
    form = MovingForm(posted(request), home=home, homes=near)
    question = None
    if request.method == "POST" and form.is_valid():
        question = open_question(request, _who_will_see(form, home, near))
        if question is None:
            return _move(request, form, home)
    context = {"home": home, "query": query}
    return form_page(request, "office/moving.html", form, question, **context)


def home_to_change(request: OfficeRequest, household_id: UUID) -> tuple[Homes, Home]:
    """A home of this school that may be changed, locked; 404 for any other."""
    households = Household.objects.changeable_by(request.viewer).filter(school=request.school)
    household = get_object_or_404(households.select_for_update(), pk=household_id)
    homes = Homes(request.school, request.viewer)
    return homes, homes.of(household)


def _who_will_see(form: MovingForm, home: Home, near: list[Home]) -> list[str]:
    """Who will live together: each sees the address of the home they share."""
    to = form.cleaned_data["to"]
    there = next((one for one in near if str(one.household_id) == to), None)
    if there is None:
        return []
    moving = ", ".join(name for key, name, _secret in home.guardians if key in form.movers)
    said = gettext("%(people)s will live with %(others)s, and see the address there.")
    return [said % {"people": moving, "others": there.names}]


def _move(request: OfficeRequest, form: MovingForm, home: Home) -> HttpResponse:
    to = chosen_home(request, form.cleaned_data["to"])
    assert to
    ties = [tie.pk for tie in home.ties if tie.guardian_id in form.movers]
    to.take_in(ties, by=request.viewer)
    said = gettext("Moved.")
    if form.cleaned_data["to"] == NEW:
        said = gettext("There is a new home. Fill in its address.")
    messages.success(request, said)
    return see_other(request, "office:family", request.school.pk, to.pk)
