"""The school itself: how families reach it, its number, and the rules it keeps."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.base.htmx import see_other
from kring.media.models import bytes_of
from kring.office import rules
from kring.office.forms.school import PolicyForm, SchoolForm
from kring.office.views.pages import FORM, done, form_page, sent
from kring.schools.models import Policy, School
from kring.schools.office import OfficeRequest, office_page

MOST_SIGNS = 9  # of a version in an address


@require_http_methods(FORM)
@office_page()
def school(request: OfficeRequest) -> HttpResponse:
    """What families read of the school, and the number by which files know it."""
    found = School.objects.changeable_by(request.viewer).get(pk=request.school.pk)
    form = SchoolForm(sent(request), school=found)
    if form.is_valid() and done(form, lambda told: found.describe(by=request.viewer, **told)):
        messages.success(request, _("Saved."))
        return see_other(request, "office:school", found.pk)
    room = {"used": bytes_of(found.pk), "quota": settings.MEDIA_QUOTA_BYTES}
    return form_page(request, "office/school.html", form, **room)


@require_http_methods(FORM)
@office_page()
def policy(request: OfficeRequest) -> HttpResponse:
    """What the school agrees on; each change is a new version."""
    now = rules.current(request.school, request.viewer)
    form = PolicyForm(sent(request), school=request.school, policy=now)

    def adopt(told: dict[str, bool | int | str | list[str]]) -> None:
        Policy.adopt(request.school, by=request.viewer, **told)

    if form.is_valid() and done(form, adopt):
        messages.success(request, _("This holds from now on."))
        return see_other(request, "office:policy", request.school.pk)
    return form_page(request, "office/policy.html", form)


@require_safe
@office_page()
def policy_history(request: OfficeRequest) -> HttpResponse:
    """Which rule held when, who changed it, and what it was before."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < MOST_SIGNS else None
    versions = rules.history_of(request.school, request.viewer, before=before)
    more = versions[-1].number if versions and versions[-1].number > 1 else None
    context = {"versions": versions, "more": more if len(versions) == rules.SHOWN else None}
    return render(request, "office/policy_history.html", context)
