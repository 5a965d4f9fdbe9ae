from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kring.base import clock, saying
from kring.base.cursor import Cursor
from kring.base.visibility import Viewer
from kring.feed.page import FeedPage
from kring.notifications.bell import asks_first
from kring.schools.middleware import ViewerRequest
from kring.schools.models import Enrollment


@require_safe
def feed(request: ViewerRequest) -> HttpResponse:
    """Everything that one may see, newest first."""
    if asks_first(request):
        return redirect("notifications:first")
    before, about = (request.GET.get(name, "") for name in ("before", "about"))
    session = request.session.session_key or ""
    page = FeedPage(request.viewer, session, Cursor.read(before), about)
    context = {
        "cards": page.cards,
        "filters": page.filters,
        "older_url": page.older_url,
        "empty": None if page.cards else nothing(request.viewer),
        "asides": page.asides,
    }
    return render(request, "feed/feed.html", context)


def nothing(viewer: Viewer) -> dict[str, str]:
    """Why the feed is empty, and what to do now: no dead end."""
    if viewer.coming_ids:
        return _before_the_first_day(viewer)
    if viewer.pick_up_ids and not viewer.followed_ids:
        return {
            "title": _("You may fetch this child"),
            "text": _("Messages of the school go to the parents. You need to do nothing here."),
        }
    if not viewer.school_ids:
        return {
            "title": _("You do not belong to a school yet"),
            "text": _("Ask the office of the school to connect this e-mail address to your child."),
        }
    calm = {
        "title": _("No messages yet"),
        "text": _("As soon as somebody writes something for you, it stands here."),
    }
    if viewer.ids("leads", "administers"):  # a school begins in its office
        calm |= {"action": _("To the office"), "action_url": reverse("office:choose")}
    return calm


def _before_the_first_day(viewer: Viewer) -> dict[str, str]:
    stays = Enrollment.objects.visible_to(viewer).filter(student__in=viewer.coming_ids)
    first = stays.select_related("student", "group").order_by("starts_on").first()
    assert first
    day = saying.said_day(first.starts_on, today=clock.today())
    names = {"name": first.student.first_name, "group": first.group.name, "day": day}
    return {
        "title": _("Welcome, %(name)s") % names,
        "text": _("From %(day)s on you read here what happens in %(group)s.") % names,
    }
