"""The school itself: how families reach it, its number, and the rules it keeps."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kring.base.htmx import see_other
from kring.media.models import bytes_of
from kring.office.forms.school import PolicyForm, SchoolForm
from kring.office.rules import history_of
from kring.office.views.pages import FORM, done, form_page, sent
from kring.schools.models import Policy, School
from kring.schools.office import OfficeRequest, office_page


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
    """What people see who get information only, photos; and which rule held when."""
    history = history_of(request.school, request.viewer)
    now = history[0].policy if history else Policy()
    form = PolicyForm(
        sent(request), initial={name: getattr(now, name) for name in PolicyForm.base_fields}
    )

    def adopt(told: dict[str, bool | str]) -> None:
        Policy.adopt(request.school, by=request.viewer, **told)

    if form.is_valid() and done(form, adopt):
        messages.success(request, _("This holds from now on."))
        return see_other(request, "office:policy", request.school.pk)
    return form_page(request, "office/policy.html", form, history=history)
