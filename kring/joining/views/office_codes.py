"""Codes of letters: who came in by which, and taking one back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kring.accounts.models import User
from kring.base import clock
from kring.base.htmx import see_other
from kring.base.visibility import Viewer
from kring.joining.codes import grouped
from kring.joining.models import MOST_WRONG_DATES, LinkCode, LinkCodeUse
from kring.schools.office import OfficeRequest, office_page

A_PAGE = 100


@dataclass(frozen=True)
class Shown:
    """A code as the office sees it. What it reads like is known to who has the letter only."""

    code: LinkCode
    claimed: list[tuple[str, datetime]]  # who, when; no name: no longer known here

    @property
    def child(self) -> str:
        return str(self.code.student)

    @property
    def begins(self) -> str:
        return grouped(self.code.selector)

    @property
    def is_open(self) -> bool:
        ended = self.code.expires_at <= clock.now() or self.code.was_not_lost
        return self.code.revoked_at is None and not ended

    @property
    def state(self) -> str:
        """What became of it, in words."""
        if self.code.revoked_at:
            return _("taken back")
        if len(self.claimed) >= self.code.places:
            return _("used")
        if not self.is_open:
            return _("ended")
        if self.code.wrong_dates >= MOST_WRONG_DATES:
            return _("closed: too many wrong dates of birth")
        return _("open until %(day)s, %(used)d of %(places)d used") % {
            "day": f"{self.code.expires_at.astimezone(clock.SCHOOL_TIME):%d-%m-%Y}",
            "used": len(self.claimed),
            "places": self.code.places,
        }


@require_safe
@office_page()
def codes(request: OfficeRequest) -> HttpResponse:
    """The newest first."""
    viewer = request.viewer
    found = LinkCode.objects.visible_to(viewer).filter(school=request.school.pk)
    found = found.select_related("student", "guardianship__guardian").order_by("-created_at", "-pk")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "codes": _shown(list(page), viewer)}
    return render(request, "joining/office/codes.html", context)


@require_POST
@office_page()
def revocation(request: OfficeRequest, code_id: UUID) -> HttpResponse:
    """Take a code back: the letter opens nothing any more."""
    found = LinkCode.objects.changeable_by(request.viewer).filter(school=request.school.pk)
    code = get_object_or_404(found, pk=code_id, revoked_at=None)
    code.revoke(by=request.viewer)
    messages.success(request, _("The code is taken back. The letter opens nothing any more."))
    return see_other(request, "inviting:codes", request.school.pk)


def _shown(codes: list[LinkCode], viewer: Viewer) -> list[Shown]:
    uses = LinkCodeUse.objects.visible_to(viewer).filter(code__in=codes).order_by("created_at")
    rows = list(uses.values_list("code", "user", "created_at"))
    people = User.objects.visible_to(viewer).filter(pk__in={user for _code, user, _moment in rows})
    names = {person.pk: person.name for person in people}
    claimed: defaultdict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for code, user, moment in rows:
        claimed[code].append((names.get(user, ""), moment))
    return [Shown(code, claimed[code.pk]) for code in codes]
