"""What the office decides about one import."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import seen_by
from kring.importing.differences import LEFT, SKIP, STAYS
from kring.importing.forms import ColumnsForm
from kring.importing.models import Import
from kring.importing.sources import Reading
from kring.importing.sources.registry import SOURCES
from kring.importing.views.page import REFUSED, ImportPage
from kring.importing.views.uploads import takes_rosters
from kring.schools.office import KEEPERS, OfficeRequest, office_page, school_of
from kring.schools.viewers import viewer_of

S = Import.State
ANSWER = "answer:"  # what the name of an answer begins with; the key of the difference follows


class MovedOnError(Exception):
    """The import is no longer where this page showed it: somebody was first."""


def own(request: OfficeRequest, import_id: UUID, *states: str) -> Import:
    """An import that this person decides about. Raises MovedOnError outside these states."""
    kept = Import.objects.changeable_by(request.viewer).filter(school=request.school)
    found = get_object_or_404(kept.defer("roster"), pk=import_id)
    if found.state not in states:
        raise MovedOnError
    return found


def unless_moved_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Who decides too late is shown how it stands now."""

    @wraps(view)
    def decide(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except MovedOnError:
            messages.info(request, _("This import has moved on meanwhile. This is how it stands."))
            assert request.resolver_match is not None
            return see_other(request, "importing:import", **request.resolver_match.kwargs)

    return decide


@require_POST
@outside_block("rosters are read before the transaction opens", with_viewer=True)
@takes_rosters
@unless_moved_on
def columns(request: OfficeRequest, school_id: UUID, import_id: UUID) -> HttpResponse:
    """Which column holds what. Where that is not as was guessed, the files are read again."""
    with seen_by(request.viewer):
        found = mapped(request, school_id, import_id)
        page = ImportPage(request, found)
        form = page.columns_form(request.POST, request.FILES)
        if not form.is_valid():
            return page.respond(HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
    reading = reread(found, form)
    request.viewer = viewer_of(request.viewer.person_id)  # reading takes time: may she still?
    with seen_by(request.viewer):
        mapped(request, school_id, import_id).remap(reading, by=request.viewer)
        return see_other(request, "importing:import", school_id, import_id)


def mapped(request: OfficeRequest, school_id: UUID, import_id: UUID) -> Import:
    """The import whose columns are asked for."""
    request.school = school_of(request.viewer, school_id, KEEPERS)
    return own(request, import_id, S.MAPPING)


def reread(found: Import, form: ColumnsForm) -> Reading | None:
    """What the files say with these columns; none where the first reading was right."""
    if form.cleaned_data["is_as_guessed"] and form.is_readable:
        return None
    source = SOURCES[found.source]
    return source.read(form.cleaned_data["file"], form.cleaned_data["mapping"])


@require_POST
@office_page("administers")
@unless_moved_on
def answers(request: OfficeRequest, import_id: UUID) -> HttpResponse:
    """Keep what was answered so far; htmx asks for what that comes to."""
    found = own(request, import_id, S.READY)
    keep_answers(request, found)
    if request.htmx:
        return ImportPage(request, found).respond()
    messages.success(request, _("The answers are kept."))
    return see_other(request, "importing:import", request.school.pk, import_id)


def keep_answers(request: OfficeRequest, found: Import) -> None:
    """All that stands in the form, and what was said of all at once."""
    given = {
        name.removeprefix(ANSWER): str(value)
        for name, value in request.POST.items()
        if name.startswith(ANSWER)
    }
    every = request.POST.get("all")
    if every in {LEFT, STAYS}:
        given |= found.gone_keys(every)
    if "skip" in request.POST:
        open_ones = found.shown_differences().unanswered(found.answers | given)
        given |= {one.key: SKIP for one in open_ones}
    found.answer(given, by=request.viewer)


@require_POST
@office_page("administers")
@unless_moved_on
def confirmation(request: OfficeRequest, import_id: UUID) -> HttpResponse:
    """Apply it, with the answers that stand in the form."""
    found = own(request, import_id, S.READY)
    keep_answers(request, found)
    done = found.confirm(by=request.viewer, sure="sure" in request.POST)
    page = reverse("importing:import", args=[request.school.pk, import_id])
    return see_other(request, page if done else f"{page}?{REFUSED}")


@require_POST
@office_page("administers")
@unless_moved_on
def undoing(request: OfficeRequest, import_id: UUID) -> HttpResponse:
    """Put everything back as it stood."""
    own(request, import_id, S.APPLIED).undo(by=request.viewer)
    return see_other(request, "importing:import", request.school.pk, import_id)


@require_POST
@office_page("administers")
@unless_moved_on
def discarding(request: OfficeRequest, import_id: UUID) -> HttpResponse:
    """Put it away: nothing of it is applied."""
    own(request, import_id, S.MAPPING, S.READY).discard(by=request.viewer)
    messages.success(request, _("This import was put away. Nothing was changed."))
    return see_other(request, "importing:imports", request.school.pk)
