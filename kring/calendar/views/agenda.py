from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kring.base.visibility import Viewer
from kring.calendar.asked import LIST, MONTH, Asked
from kring.calendar.page import AgendaPage
from kring.schools.middleware import ViewerRequest


@require_safe
def agenda(request: ViewerRequest) -> HttpResponse:
    """A month, as a list or as a table of weeks."""
    asked = Asked.of(request.GET.dict())
    page = AgendaPage(request.viewer, asked)
    context = {
        "page": page,
        "asked": asked,
        "forms": [(asked.shown_as(form).url, form) for form in (LIST, MONTH)],
        "may_plan": bool(request.viewer.staff_of),
        "empty": None if page.days else nothing(request.viewer, asked),
    }
    return render(request, "calendar/agenda.html", context)


def nothing(viewer: Viewer, asked: Asked) -> dict[str, str]:
    """Why there is nothing, and what to do now."""
    if not viewer.school_ids:
        return {
            "title": _("You do not belong to a school yet"),
            "text": _("Ask the office of the school to connect this e-mail address to your child."),
        }
    following = asked.after()
    if asked.is_now:
        following = following.after()
    return {
        "title": _("Nothing planned"),
        "text": _("In %(month)s nothing stands in the agenda.") % {"month": asked.name},
        "action": _("Look at %(month)s") % {"month": following.name},
        "action_url": following.url,
    }
