from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kring.base.htmx import see_other
from kring.office.asking import Question, open_question
from kring.office.forms.child import FACTS, FactsForm, LeavingForm, NewChildForm, PlacementForm
from kring.office.mourning import Around
from kring.office.record import Record, student_of
from kring.schools.models import Student
from kring.schools.office import OfficeRequest, office_page


@require_safe
@office_page()
def child(request: OfficeRequest, student_id: UUID) -> HttpResponse:
    """One child: groups, guardians, who may fetch, and what is not in order."""
    student = student_of(request.school, request.viewer, student_id, change=False)
    context = {
        "record": Record(student, request.school, request.viewer),
        "around": Around(student, request.school, request.viewer),
        "may_change": request.school.pk in request.viewer.administers,
    }
    return render(request, "office/child.html", context)


@require_http_methods(["GET", "POST"])
@office_page("administers")
def new(request: OfficeRequest) -> HttpResponse:
    """Write a child in by hand."""
    form = NewChildForm(posted(request), school=request.school, viewer=request.viewer)
    question = None
    if request.method == "POST" and form.is_valid():
        question = open_question(request, _namesakes(form))
        if question is None:
            data = form.cleaned_data
            facts = {name: data[name] for name in FACTS}
            added = Student.add(data["group"], data["starts_on"], by=request.viewer, **facts)
            return to_child(request, added, gettext("%(name)s is written in."))
    return form_page(request, "office/child_new.html", form, question=question)


@require_http_methods(["GET", "POST"])
@office_page("administers")
def facts(request: OfficeRequest, student_id: UUID) -> HttpResponse:
    """Change the name or the date of birth."""
    student = student_of(request.school, request.viewer, student_id, change=True)
    standing = {name: getattr(student, name) for name in FACTS}
    form = FactsForm(posted(request), standing=standing)
    if request.method == "POST" and form.is_valid():
        student.correct(form.changes, by=request.viewer)
        return to_child(request, student, gettext("The facts of %(name)s are saved."))
    return form_page(request, "office/child_facts.html", form, student=student)


@require_http_methods(["GET", "POST"])
@office_page("administers")
def placement(request: OfficeRequest, student_id: UUID) -> HttpResponse:
    """Put a child in another group, from a day on."""
    student = student_of(request.school, request.viewer, student_id, change=True)
    school, viewer = request.school, request.viewer
    form = PlacementForm(posted(request), child=student, school=school, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        group, day = form.cleaned_data["group"], form.cleaned_data["starts_on"]
        try:
            student.place(group, day, by=request.viewer)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return to_child(request, student, gettext("%(name)s has another group."))
    return form_page(request, "office/child_placement.html", form, student=student)


@require_http_methods(["GET", "POST"])
@office_page("administers")
def leaving(request: OfficeRequest, student_id: UUID) -> HttpResponse:
    """A child goes to another school."""
    student = student_of(request.school, request.viewer, student_id, change=True)
    form = LeavingForm(posted(request))
    if request.method == "POST" and form.is_valid():
        student.leave(form.cleaned_data["ends_on"], by=request.viewer)
        return to_child(request, student, gettext("The last day of %(name)s is written down."))
    return form_page(request, "office/child_leaving.html", form, student=student)


def to_child(request: OfficeRequest, student: Student, said: str) -> HttpResponse:
    """Back to the page of the child, with a word of what was done."""
    messages.success(request, said % {"name": student.name})
    return see_other(request, "office:child", request.school.pk, student.pk)


def posted(request: OfficeRequest) -> QueryDict | None:
    """What was sent; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: OfficeRequest, template: str, form: Form, question: Question | None = None, **more: Any
) -> HttpResponse:
    """A page with a form: anew, with what is wrong, or with what has to be asked first."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "question": question, **more}
    return render(request, template, context, status=status)


def _namesakes(form: NewChildForm) -> list[str]:
    said = gettext("There is a child named %(name)s already. Is this another child?")
    return [said % {"name": one.name} for one in form.namesakes[:1]]
