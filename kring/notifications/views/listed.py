"""The list of what one was told, and the way from a push message to the thing."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from kring.base import clock
from kring.base.cursor import Cursor
from kring.base.htmx import see_other
from kring.notifications.listing import NotificationPage, lines_of
from kring.notifications.models import Notification
from kring.notifications.pushing.devices import is_on_here
from kring.schools.middleware import ViewerRequest


@require_safe
def listed(request: ViewerRequest) -> HttpResponse:
    """What one was told in the last weeks. Looking at the list reads nothing of it."""
    page = NotificationPage(request.viewer, Cursor.read(request.GET.get("before", "")))
    push_here = is_on_here(request.viewer, request.session)
    context = {"page": page, "now": clock.now(), "push_here": push_here}
    return render(request, "notifications/list.html", context)


@require_safe
def opened(request: ViewerRequest, notification_id: UUID) -> HttpResponse:
    """On to the thing, for whom a push message brought. It is read where the thing is shown.

    Browsers fetch addresses by themselves, so this changes nothing.
    """
    own = Notification.objects.visible_to(request.viewer)
    notification = get_object_or_404(own, pk=notification_id)
    line = lines_of([notification], request.viewer).get(notification.pk)
    if line is None:
        raise Http404
    return redirect(line.path)


@require_POST
def readings(request: ViewerRequest) -> HttpResponse:
    """All of the list was seen, as it was when the page was made: not what came since."""
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        until = clock.now()
    Notification.look_at_all(by=request.viewer, until=until)
    return see_other(request, "notifications:list")
