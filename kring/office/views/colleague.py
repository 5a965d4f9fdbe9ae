"""One colleague: roles, groups, the way in, and leaving."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kring.accounts.models import User
from kring.accounts.sessions import end_all_sessions
from kring.base import clock
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import seen_by
from kring.office import staffing
from kring.office.forms.staff import (
    AddressForm,
    LeavingForm,
    LessonForm,
    NameForm,
    NewLessonForm,
    RolesForm,
)
from kring.office.staffing import Posts
from kring.office.team import Colleague, Team, groups_now
from kring.office.views.pages import FORM, done, form_page, sent
from kring.schools import working_hours
from kring.schools.models import TeachingAssignment
from kring.schools.models.staff import at_once
from kring.schools.office import OfficeRequest, office_page


@require_http_methods(FORM)
@office_page()
def colleague(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    """One colleague: roles and name for children; groups and the way in beside it."""
    found, posts = _colleague(request, person_id), _posts(request, person_id)
    form = _roles_form(request, posts)

    def settle(told: dict[str, Any]) -> None:
        posts.settle(told["roles"], told["called"], by=request.viewer)

    if form.is_valid() and done(form, settle):
        return _saved(request, person_id)
    context = {
        "keeps": request.school.pk in request.viewer.administers,
        "hours": working_hours.in_words(
            working_hours.kept(person_id, request.school.pk, request.viewer)
        ),
    }
    return form_page(request, "office/staff_colleague.html", form, colleague=found, **context)


@require_http_methods(FORM)
@office_page("administers")
def colleague_name(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    """A name that was typed wrong: for who keeps the books."""
    found, posts = _colleague(request, person_id), _posts(request, person_id)
    if not found.is_here:
        raise Http404
    stands = {name: getattr(found.person, name) for name in NameForm.base_fields}
    form = NameForm(sent(request), initial=stands)
    if form.is_valid() and done(form, lambda told: posts.rename(told, by=request.viewer)):
        return _saved(request, person_id)
    return form_page(request, "office/staff_name.html", form, colleague=found)


@require_http_methods(FORM)
@office_page()
def new_assignment(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    """Another group for somebody."""
    found = _colleague(request, person_id)
    groups = groups_now(request.school, request.viewer)
    form = NewLessonForm(sent(request), groups=groups)

    def begin(told: dict[str, Any]) -> None:
        TeachingAssignment.begin(person_id, by=request.viewer, **told)

    if form.is_valid() and done(form, begin):
        return _saved(request, person_id)
    return form_page(request, "office/staff_assignment.html", form, colleague=found)


@require_http_methods(FORM)
@office_page()
def assignment(request: OfficeRequest, person_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Other days, another kind, another end for a group."""
    found, lesson = _colleague(request, person_id), _lesson(request, person_id, assignment_id)
    stands = {"kind": lesson.kind, "weekdays": lesson.weekdays, "ends_on": lesson.ends_on}
    form = LessonForm(sent(request), initial=stands)
    if form.is_valid() and done(form, lambda told: lesson.revise(by=request.viewer, **told)):
        return _saved(request, person_id)
    return form_page(request, "office/staff_assignment.html", form, colleague=found, lesson=lesson)


@require_POST
@office_page()
def assignment_end(request: OfficeRequest, person_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Teach this group no more, from now on."""
    lesson = _lesson(request, person_id, assignment_id)
    lesson.end(at_once(), by=request.viewer)
    said = _("%(group)s has ended for this colleague.")
    messages.success(request, said % {"group": lesson.group.name})
    return see_other(request, "office:colleague", request.school.pk, person_id)


@require_http_methods(FORM)
@office_page()
def invitation(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    """Mail a colleague the way in, anew or for the first time."""
    found = _colleague(request, person_id)
    if found.person.joined_at or not found.is_here:
        raise Http404
    known = found.invitation.email if found.invitation else ""
    form = AddressForm(sent(request), initial={"email": known})
    if form.is_valid():
        address = form.cleaned_data["email"]
        staffing.invite(found.person, request.school.pk, address, by=request.viewer)
        said = _("%(name)s is invited at %(address)s.")
        messages.success(request, said % {"name": found.person.name, "address": address})
        return see_other(request, "office:colleague", request.school.pk, person_id)
    return form_page(request, "office/staff_invitation.html", form, colleague=found)


@require_http_methods(FORM)
@outside_block("the sessions of who leaves end outside any block", with_viewer=True)
def leaving(request: OfficeRequest, school_id: UUID, person_id: UUID) -> HttpResponse:
    """Somebody leaves: on a day, or at once and everywhere."""
    gone: list[User] = []
    with seen_by(request.viewer):
        response = _leaving(request, school_id=school_id, person_id=person_id, gone=gone)
    for person in gone:  # nothing is seen any more by now; a tablet at school may still be open
        end_all_sessions(person)
    return response


@office_page()
def _leaving(request: OfficeRequest, person_id: UUID, gone: list[User]) -> HttpResponse:
    found, posts = _colleague(request, person_id), _posts(request, person_id)
    if not found.is_here:
        raise Http404
    own = person_id == request.viewer.user_id
    form = LeavingForm(sent(request), planned=posts.has_an_end)
    if form.is_valid() and done(form, lambda told: posts.part(told, by=request.viewer)):
        if form.cleaned_data["when"] == LeavingForm.NOW:
            gone.append(found.person)
        messages.success(request, _("Saved."))
        return see_other(request, *_after(own=own, school_id=request.school.pk))
    return form_page(
        request, "office/staff_leaving.html", form, colleague=found, posts=posts, own=own
    )


def _roles_form(request: OfficeRequest, posts: Posts) -> RolesForm:
    held = {role.role for role in posts.roles}
    return RolesForm(
        sent(request),
        school=request.school,
        held=held,
        own=posts.person_id == request.viewer.user_id,
        initial={"roles": sorted(held), "called": posts.called},
    )


def _saved(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    messages.success(request, _("Saved."))
    return see_other(request, "office:colleague", request.school.pk, person_id)


def _after(*, own: bool, school_id: UUID) -> tuple[Any, ...]:
    """Who left oneself, has no office to go back to."""
    return ("feed:feed",) if own else ("office:staff", school_id)


def _colleague(request: OfficeRequest, person_id: UUID) -> Colleague:
    found = Team(request.school, request.viewer).colleague(person_id)
    if found is None:
        raise Http404
    return found


def _posts(request: OfficeRequest, person_id: UUID) -> Posts:
    return Posts.of(person_id, request.school.pk, request.viewer)


def _lesson(request: OfficeRequest, person_id: UUID, assignment_id: UUID) -> TeachingAssignment:
    mine = TeachingAssignment.objects.changeable_by(request.viewer).not_over(clock.today())
    here = mine.filter(school=request.school, user=person_id).select_related("group")
    return get_object_or_404(here, pk=assignment_id)
