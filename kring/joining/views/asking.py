"""For the office: who came by a letter and was not known, with a yes or a no to each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kring.joining import asking
from kring.schools.office import KEEPERS, OfficeRequest, office_page

A_PAGE = 100


@require_safe
@office_page()
def asked(request: OfficeRequest) -> HttpResponse:
    """Who waits; the principal may look, who keeps the books answers."""
    ties = asking.asked_for(request.viewer).filter(school=request.school)
    known = ties.select_related("guardian", "student").order_by("created_at", "pk")
    page = Paginator(known, A_PAGE).get_page(request.GET.get("page"))
    may_answer = request.school.pk in request.viewer.ids(*KEEPERS)
    context = {"ties": page, "page": page, "may_answer": may_answer}
    return render(request, "joining/office/asked.html", context)


@require_POST
@office_page(*KEEPERS)
def answer(request: OfficeRequest, tie_id: UUID) -> HttpResponse:
    """Yes or no."""
    admit = request.POST.get("answer") == "yes"
    if not asking.answer(tie_id, request.school.pk, admit=admit, by=request.viewer):
        raise Http404
    messages.success(request, _("Let in.") if admit else _("Not let in. The tie has ended."))
    return redirect("inviting:asked", school_id=request.school.pk)
