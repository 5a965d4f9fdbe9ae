"""The items of a newsletter: written, pictured, arranged and taken out by the office."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import seen_by
from kring.feed.item_desk import ItemDesk
from kring.feed.models import Newsletter, NewsletterItem
from kring.feed.models.newsletter_photo import MOST_PICTURES
from kring.feed.views.issues import FORM, back, of_issue
from kring.media.storage import StorageError
from kring.media.taking_in import keeps_originals, refused_for_room
from kring.media.uploads import Photo, Refusal, render_uploads, stored
from kring.schools.middleware import ViewerRequest
from kring.schools.office import OfficeRequest, school_of
from kring.schools.viewers import viewer_of

WHY = "photos are rendered and stored before the transaction opens"


@require_http_methods(FORM)
@outside_block(WHY, with_viewer=True)
def writing(request: OfficeRequest, school_id: UUID, newsletter_id: UUID) -> HttpResponse:
    """An item of one's own."""
    return _edited(request, school_id, newsletter_id=newsletter_id)


@require_http_methods(FORM)
@outside_block(WHY, with_viewer=True)
def item(
    request: OfficeRequest, school_id: UUID, newsletter_id: UUID, item_id: UUID
) -> HttpResponse:
    """Another title, and of an own item another text and other pictures."""
    return _edited(request, school_id, newsletter_id=newsletter_id, item_id=item_id)


@require_POST
@of_issue
def place(request: OfficeRequest, found: Newsletter, item_id: UUID) -> HttpResponse:
    """One up, or one down."""
    found.keep_as_draft()
    _item(request, found, item_id).move(by=request.viewer, up=request.POST.get("to") == "up")
    return see_other(request, f"{_address(found)}#item-{item_id}")


@require_POST
@of_issue
def item_removal(request: OfficeRequest, found: Newsletter, item_id: UUID) -> HttpResponse:
    """Out of the newsletter; a message stays where it was."""
    found.keep_as_draft()
    _item(request, found, item_id).remove(by=request.viewer)
    return see_other(request, f"{_address(found)}#items")


def _edited(request: OfficeRequest, school_id: UUID, **ids: UUID) -> HttpResponse:
    taken, refusals = _received(request, school_id)
    try:
        with stored(taken), seen_by(request.viewer):
            return _desk(request, school_id=school_id, taken=taken, refusals=refusals, **ids)
    except StorageError as trouble:  # the form again, without the files and with what was typed
        said = [trouble.sentence]
        with seen_by(request.viewer):
            response = _desk(request, school_id=school_id, taken=[], refusals=said, **ids)
        response.status_code = trouble.status
        return response


def _received(request: ViewerRequest, school_id: UUID) -> tuple[list[Photo], list[str]]:
    """What became of photos that the form itself sent, which it does without script."""
    files = request.FILES.getlist("photos")[: MOST_PICTURES + 1]
    with seen_by(request.viewer):
        school_of(request.viewer, school_id)
        if not files:
            return [], []
        keep = keeps_originals(school_id, request.viewer)
        full = refused_for_room(school_id, files)
    if full:
        return [], [one.sentence for one in full if isinstance(one, Refusal)]
    found = render_uploads(files, keep_original=keep)
    request.viewer = viewer_of(request.viewer.person_id)  # looking takes time: is she still here?
    return found


@of_issue
def _desk(
    request: OfficeRequest, found: Newsletter, *, item_id: UUID | None = None, **came: Any
) -> HttpResponse:
    found.keep_as_draft()
    part = _item(request, found, item_id) if item_id else None
    desk = ItemDesk(request, found, part, **came)
    if desk.save():
        return back(request, found)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if desk.form.errors else HTTPStatus.OK
    return render(request, "feed/issue_item.html", desk.context(), status=status)


def _item(request: OfficeRequest, found: Newsletter, item_id: UUID) -> NewsletterItem:
    own = NewsletterItem.objects.changeable_by(request.viewer).filter(newsletter=found.pk)
    return get_object_or_404(own.select_related("newsletter"), pk=item_id)


def _address(found: Newsletter) -> str:
    return reverse("feed:issue", args=[found.school_id, found.pk])
