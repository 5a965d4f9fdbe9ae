"""Inviting, for the office: how far each group is, and the invitations themselves."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kring.base import clock
from kring.base.htmx import see_other
from kring.joining import invitations
from kring.joining.homes import State, homes_of, tallies
from kring.joining.mailing import mourns
from kring.joining.models import Invitation
from kring.joining.views.office_families import back_to_list
from kring.schools.office import OfficeRequest, office_page

A_PAGE = 100


@require_safe
@office_page()
def overview(request: OfficeRequest) -> HttpResponse:
    """How many families are in, per group, and what can be done for who is not."""
    homes = homes_of(request.viewer, request.school.pk)
    states = Counter(home.state for home in homes)
    standing = Invitation.objects.visible_to(request.viewer).standing()
    mails = standing.filter(school=request.school.pk)
    context = {
        "tallies": tallies(homes),
        "homes": len(homes) - states[State.FETCHERS],
        "of": {state.value: count for state, count in states.items()},
        "queued": mails.filter(sent_at=None, failed_at=None).count(),
        "staff": mails.filter(kind=Invitation.Kind.STAFF).count(),
    }
    return render(request, "joining/office/overview.html", context)


@require_safe
@office_page()
def staff(request: OfficeRequest) -> HttpResponse:
    """Colleagues who were invited and did not come in yet."""
    found = Invitation.objects.visible_to(request.viewer).standing().select_related("person")
    found = found.filter(school=request.school.pk, kind=Invitation.Kind.STAFF)
    page = Paginator(found.order_by("person__sort_key", "pk"), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "now": clock.now()}
    return render(request, "joining/office/staff.html", context)


@require_POST
@office_page()
def sending(request: OfficeRequest, invitation_id: UUID) -> HttpResponse:
    """Send one again; the older link is dead."""
    invitation = _standing(request, invitation_id)
    if mourns(invitation):
        messages.info(request, _("Kring sends this person nothing by itself now. Call instead."))
        return _back(request, invitation)
    sent = invitations.resend(invitation, by=request.viewer)
    if sent:
        said = _("A new mail goes to %(address)s. The older link no longer works.")
        messages.success(request, said % {"address": sent.email})
    else:
        messages.error(request, _("The school has no e-mail address of this person any more."))
    return _back(request, invitation)


@require_POST
@office_page()
def revocation(request: OfficeRequest, invitation_id: UUID) -> HttpResponse:
    """Take one back."""
    invitation = _standing(request, invitation_id)
    invitations.revoke(invitation, by=request.viewer)
    messages.success(request, _("The invitation is taken back. Its link opens nothing any more."))
    return _back(request, invitation)


def _standing(request: OfficeRequest, invitation_id: UUID) -> Invitation:
    found = Invitation.objects.changeable_by(request.viewer).standing().select_related("person")
    return get_object_or_404(found, school=request.school.pk, pk=invitation_id)


def _back(request: OfficeRequest, invitation: Invitation) -> HttpResponse:
    if invitation.kind == Invitation.Kind.STAFF:
        return see_other(request, "inviting:staff", request.school.pk)
    return back_to_list(request)
