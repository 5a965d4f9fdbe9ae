from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from kring.base.spreadsheet import download
from kring.events.models import AuditEntry
from kring.office.pages import address_without_page, page_of
from kring.office.register import STATES, Child, Register
from kring.office.search import LONGEST
from kring.office.wording import counted
from kring.schools.office import OfficeRequest, office_page
from kring.schools.telephones import readable


@require_safe
@office_page()
def children(request: OfficeRequest) -> HttpResponse:
    """All children; or those of a group, or whom somebody looks for."""
    register, asked = Register(request.school, request.viewer), asked_for(request)
    page = page_of(request, register.listed(**asked))
    register.meet(list(page.object_list))
    context = {
        **asked,
        "page": page,
        "turning": address_without_page(request),
        "register": register,
        "states": STATES.items(),
        "may_change": request.school.pk in request.viewer.administers,
    }
    template = "office/children.html#found" if request.htmx else "office/children.html"
    return render(request, template, context)


@require_POST
@office_page()
def export(request: OfficeRequest) -> HttpResponse:
    """The same list as a file; that it was taken stands in the trail."""
    register = Register(request.school, request.viewer)
    listed = register.listed(**asked_for(request))
    register.meet(listed)
    told = (counted(len(listed)),)
    AuditEntry.note("children.exported", register, by=request.viewer, fields=told)
    return download(gettext("children"), rows(listed))


def asked_for(request: OfficeRequest) -> dict[str, str]:
    """What to list, from the address or the form: whatever else is there is left alone."""
    given = request.POST if request.method == "POST" else request.GET
    asked = {name: given.get(name, "").strip() for name in ("query", "group", "state")}
    asked["query"] = asked["query"][:LONGEST]
    return asked | {"state": asked["state"] if asked["state"] in STATES else ""}


def rows(children: list[Child]) -> list[list[str]]:
    """What a file says of them: never where somebody lives."""
    head = [
        gettext("First name"),
        gettext("Infix"),
        gettext("Last name"),
        gettext("Date of birth"),
        gettext("Groups"),
        gettext("Parents and carers"),
        gettext("Telephone"),
        gettext("E-mail address"),
        gettext("Connected"),
    ]
    return [head, *(_row(child) for child in children)]


def _row(child: Child) -> list[str]:
    carers = [one for one in child.guardians if one.cares]
    return [
        child.first_name,
        child.infix,
        child.last_name,
        f"{child.born_on:%d-%m-%Y}" if child.born_on else "",
        ", ".join(stay.group for stay in child.now),
        ", ".join(one.name for one in carers),
        ", ".join(readable(one.telephone) for one in carers if one.telephone),
        ", ".join(one.address for one in carers if one.address),
        f"{child.connected}/{child.carers}",
    ]
