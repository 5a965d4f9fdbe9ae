"""Reaching every family: who is not in, whose mail comes back, and what to do about it."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kring.base.block import outside_block
from kring.base.htmx import SeeOther, see_other
from kring.base.ids import id_of
from kring.base.visibility import seen_by
from kring.joining.letters import MOST
from kring.joining.printing import left_out, printed
from kring.notifications.models import try_again
from kring.office.pages import address_without_page, page_of
from kring.office.reach import Lack, SchoolReach, letters_for
from kring.schools.office import OfficeRequest, office_page, school_of


@require_safe
@office_page()
def reach(request: OfficeRequest) -> HttpResponse:
    """Per group how many families are connected, and the list of who cannot be reached."""
    found = SchoolReach(request.school, request.viewer)
    lack, group_id = _asked_for(request.GET)
    context = {
        "reach": found,
        "page": page_of(request, found.lacking(lack, group_id)),
        "left_out": left_out(found.left_out(lack, group_id)),
        "most": MOST,
        "turning": address_without_page(request),
        "lacks": Lack.choices,
        "lack": lack or "",
        "group_id": group_id,
        "replies": found.replies(),
    }
    return render(request, "office/reach.html", context)


@require_POST
@outside_block("codes are hashed and letters set before the transaction opens", with_viewer=True)
def letters(request: OfficeRequest, school_id: UUID) -> HttpResponse:
    """A letter for each line of the list, as it was narrowed; the file has a page for each."""
    lack, group_id = _asked_for(request.POST)
    with seen_by(request.viewer):
        request.school = school_of(request.viewer, school_id)
        found = SchoolReach(request.school, request.viewer)
        wanted = letters_for(found.lacking(lack, group_id), lack)
    made = printed(request, wanted, of=str(lack.label) if lack else "") if wanted else None
    if not wanted:
        messages.info(request, _("No letter is needed here."))
    return made or _back(request, lack, group_id)


@require_POST
@office_page()
def clearing(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    """The address is right after all, or works again: mail goes to it from now on."""
    if not try_again(person_id, by=request.viewer, at=request.school):
        raise Http404
    messages.success(request, _("From now on we mail to this address again."))
    return see_other(request, "office:reach", request.school.pk)


def _back(request: OfficeRequest, lack: Lack | None, group_id: UUID | None) -> HttpResponse:
    asked = urlencode({"lack": lack or "", "group": group_id or ""})
    return SeeOther(f"{reverse('office:reach', args=[request.school.pk])}?{asked}")


def _asked_for(given: QueryDict) -> tuple[Lack | None, UUID | None]:
    """What the list is narrowed to; what makes no sense narrows nothing."""
    lack = given.get("lack", "")
    return (Lack(lack) if lack in Lack.values else None), id_of(given.get("group", ""))
