"""The newsletters of one's schools: an archive, and each of them as a page."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kring.feed.issues import parts_of
from kring.feed.models import Newsletter
from kring.notifications.models import Notification
from kring.schools.middleware import ViewerRequest

PAGE = 30


@require_safe
def newsletters(request: ViewerRequest) -> HttpResponse:
    """The newest first; also those of before one came to the school."""
    out = Newsletter.objects.visible_to(request.viewer).out().select_related("school")
    page = Paginator(out.order_by("-published_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "feed/newsletters.html", {"page": page})


@require_safe
def newsletter(request: ViewerRequest, newsletter_id: UUID) -> HttpResponse:
    """One of them. The office sees a draft, too, as others will see it."""
    seen = Newsletter.objects.visible_to(request.viewer).filter(withdrawn_at=None)
    found = get_object_or_404(seen.select_related("school"), pk=newsletter_id)
    items = parts_of(found, request.viewer, request.session.session_key or "")
    if request.method == "GET":
        Notification.look_at([found.pk], by=request.viewer)
    return render(request, "feed/newsletter.html", {"newsletter": found, "items": items})
