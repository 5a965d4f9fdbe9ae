"""The trail: who changed what and when, for who leads the school and who keeps its books."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kring.base import clock
from kring.base.spreadsheet import download
from kring.events.models import AuditEntry
from kring.office.forms.trail import TrailForm
from kring.office.trail import Line, Trail
from kring.office.views.pages import form_page
from kring.schools.office import OfficeRequest, office_page


@require_safe
@office_page()
def trail(request: OfficeRequest) -> HttpResponse:
    """A hundred lines, and the way to those before."""
    form = TrailForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    context: dict[str, Any] = {"lines": [], "wanted": wanted, "filtered": any(wanted.values())}
    context["asked"] = [(name, one) for name, one in request.GET.items() if name != "before"]
    if form.is_valid():
        context["lines"], last = Trail(request.school, request.viewer, wanted).page()
        context["older"] = _older(request.GET, last)
    page = "office/trail.html#lines" if request.htmx else "office/trail.html"
    return form_page(request, page, form, **context)


@require_POST
@office_page()
def trail_file(request: OfficeRequest) -> HttpResponse:
    """The same lines as a file; that somebody took them along is a line, too."""
    form = TrailForm(request.POST)
    if not form.is_valid():
        return form_page(request, "office/trail.html", form, lines=[])
    lines = Trail(request.school, request.viewer, form.cleaned_data).all()
    rows = [_heads(), *map(_cells, lines)]
    AuditEntry.note("trail.exported", request.school, by=request.viewer)
    return download(f"kring-{clock.today()}", rows)


def _older(asked: QueryDict, last: UUID | None) -> str:
    """The same question for the lines before the last."""
    if last is None:
        return ""
    older = asked.copy()
    older["before"] = str(last)
    return f"?{older.urlencode()}"


def _heads() -> list[str]:
    return [_("When"), _("Who"), _("What"), _("Child"), _("Adult"), _("Fields")]


def _cells(line: Line) -> list[str]:
    moment = f"{line.at.astimezone(clock.SCHOOL_TIME):%Y-%m-%d %H:%M:%S}"
    return [moment, line.actor, line.did, line.child, line.person, line.fields]
