"""Bodies so large that they may take minutes to come in: who may send one, asked before."""

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse

from kring.accounts.models import User
from kring.schools.viewers import viewer_of

log = structlog.get_logger("kring.security")

# A photo of oneself, which the front keeps small enough; and what is sent on without being read.
OF_EVERYBODY = ("home:about_me", "app:share")

type Next = Callable[[HttpRequest], HttpResponse]


class LargeBodies:
    """Stands before the first that reads a body. A page that is sent a form only costs nothing."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],  # noqa: ARG002
        args: tuple[Any, ...],  # noqa: ARG002
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> None:
        """Refuse who works nowhere; for the others, give the database back until all is here."""
        if not _is_large(request):
            return
        view_name = request.resolver_match.view_name if request.resolver_match else ""
        person = request.user
        if isinstance(person, User) and view_name not in OF_EVERYBODY:
            _refuse_unless_staff(person, view_name)
        if not connection.in_atomic_block:
            connection.close()  # goes back to the pool: a slow line is to keep it from nobody


def _is_large(request: HttpRequest) -> bool:
    """Whether it holds a file: it is longer than the text of any form of ours."""
    told = request.headers.get("content-length") or "0"
    return told.isdecimal() and int(told) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


def _refuse_unless_staff(person: User, view_name: str) -> None:
    if not viewer_of(person.pk).staff_of:
        log.info("access.refused", view=view_name, user_id=str(person.pk))
        raise Http404
