from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from kring.base.block import outside_block
from kring.base.ids import id_of
from kring.base.visibility import seen_by
from kring.media.answers import ALONE, handed_off, headers, type_of
from kring.media.files import delete_files, path_of
from kring.media.models import Asset
from kring.media.signing import seconds_left
from kring.media.storage import StorageAwayError
from kring.media.taking_in import keeps_originals, refused_for_room
from kring.media.telling import told
from kring.media.uploads import Refusal, Taken, receive, stored
from kring.schools.middleware import ViewerRequest
from kring.schools.viewers import viewer_of

MOST_ASKED = 40  # states at a time


@require_safe
@login_not_required
@outside_block("the address itself is the right, and checking it costs no database")
def rendition(
    request: HttpRequest, asset_id: UUID, size: str, signature: str, name: str = ""
) -> HttpResponseBase:
    """A file, to the session that its address was signed for.

    The key comes from the cookie: ``request.session`` could ask the database, as could the page
    that usually says 404. An address that is wrong, old or somebody else's has one bare answer.
    """
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    seconds = seconds_left(asset_id, size, session_key, signature, name)
    method = request.method or "GET"
    response = _file(asset_id, size, seconds, name, method) if seconds else None
    return HttpResponseNotFound(headers=ALONE) if response is None else response


def _file(
    asset_id: UUID, size: str, seconds: int, name: str, method: str
) -> HttpResponseBase | None:
    """The file, or word to the front where to find it; nothing where there is no such file."""
    kind = type_of(size, name)
    if settings.MEDIA_HANDED_OFF:
        of_it = handed_off(asset_id, size, seconds, name, method=method)
        return HttpResponse(content_type=kind, headers=of_it)
    try:
        file = default_storage.open(path_of(asset_id, size))
    except FileNotFoundError:
        return None
    response = FileResponse(file, content_type=kind)
    for header, value in headers(seconds, name).items():
        response[header] = value  # also over the name that it found itself
    return response


@require_POST
@outside_block("files are looked at and stored before the transaction opens", with_viewer=True)
def upload(request: ViewerRequest) -> JsonResponse:
    """Take the files sent as ``file`` for the school named in ``school``; answers in their order.

    One file is answered by one object, several by ``{"files": […]}``: what ``told`` says of what
    was taken, ``name`` and ``error`` of what was not. 201 when anything was taken, 503 when the
    same may be taken later, else 422.
    """
    school_id = _staffed_school_or_404(request)
    with seen_by(request.viewer):
        keep = keeps_originals(school_id, request.viewer)
        refused = refused_for_room(school_id, request.FILES.getlist("file"))
    outcomes = refused or receive(request.FILES.getlist("file"), keep_original=keep)
    request.viewer = viewer_of(request.viewer.person_id)  # looking takes time: is she still here?
    _staffed_school_or_404(request)
    taken = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]
    with stored(taken), seen_by(request.viewer):
        entered = {one.id: one.enter(school_id, request.viewer) for one in taken}
    session_key = request.session.session_key or ""
    answers = [_answer(outcome, entered, session_key) for outcome in outcomes]
    status = HTTPStatus.CREATED if taken else _status_of(outcomes)
    return JsonResponse(answers[0] if len(answers) == 1 else {"files": answers}, status=status)


@require_POST
@outside_block("the row goes before its files, in a transaction of its own", with_viewer=True)
def removal(request: ViewerRequest, asset_id: UUID) -> HttpResponse:
    """Take back what one sent in and hung nowhere; a film is not converted any further."""
    with seen_by(request.viewer):
        own = Asset.objects.removable_by(request.viewer)
        gone, _ = own.loose().filter(pk=asset_id).delete()
    if not gone:
        raise Http404
    with suppress(StorageAwayError):  # then they are swept at night
        delete_files(asset_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
def states(request: ViewerRequest) -> JsonResponse:
    """How far the films named in ``of`` are, of those that are one's own: per id what is told."""
    asked = request.GET.get("of", "").split(",")[:MOST_ASKED]
    try:
        ids = [UUID(one) for one in asked if one]
    except ValueError:
        raise Http404 from None
    own = Asset.objects.visible_to(request.viewer).filter(pk__in=ids)
    session_key = request.session.session_key or ""
    return JsonResponse({str(asset.pk): told(asset, session_key) for asset in own})


def _staffed_school_or_404(request: ViewerRequest) -> UUID:
    school_id = id_of(request.POST.get("school", ""))
    if school_id is None or school_id not in request.viewer.staff_of:
        raise Http404
    return school_id


def _answer(
    outcome: Taken | Refusal, entered: dict[UUID, Asset], session_key: str
) -> dict[str, str | int]:
    if isinstance(outcome, Refusal):
        return {"name": outcome.name, "error": outcome.sentence}
    return told(entered[outcome.id], session_key)


def _status_of(outcomes: list[Taken | Refusal]) -> HTTPStatus:
    passing = outcomes and all(isinstance(one, Refusal) and one.passing for one in outcomes)
    return HTTPStatus.SERVICE_UNAVAILABLE if passing else HTTPStatus.UNPROCESSABLE_ENTITY
