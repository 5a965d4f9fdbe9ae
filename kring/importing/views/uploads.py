"""Files of the office: bounded on their way in, read once, and never kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler
from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from kring.importing.sources import MOST_BYTES
from kring.media.spooling import OnDiskWithoutName
from kring.schools.middleware import ViewerRequest
from kring.schools.office import KEEPERS, LEADERS, may_enter


class OnlyAsMuchAsARoster(FileUploadHandler):
    """Lets no file grow past the limit: one that would arrives a single byte too long."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass on what still fits; the rest is let go as it comes in."""
        room = MOST_BYTES + 1 - start
        return raw_data[:room] if room > 0 else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


def takes_rosters(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Read what is posted by handlers of our own, and from who keeps the school's books only.

    Handlers are set before anything looks at the body, so the token of the form is asked after.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def entered(request: ViewerRequest, school_id: UUID, **kwargs: Any) -> HttpResponse:
        if not may_enter(request.viewer, school_id, roles_for(request)):
            raise Http404
        request.upload_handlers = [
            OnlyAsMuchAsARoster(request),
            MemoryFileUploadHandler(request),
            OnDiskWithoutName(request),
        ]
        return protected(request, school_id, **kwargs)

    return entered


def roles_for(request: ViewerRequest) -> tuple[str, ...]:
    """Who leads the school looks; who keeps its books acts."""
    return KEEPERS if request.method == "POST" else LEADERS
