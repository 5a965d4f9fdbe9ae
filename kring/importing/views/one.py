"""One import: whatever state it is in, at one address."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kring.base.spreadsheet import download
from kring.importing import wording
from kring.importing.models import Import
from kring.importing.roster import problem_from_json
from kring.importing.views.imports import HEAVY
from kring.importing.views.page import ImportPage
from kring.schools.office import OfficeRequest, office_page


@require_safe
@office_page()
def one(request: OfficeRequest, import_id: UUID) -> HttpResponse:
    """What it would change, how far it is, or what became of it."""
    own = Import.objects.visible_to(request.viewer).filter(school=request.school)
    found = get_object_or_404(own.defer(*HEAVY), pk=import_id)
    return ImportPage(request, found).respond()


@require_safe
@office_page()
def report(request: OfficeRequest, import_id: UUID) -> HttpResponse:
    """What is wrong in the files, for a spreadsheet."""
    own = Import.objects.visible_to(request.viewer).filter(school=request.school)
    problems = get_object_or_404(own.values_list("problems", flat=True), pk=import_id)
    head = (_("File"), _("Line"), _("Column"), _("What is wrong"), _("What stands there"))
    known = [problem_from_json(one) for one in problems]
    rows = [(one.file, one.line, one.column, wording.sentence(one), one.value) for one in known]
    return download("invoer", [head, *rows])
