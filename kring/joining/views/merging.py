"""Two accounts of one person, for the office: shown first, done after a yes."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kring.accounts.models import User
from kring.accounts.views.pages import account_page
from kring.base.ids import id_of
from kring.base.visibility import seen_by
from kring.joining import merging, telling
from kring.joining import namesakes as namesaking
from kring.schools.office import KEEPERS, OfficeRequest, office_page, school_of

CONFLICT = HTTPStatus.CONFLICT
A_PAGE = 50  # names


@require_safe
@office_page(*KEEPERS)
def namesakes(request: OfficeRequest) -> HttpResponse:
    """Who bear one name: perhaps one person with two accounts. Two that are chosen lead on."""
    one, other = (id_of(request.GET.get(name, "")) for name in ("from", "into"))
    if one and other and one != other:
        return redirect("inviting:merge", request.school.pk, one, other)
    found = namesaking.borne_twice(request.school, request.viewer)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    names = namesaking.names_of([row[0] for row in page], request.school, request.viewer)
    context = {"page": page, "names": names, "chose_one": bool(one and one == other)}
    return render(request, "joining/office/namesakes.html", context)


@account_page
def merge(request: OfficeRequest, school_id: UUID, from_id: UUID, into_id: UUID) -> HttpResponse:
    """From one into the other. It opens the block itself: sessions are ended outside of it."""
    with seen_by(request.viewer):
        request.school = school_of(request.viewer, school_id, KEEPERS)
        from_account, into_account = _pair(request, from_id, into_id)
        if request.method != "POST":
            return _shown(request, from_account, into_account)
        if not merging.merge(from_account, into_account, request.school, request.viewer):
            return _shown(request, from_account, into_account, status=CONFLICT)
    merging.close_if_untied(from_account)
    telling.merged(from_account, request.school.name)
    messages.success(
        request, _("Merged. %(name)s has one account here now.") % {"name": into_account.name}
    )
    return redirect("inviting:overview", school_id=school_id)


def _pair(request: OfficeRequest, from_id: UUID, into_id: UUID) -> tuple[User, User]:
    found = [merging.person_of(request.school, one, request.viewer) for one in (from_id, into_id)]
    from_account, into_account = found
    if from_id == into_id or not (from_account and into_account and into_account.joined_at):
        raise Http404
    if not merging.may_be_one(from_account, into_account, request.school, request.viewer):
        raise Http404
    return from_account, into_account


def _shown(
    request: OfficeRequest, from_account: User, into_account: User, status: int = HTTPStatus.OK
) -> HttpResponse:
    plan = merging.planned(from_account, into_account, request.school, request.viewer)
    context = {"plan": plan, "from_account": from_account, "into_account": into_account}
    return render(request, "joining/office/merge.html", context, status=status)
