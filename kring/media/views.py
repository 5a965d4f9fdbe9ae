from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from kring.base.block import outside_block
from kring.base.visibility import Viewer, seen_by
from kring.media.answers import ALONE, handed_off, kept, name_of
from kring.media.files import path_of
from kring.media.models import Asset
from kring.media.signing import seconds_left, sign
from kring.media.uploads import Photo, Refusal, render_each, stored
from kring.schools.middleware import ViewerRequest
from kring.schools.viewers import viewer_of


@require_safe
@login_not_required
@outside_block("the address itself is the right, and checking it costs no database")
def rendition(request: HttpRequest, asset_id: UUID, size: str, signature: str) -> HttpResponseBase:
    """A picture, to the session that its address was signed for.

    The key comes from the cookie: ``request.session`` could ask the database, as could the page
    that usually says 404. An address that is wrong, old or somebody else's has one bare answer.
    """
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    seconds = seconds_left(asset_id, size, session_key, signature)
    response = _picture(asset_id, size, seconds) if seconds else None
    return HttpResponseNotFound(headers=ALONE) if response is None else response


def _picture(asset_id: UUID, size: str, seconds: int) -> HttpResponseBase | None:
    """The file, or word to the front where to find it; nothing where there is no such file."""
    if settings.MEDIA_HANDED_OFF:
        headers = handed_off(asset_id, size, seconds)
        return HttpResponse(content_type="image/webp", headers=headers)
    try:
        file = default_storage.open(path_of(asset_id, size))
    except FileNotFoundError:
        return None
    headers = ALONE | {"Cache-Control": kept(seconds)}
    name = name_of(asset_id, size)
    return FileResponse(file, content_type="image/webp", filename=name, headers=headers)


@require_POST
@outside_block("photos are rendered and stored before the transaction opens", with_viewer=True)
def upload(request: ViewerRequest) -> JsonResponse:
    """Take the files sent as ``photo`` for the school named in ``school``; answers in their order.

    One file is answered by one object, several by ``{"photos": […]}``: ``id``, ``name``, ``url``,
    ``width`` and ``height`` of what became a photo, ``name`` and ``error`` of what did not.
    201 when anything was taken, else 422.
    """
    school_id = _staffed_school_or_404(request)
    outcomes = render_each(request.FILES.getlist("photo"))
    request.viewer = viewer_of(request.viewer.person_id)  # rendering takes time: is she still here?
    _staffed_school_or_404(request)
    photos = [outcome for outcome in outcomes if isinstance(outcome, Photo)]
    with stored(photos), seen_by(request.viewer):
        for photo in photos:
            _enter(photo, school_id, request.viewer)
    session_key = request.session.session_key or ""
    told = [_told(outcome, session_key) for outcome in outcomes]
    status = HTTPStatus.CREATED if photos else HTTPStatus.UNPROCESSABLE_ENTITY
    return JsonResponse(told[0] if len(told) == 1 else {"photos": told}, status=status)


def _staffed_school_or_404(request: ViewerRequest) -> UUID:
    try:
        school_id = UUID(request.POST.get("school", ""))
    except ValueError:
        raise Http404 from None
    if school_id not in request.viewer.staff_of:
        raise Http404
    return school_id


def _enter(photo: Photo, school_id: UUID, by: Viewer) -> None:
    Asset.take(photo.rendered, asset_id=photo.id, name=photo.name, school_id=school_id, by=by)


def _told(outcome: Photo | Refusal, session_key: str) -> dict[str, str | int]:
    if isinstance(outcome, Refusal):
        return {"name": outcome.name, "error": outcome.sentence}
    return {
        "id": str(outcome.id),
        "name": outcome.name,
        "url": sign(outcome.id, "small", session_key),
        "width": outcome.rendered.width,
        "height": outcome.rendered.height,
    }
