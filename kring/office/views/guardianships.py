from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kring.base import clock
from kring.base.htmx import see_other
from kring.office.asking import open_question
from kring.office.forms.guardian import (
    NAMES,
    EndingForm,
    GuardianForm,
    standing_facts,
    widening,
)
from kring.office.newcomer import Newcomer, chosen_home, home_choices
from kring.office.record import student_of, tie_to_change
from kring.office.views.child import form_page, posted, to_child
from kring.schools.models import Guardianship
from kring.schools.office import OfficeRequest, office_page


@require_http_methods(["GET", "POST"])
@office_page("administers")
def new(request: OfficeRequest, student_id: UUID) -> HttpResponse:
    """Tie somebody to a child: a new name card, or a person whom the school knows."""
    student = student_of(request.school, request.viewer, student_id, change=True)
    newcomer = Newcomer(request, student)
    form, question = newcomer.form, None
    if request.method == "POST" and form.is_valid():
        question = open_question(request, newcomer.doubts())
        if question is None and newcomer.add():
            return to_child(request, student, gettext("The circle around %(name)s has grown."))
    context = {"student": student, "newcomer": newcomer}
    return form_page(request, "office/guardianship_new.html", form, question, **context)


@require_http_methods(["GET", "POST"])
@office_page("administers")
def guardianship(request: OfficeRequest, student_id: UUID, tie_id: UUID) -> HttpResponse:
    """Change what the school knows of a person, and what this person sees of a child."""
    tie = tie_to_change(request.school, request.viewer, student_id, tie_id)
    if tie.is_over:
        return _over(request, tie)
    homes = home_choices(request, tie.student, tie)
    form = GuardianForm(posted(request), standing=standing_facts(tie), homes=homes)
    question = None
    if request.method == "POST" and form.is_valid():
        changes = form.facts(form.changes) | _home(form)
        question = open_question(request, widening(tie, changes, form.homes))
        if question is None and _write(request, tie, form):
            return to_child(request, tie.student, gettext("Saved, for %(name)s."))
    return form_page(request, "office/guardianship.html", form, question, tie=tie)


@require_http_methods(["GET", "POST"])
@office_page("administers")
def ending(request: OfficeRequest, student_id: UUID, tie_id: UUID) -> HttpResponse:
    """End what a person sees of a child: at once, or after a day."""
    tie = tie_to_change(request.school, request.viewer, student_id, tie_id)
    if tie.is_over:
        return _over(request, tie)
    form = EndingForm(request.POST if request.POST.get("when") == "day" else None, tie=tie)
    if form.is_valid():
        return _end_after(request, tie, form)
    if request.method == "POST" and not form.is_bound:
        tie.end(by=request.viewer)
        return _to_child(request, tie, gettext("%(person)s sees nothing more of %(child)s."))
    return form_page(request, "office/guardianship_ending.html", form, None, tie=tie)


def _end_after(request: OfficeRequest, tie: Guardianship, form: EndingForm) -> HttpResponse:
    """On a last day; asked once more where that is later than it was."""
    ends_at = {"ends_at": clock.end_of(form.cleaned_data["ends_on"])}
    question = open_question(request, widening(tie, ends_at, {}))
    if question is not None:
        return form_page(request, "office/guardianship_ending.html", form, question, tie=tie)
    tie.put(ends_at, by=request.viewer)
    said = gettext("The last day of %(person)s for %(child)s is written down.")
    return _to_child(request, tie, said)


@require_http_methods(["GET", "POST"])
@office_page("administers")
def reopening(request: OfficeRequest, student_id: UUID, tie_id: UUID) -> HttpResponse:
    """Begin anew with a person whose time is over."""
    tie = tie_to_change(request.school, request.viewer, student_id, tie_id)
    if request.method != "POST":
        return render(request, "office/guardianship_reopening.html", {"tie": tie})
    try:
        tie.reopen(by=request.viewer)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        return _to_child(request, tie, gettext("%(person)s sees %(child)s again from now on."))
    return see_other(request, "office:child", request.school.pk, student_id)


def _to_child(request: OfficeRequest, tie: Guardianship, said: str) -> HttpResponse:
    messages.success(request, said % _names(tie))
    return see_other(request, "office:child", request.school.pk, tie.student_id)


def _over(request: OfficeRequest, tie: Guardianship) -> HttpResponse:
    """What ended is not changed from a page that stood open: it stays, or begins anew."""
    said = gettext(
        "The time of %(person)s with %(child)s is over already. Open it again to go on with it."
    )
    messages.warning(request, said % _names(tie))
    return see_other(request, "office:child", request.school.pk, tie.student_id)


def _write(request: OfficeRequest, tie: Guardianship, form: GuardianForm) -> bool:
    """All of it, or nothing and a sentence in the form."""
    changes = form.changes
    facts = form.facts(changes)
    try:
        with transaction.atomic():
            if "home" in changes:
                facts["household"] = chosen_home(request, changes["home"])
            tie.rename(
                {name: changes[name] for name in NAMES if name in changes}, by=request.viewer
            )
            tie.put(facts, by=request.viewer)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _home(form: GuardianForm) -> dict[str, Any]:
    return {name: value for name, value in form.changes.items() if name == "home"}


def _names(tie: Guardianship) -> dict[str, str]:
    return {"person": tie.guardian.name, "child": tie.student.first_name}
