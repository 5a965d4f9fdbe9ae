"""The file of letters as the answer to who pressed the button."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.base import clock
from kring.base.visibility import seen_by
from kring.joining.letters import MOST
from kring.joining.posting import OvertakenError, Post, Wanted
from kring.schools.models import School
from kring.schools.office import OfficeRequest, school_of
from kring.schools.viewers import viewer_of


def printed(
    request: OfficeRequest, wanted: Sequence[Wanted], *, of: str = ""
) -> HttpResponse | None:
    """The file; none where it cannot be made, with a message that says why.

    To be asked outside any block. Setting it takes time, so who asks is looked up again before
    anything holds. ``of``: what the letters are, for the name of the file.
    """
    if len(wanted) > MOST:
        said = _("That is more than %(most)d letters. Make them group by group.")
        messages.error(request, said % {"most": MOST})
        return None
    post = Post(wanted, request.school)
    made = post.write()
    viewer = viewer_of(request.viewer.person_id)
    try:
        with seen_by(viewer):
            school_of(viewer, request.school.pk)
            post.put_in_force(by=viewer)
    except OvertakenError:
        messages.error(request, _("Newer letters were made meanwhile. Use those."))
        return None
    return _as_file(made, {one.home.group for one in wanted}, request.school, of)


def left_out(families: int) -> str:
    """That some get nothing; which ones, and who said so, stands with the families."""
    said = ngettext(
        "Left out: %(count)d family. Kring sends it nothing by itself now.",
        "Left out: %(count)d families. Kring sends them nothing by itself now.",
        families,
    )
    return said % {"count": families} if families else ""


def _as_file(made: bytes, groups: set[str], school: School, of: str) -> HttpResponse:
    """To be kept nowhere: it is the only place where the codes stand."""
    whose = groups.pop() if len(groups) == 1 else school.name
    name = f"kring-{slugify(f'{whose} {of}')}-{clock.today():%Y-%m-%d}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(made, content_type="application/pdf", headers=headers)
