"""Every view runs inside the second lock, as the person who asks, who proved it twice if staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kring.accounts import factors, passwords, tablets
from kring.accounts.models import User
from kring.accounts.views.pages import ask_second_proof
from kring.base.htmx import see_other
from kring.base.visibility import ANONYMOUS, Viewer, seen_by
from kring.schools.models import School
from kring.schools.viewers import viewer_of

log = structlog.get_logger("kring.security")

OFFICE = "/office/"  # below it are the books of schools, which a code of a tablet does not open

type Next = Callable[[HttpRequest], HttpResponse]


class ViewerRequest(HttpRequest):
    """A request inside the lock: ``viewer`` is who looks."""

    viewer: Viewer
    user: User | AnonymousUser
    htmx: Any


class ViewInBlock:
    """Wraps the view, not the middleware around it: an exception rolls everything back."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: ViewerRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Call the view inside the lock, unless it says why it must not run there.

        Who works at a school gets no further before a second proof, so no view can forget it; the
        pages of one's own account open, for there the proof is set up and given.
        """
        outside = getattr(view, "outside_block", None)
        if outside and not getattr(view, "with_viewer", False):
            return None
        person = request.user
        request.viewer = viewer_of(person.pk) if person.is_authenticated else ANONYMOUS
        if answer := _turned_away(request, view):
            return answer
        if outside:
            return None
        request.POST  # noqa: B018 - uploads are read before the transaction opens
        try:
            with seen_by(request.viewer):
                return view(request, *args, **kwargs)
        except Http404:
            _note_refusal(request, kwargs)
            raise


def _turned_away(request: ViewerRequest, view: Callable[..., HttpResponse]) -> HttpResponse | None:
    """Where somebody goes instead, whose proof opens nothing any more or not this page."""
    person = request.user
    if isinstance(person, User) and tablets.is_over(request, request.viewer):
        tablets.close(request, person)
        messages.error(request, _("Your code no longer works on this tablet."))
        return see_other(request, "account_login")
    open_before = getattr(view, "before_second_proof", False)
    fully = request.path.startswith(OFFICE)
    if open_before or not factors.must_be_strong(request.viewer, request, fully=fully):
        return None
    return ask_second_proof(request)


def _note_refusal(request: ViewerRequest, kwargs: dict[str, Any]) -> None:
    """Somebody asked for what is not there or not theirs: ids only, written outside the block."""
    match = request.resolver_match
    asked = {name: str(value) for name, value in kwargs.items()}
    who = str(request.viewer.user_id or "")
    log.info("access.refused", view=match.view_name if match else "", user_id=who, **asked)


def names_of_schools(viewer: Viewer) -> list[str]:
    """Words that a password must not be made of."""
    with seen_by(viewer):
        return list(School.objects.visible_to(viewer).values_list("name", flat=True))


passwords.words_about.append(names_of_schools)
