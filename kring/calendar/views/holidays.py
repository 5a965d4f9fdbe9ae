"""The office says when the school is closed: its region, and each school year."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kring.base import clock
from kring.base.htmx import see_other
from kring.calendar.asked import school_year
from kring.calendar.confirming import Outcome, SchoolYearOfDays
from kring.calendar.holidays import regions_of, said_by, years
from kring.calendar.office_forms import RegionForm, YearForms
from kring.schools.models import School
from kring.schools.office import OfficeRequest, office_page

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@office_page()
def start(request: OfficeRequest) -> HttpResponse:
    """The region, and which school years were confirmed."""
    school, regions = request.school, regions_of(request.school.city)
    asked = school.region or (regions[0] if len(regions) == 1 else "")
    form = RegionForm(request.POST or None, initial={"region": asked})
    if form.is_valid():
        found = School.objects.changeable_by(request.viewer).get(pk=school.pk)
        found.describe(by=request.viewer, region=form.cleaned_data["region"])
        messages.success(request, _("Saved."))
        return see_other(request, "holidays:start", school.pk)
    offered = [SchoolYearOfDays(school, one, request.viewer) for one in _offered()]
    context = {"form": form, "regions": [School.Region(one).label for one in regions]}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "calendar/holidays.html", context | {"years": offered}, status=status)


@require_http_methods(FORM)
@office_page()
def year(request: OfficeRequest, year: int) -> HttpResponse:
    """The days of a school year: proposed, confirmed, changed, left out, added."""
    if year not in _offered():
        raise Http404
    days = SchoolYearOfDays(request.school, year, request.viewer)
    forms = YearForms(request.POST or None, year=days)
    if request.method == "POST" and forms.is_valid():
        messages.success(request, _in_words(days.say(forms.told, by=request.viewer)))
        return see_other(request, "holidays:year", request.school.pk, year)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if _is_wrong(forms) else HTTPStatus.OK
    context = {"days": days, "forms": forms, "rows": _rows(forms, days)}
    return render(request, "calendar/holiday_year.html", context, status=status)


def _offered() -> tuple[int, ...]:
    """The years that are known and not over."""
    return tuple(one for one in years() if one >= school_year(clock.today()))


def _is_wrong(forms: YearForms) -> bool:
    return bool(forms.is_bound and forms.total_error_count())


def _rows(forms: YearForms, days: SchoolYearOfDays) -> list[dict[str, object]]:
    """Each form with whose word it is, and what stands."""
    words = said_by()
    lines = {} if forms.is_bound else dict(enumerate(days.lines))
    return [
        {
            "form": form,
            "line": lines.get(number),
            "source": words[lines[number].source] if number in lines else "",
        }
        for number, form in enumerate(forms.forms)
    ]


def _in_words(outcome: Outcome) -> str:
    if not any(outcome):
        return _("No differences: it stood like this already.")
    return _("Saved: %(made)d new, %(changed)d changed, %(removed)d taken out.") % {
        "made": outcome.made,
        "changed": outcome.changed,
        "removed": outcome.removed,
    }
