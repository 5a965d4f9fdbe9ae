"""All imports of a school, and the way to a new one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.accounts.models import User
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.spreadsheet import download
from kring.base.visibility import seen_by
from kring.importing.forms import UploadForm
from kring.importing.models import Import
from kring.importing.sources import MOST_BYTES, Reading
from kring.importing.sources.registry import SOURCES
from kring.importing.views.shown import bounded, summary
from kring.importing.views.uploads import roles_for, takes_rosters
from kring.schools.models import School
from kring.schools.office import KEEPERS, OfficeRequest, may_enter, office_page, school_of
from kring.schools.viewers import viewer_of

MOST_SHOWN = 100  # imports of a school, the latest first
S = Import.State
# Read only where they are shown: a roster of 50,000 is megabytes, and a page that waits asks often.
HEAVY = ("roster", "differences", "problems", "columns", "answers")
LOOKS: dict[str, str] = {
    S.APPLIED: "success",
    S.REFUSED: "error",
    S.READY: "warning",
    S.MAPPING: "warning",
}
# Where such a file comes from, in the words of the program that makes it.
HINTS: dict[str, Promise] = {
    "edexml": _(
        "Children, groups and staff. In ParnasSys: EDEX & UWLR, choose nieuw. In ESIS: EDEXML."
    ),
    "carers": _("A list of children with their parents and carers, as CSV or Excel."),
    "aftercare": _("Children and their days of after-school care, as CSV or Excel."),
}
# The same as docs/import/bso.csv.
SAMPLE = """\
kindnummer;roepnaam;tussenvoegsel;achternaam;geboortedatum;groep;ma;di;wo;do;vr;begindatum;\
einddatum;e-mail ouder 1;e-mail ouder 2
2001;Mila;van der;Meer;13-04-2018;De Vossen;x;x;;x;;31-08-2026;;\
iris@gezin.example;tom@gezin.example
2002;Sem;;Bakker;02-11-2019;De Vossen;;14:30-18:30;;14:30-18:30;;31-08-2026;31-12-2026;\
ouders.sem@gezin.example;
2003;Aya;El;Amrani;27-06-2016;De Dassen;ja;nee;nee;ja;ja;31-08-2026;;;
"""


class Line(NamedTuple):
    """One import in the history."""

    url: str
    label: str
    files: str
    who: str
    at: Any
    state: str
    look: str
    counts: list[str]


@require_http_methods(["GET", "POST"])
@outside_block("rosters are read before the transaction opens", with_viewer=True)
@takes_rosters
def imports(request: OfficeRequest, school_id: UUID) -> HttpResponse:
    """What was imported, and a new file to check."""
    form = form_of(request)
    reading = read(form) if form.is_valid() else None
    request.viewer = viewer_of(request.viewer.person_id)  # reading takes time: may she still?
    with seen_by(request.viewer):
        request.school = school_of(request.viewer, school_id, roles_for(request))
        if reading:
            names = [one.name for one in form.cleaned_data["file"]]
            source = form.cleaned_data["source"]
            found = Import.begin(request.school, source, reading, names, by=request.viewer)
            return see_other(request, "importing:import", school_id, found.pk)
        return respond(request, form)


def form_of(request: OfficeRequest) -> UploadForm:
    """As it was sent; or empty."""
    sources = [(name, source.label) for name, source in SOURCES.items()]
    if request.method == "POST":
        return UploadForm(request.POST, request.FILES, sources=sources)
    return UploadForm(sources=sources)


def read(form: UploadForm) -> Reading:
    """What the files say."""
    return SOURCES[form.cleaned_data["source"]].read(form.cleaned_data["file"])


def respond(request: OfficeRequest, form: UploadForm) -> HttpResponse:
    """The page with its history."""
    school, is_care = request.school, request.school.kind == School.Kind.AFTERCARE
    if is_care:
        form.initial["source"] = "aftercare"
    context = history(request) | {
        "form": form,
        "is_care": is_care,
        "choices": _offered(form, is_care=is_care),
        "megabytes": MOST_BYTES // (1024 * 1024),
        "may_act": may_enter(request.viewer, school.pk, KEEPERS),
        "sample_url": reverse("importing:sample", args=[school.pk]),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "importing/imports.html", context, status=status)


def _offered(form: UploadForm, *, is_care: bool) -> list[tuple[Any, str | Promise]]:
    """The sources that fit, each with where it comes from; what would be refused is left out."""
    unfit = "edexml" if is_care else "aftercare"
    sources = [(one, one.data["value"]) for one in form["source"]]
    return [(one, HINTS.get(name, "")) for one, name in sources if name != unfit]


def history(request: OfficeRequest) -> dict[str, Any]:
    """The latest imports, and how many more there are."""
    own = Import.objects.visible_to(request.viewer).filter(school=request.school)
    latest = own.order_by("-created_at").defer(*HEAVY)[: MOST_SHOWN + 1]
    found, more = bounded(latest, MOST_SHOWN)
    people = User.objects.visible_to(request.viewer).in_bulk([one.made_by_id for one in found])
    return {
        "lines": [_line(one, people) for one in found],
        "more": more,
        "empty": {"title": _("No imports yet"), "text": _("The office imports the school.")},
    }


def _line(one: Import, people: dict[UUID, User]) -> Line:
    who = people.get(one.made_by_id) if one.made_by_id else None
    return Line(
        url=reverse("importing:import", args=[one.school_id, one.pk]),
        label=label_of(one),
        files=one.files,
        who=who.name if who else "",
        at=one.created_at,
        state=one.get_state_display(),
        look=LOOKS.get(one.state, ""),
        counts=summary(one.counts),
    )


def label_of(one: Import) -> str:
    """What kind of source it was; its bare name where Kring knows it no longer."""
    source = SOURCES.get(one.source)
    return str(source.label) if source else one.source


@require_safe
@office_page()
def sample(request: OfficeRequest) -> HttpResponse:
    """An example of the list of an after-school care."""
    return download("voorbeeld-bso", (line.split(";") for line in SAMPLE.splitlines()))
