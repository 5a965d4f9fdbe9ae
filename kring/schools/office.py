"""The pages of a school's office: for who leads the school and who keeps its books."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from kring.base.visibility import Viewer
from kring.schools.middleware import ViewerRequest
from kring.schools.models import School

LEADERS = ("leads", "administers")
KEEPERS = ("administers",)


class OfficeRequest(ViewerRequest):
    """A request of somebody of the office: ``school`` is the one that the address names."""

    school: School


type OfficeView = Callable[..., HttpResponse]


def may_enter(viewer: Viewer, school_id: UUID, roles: tuple[str, ...] = LEADERS) -> bool:
    """Whether this person has one of these roles at the school."""
    return school_id in viewer.ids(*roles)


def school_of(viewer: Viewer, school_id: UUID, roles: tuple[str, ...] = LEADERS) -> School:
    """The school, for who has one of these roles there; for anybody else there is none (404)."""
    if not may_enter(viewer, school_id, roles):
        raise Http404
    return get_object_or_404(School.objects.visible_to(viewer), pk=school_id)


def office_page(*roles: str) -> Callable[[OfficeView], OfficeView]:
    """Let in principal and administrator, or who has one of these roles, at that school only."""

    def declare(view: OfficeView) -> OfficeView:
        @wraps(view)
        def entered(request: OfficeRequest, school_id: UUID, **kwargs: Any) -> HttpResponse:
            request.school = school_of(request.viewer, school_id, roles or LEADERS)
            return view(request, **kwargs)

        return entered

    return declare
