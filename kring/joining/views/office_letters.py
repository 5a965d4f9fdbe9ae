"""Letters to print: one for each child and home, with a new code in it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kring.base.block import outside_block
from kring.base.ids import id_of
from kring.base.visibility import seen_by
from kring.joining import telling
from kring.joining.homes import State, homes_of, mourning_among
from kring.joining.posting import Addressed, addressed, reopening_of
from kring.joining.printing import printed
from kring.joining.views.office_families import A_PAGE, back_to_list, say_left_out
from kring.schools.models import Guardianship
from kring.schools.office import OfficeRequest, school_of


@require_POST
@outside_block("codes are hashed and letters set before the transaction opens", with_viewer=True)
def letters(request: OfficeRequest, school_id: UUID) -> HttpResponse:
    """The letters of the chosen homes, a group, the school, or of whoever is not connected."""
    with seen_by(request.viewer):
        request.school = school_of(request.viewer, school_id)
        wanted, left_out = _wanted(request)
    say_left_out(request, left_out)
    if wanted:
        return printed(request, wanted) or back_to_list(request)
    if not left_out:
        messages.info(request, _("No letter is needed here: everybody is connected."))
    return back_to_list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@outside_block("codes are hashed and letters set before the transaction opens", with_viewer=True)
def reopening_letter(request: OfficeRequest, school_id: UUID, tie_id: UUID) -> HttpResponse:
    """A letter for somebody whose account was lost. First a page that says what it does."""
    with seen_by(request.viewer):
        request.school = school_of(request.viewer, school_id)
        wanted = reopening_of(request.viewer, school_id, tie_id)
        if wanted is None:
            raise Http404
        if request.method != "POST":
            return render(request, "joining/office/reopening.html", {"wanted": wanted})
        ties = Guardianship.objects.visible_to(request.viewer).select_related("guardian")
        person = ties.get(pk=tie_id).guardian
    made = printed(request, [wanted])
    if made:
        telling.letter_made(person, request.school.name)
    return made or back_to_list(request)


def _wanted(request: OfficeRequest) -> tuple[list[Addressed], int]:
    """For whom, and how many families are left out because they mourn.

    Who chooses that one home gets its letter all the same.
    """
    sent, here = request.POST, request.school.pk
    whom, group_id = sent.get("whom", ""), id_of(sent.get("group", ""))
    keys = sent.getlist("homes")[:A_PAGE]
    if whom == "chosen" and not keys:
        return [], 0
    homes = homes_of(request.viewer, here, group_id=group_id, only=keys if whom == "chosen" else ())
    if whom == "unconnected":
        homes = [home for home in homes if home.state != State.CONNECTED]
    by_hand = whom == "chosen" and len(keys) == 1
    left_out = 0 if by_hand else mourning_among(homes)
    return addressed(homes, fetchers="fetchers" in sent, by_hand=by_hand), left_out
