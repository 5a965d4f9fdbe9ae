"""What each family got of a message, and slips on paper for whom nothing reached."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kring.base import clock
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import seen_by
from kring.feed.ladder import Ladder
from kring.feed.printing import Pile
from kring.feed.slips import MOST
from kring.schools.middleware import ViewerRequest
from kring.schools.viewers import viewer_of


@require_safe
def ladder(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """One table: in the app, over each channel, slip and call, family by family."""
    found = Ladder.of(request.viewer, post_id)
    only_left = request.GET.get("only") == "left"
    context = {
        "ladder": found,
        "steps": found.left if only_left else found.steps,
        "only_left": only_left,
    }
    return render(request, "feed/ladder.html", context)


@require_POST
@outside_block("slips are set before the transaction opens", with_viewer=True)
def slips(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """The file to print: a slip for each family that nothing reached yet, sorted by group."""
    with seen_by(request.viewer):
        found = Ladder.of(request.viewer, post_id)
        pile = Pile.of(found, with_text="text" in request.POST)
    if not 0 < len(pile.slips) <= MOST:
        _say_why_not(request, len(pile.slips))
        return see_other(request, "feed:ladder", post_id)
    made = pile.write()
    viewer = viewer_of(request.viewer.person_id)  # who may have lost the right meanwhile
    with seen_by(viewer):
        Ladder.of(viewer, post_id)
        pile.note(by=viewer)
    return _as_file(made)


def _as_file(made: bytes) -> HttpResponse:
    """Of children's names: to be kept by no cache."""
    headers = {
        "Content-Disposition": f'attachment; filename="kring-{clock.today():%Y-%m-%d}.pdf"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _say_why_not(request: ViewerRequest, many: int) -> None:
    if many:
        said = _("That is more than %(most)d slips: too many for one file.")
        messages.error(request, said % {"most": MOST})
    else:
        messages.info(request, _("No slip is needed: every family was reached."))
