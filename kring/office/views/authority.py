from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from kring.base import clock
from kring.base.htmx import see_other
from kring.base.ids import id_of
from kring.office.asking import Question, open_question
from kring.office.pages import page_of
from kring.office.record import ties_of
from kring.schools.models import Guardianship
from kring.schools.office import OfficeRequest, may_enter, office_page

Authority, Access = Guardianship.Authority, Guardianship.Access
FIELD = "authority-"


@require_http_methods(["GET", "POST"])
@office_page()
def authority(request: OfficeRequest) -> HttpResponse:
    """Everybody of whom it is not known yet whether this person has authority."""
    answers = _answers(request) if request.method == "POST" else {}
    question = open_question(request, _who_gets_it(request, answers))
    if request.method == "POST" and question is None:
        settled = Guardianship.settle_authority(answers, by=request.viewer)
        _say(request, settled, len(answers) - settled)
        return see_other(request, "office:authority", request.school.pk)
    return _asked(request, answers, question)


def _asked(
    request: OfficeRequest, answers: dict[UUID, str], question: Question | None
) -> HttpResponse:
    unknown = _unknown(request)
    page = page_of(request, unknown)
    context = {
        "people": unknown.order_by().aggregate(people=Count("guardian", distinct=True))["people"],
        "page": page,
        "lines": [(tie, answers.get(tie.pk, "")) for tie in page],
        "question": question,
        "may_change": request.school.pk in request.viewer.administers,
    }
    return render(request, "office/authority.html", context)


def _unknown(request: OfficeRequest) -> QuerySet[Guardianship]:
    """Who decides or is informed; for who only fetches it makes no difference."""
    ties = ties_of(request.school, request.viewer).standing(clock.now())
    unknown = ties.filter(
        has_authority=Authority.UNKNOWN, access__in=[Access.IN_CARE, Access.INFORMED]
    )
    return unknown.order_by("student__sort_key", "student_id", "guardian__sort_key")


def _answers(request: OfficeRequest) -> dict[UUID, str]:
    """What was ticked, of ties of this school only; 404 for who may only look."""
    if not may_enter(request.viewer, request.school.pk, ("administers",)):
        raise Http404
    ticked = {
        name.removeprefix(FIELD): value
        for name, value in request.POST.items()
        if name.startswith(FIELD) and value in {Authority.YES, Authority.NO}
    }
    ids = [one for one in map(id_of, ticked) if one]
    here = ties_of(request.school, request.viewer).in_bulk(ids)
    return {key: str(ticked[str(key)]) for key in here if str(key) in ticked}


def _who_gets_it(request: OfficeRequest, answers: dict[UUID, str]) -> list[str]:
    """Who gets authority, in one sentence a person."""
    yes = [key for key, answer in answers.items() if answer == Authority.YES]
    said = gettext("%(person)s gets authority over %(child)s.")
    return [
        said % {"person": tie.guardian.name, "child": tie.student.name}
        for tie in _unknown(request).filter(pk__in=yes)
    ]


def _say(request: OfficeRequest, settled: int, passed: int) -> None:
    done = ngettext("%(count)d settled.", "%(count)d settled.", settled) % {"count": settled}
    messages.success(request, done)
    if passed:
        said = ngettext(
            "%(count)d was settled by somebody else meanwhile: that stands.",
            "%(count)d were settled by somebody else meanwhile: that stands.",
            passed,
        )
        messages.warning(request, said % {"count": passed})
