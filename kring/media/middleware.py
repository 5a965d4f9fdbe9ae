"""A disk that is full and a storage that does not answer: a sentence, and not an error."""

from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from kring.media.spooling import WithoutRoom
from kring.media.storage import NoRoomError, StorageError

log = structlog.get_logger("kring.media")

type Next = Callable[[HttpRequest], HttpResponse]


class SaysTrouble:
    """Answers for views that do not say it better themselves."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],  # noqa: ARG002
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponse | None:
        """Before a view inside the lock, whose exceptions nobody meets: are all files here?"""
        if request.method != "POST" or hasattr(view, "outside_block"):
            return None
        files = [one for name in request.FILES for one in request.FILES.getlist(name)]
        lost = any(isinstance(one, WithoutRoom) for one in files)
        return answered(request, NoRoomError()) if lost else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Of a view outside the lock."""
        return answered(request, error) if isinstance(error, StorageError) else None


def answered(request: HttpRequest, trouble: StorageError) -> HttpResponse:
    """One sentence, for a page or for the script of one."""
    log.error("storage.trouble", kind=type(trouble).__name__)
    response: HttpResponse
    if request.path == reverse("media:upload"):
        response = JsonResponse({"error": trouble.sentence})
    else:
        response = render(request, "media/trouble.html", {"sentence": trouble.sentence})
    response.status_code = trouble.status
    if trouble.seconds:
        response["Retry-After"] = str(trouble.seconds)
    return response
