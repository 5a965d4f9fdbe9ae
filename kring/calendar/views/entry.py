from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.base.htmx import see_other
from kring.base.visibility import Viewer
from kring.calendar import when
from kring.calendar.asked import Asked
from kring.calendar.choices import Planners
from kring.calendar.forms import EntryForm, NewEntryForm, typed_again
from kring.calendar.items import groups_named, items_of
from kring.calendar.models import CalendarEntry
from kring.notifications.models import Notification
from kring.schools.middleware import ViewerRequest


@require_safe
def entry(request: ViewerRequest, entry_id: UUID) -> HttpResponse:
    """All that is said of one entry."""
    seen = CalendarEntry.objects.visible_to(request.viewer).select_related("school")
    found = get_object_or_404(seen, pk=entry_id)
    if request.method == "GET":
        Notification.look_at([found.pk], by=request.viewer)
    return render(request, "calendar/entry.html", told_of(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ViewerRequest) -> HttpResponse:
    """Put something in the agenda."""
    if not request.viewer.staff_of:
        raise Http404
    planners = Planners(request.viewer)
    form = NewEntryForm(request.POST or None, initial=_usual(request), planners=planners)
    if form.is_valid() and (made := _planned(form, request.viewer)):
        messages.success(request, _("It stands in the agenda."))
        return see_other(request, "calendar:entry", made.pk)
    sections = planners.sections(form["audience"].value() or [])
    return _form_page(request, "calendar/new.html", form, audience=sections)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ViewerRequest, entry_id: UUID) -> HttpResponse:
    """Say it otherwise. For whom it is stays as it was."""
    mine = CalendarEntry.objects.changeable_by(request.viewer).standing()
    found = get_object_or_404(mine.select_related("school"), pk=entry_id)
    form = EntryForm(request.POST or None, initial=typed_again(found))
    if form.is_valid() and (changed := _changed(found, form, request.viewer)) is not None:
        if changed:
            messages.success(request, _("Changed."))
        return see_other(request, "calendar:entry", entry_id)
    return _form_page(request, "calendar/edit.html", form, **told_of(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: ViewerRequest, entry_id: UUID) -> HttpResponse:
    """Asked once: is it called off, or did it never belong there?"""
    mine = CalendarEntry.objects.changeable_by(request.viewer).standing()
    found = get_object_or_404(mine.select_related("school"), pk=entry_id)
    context = told_of(request, found)
    if request.method != "POST":
        return render(request, "calendar/withdrawal.html", context)
    found.withdraw(by=request.viewer, called_off="called_off" in request.POST)
    messages.success(request, _("It is out of the agenda, or stands there as called off."))
    month = Asked(first=when.first_day(found).replace(day=1))
    return see_other(request, month.url)


def told_of(request: ViewerRequest, found: CalendarEntry) -> dict[str, Any]:
    """An entry, for its page and for those about it."""
    [item] = items_of([found], groups_named([found], request.viewer))
    changeable = CalendarEntry.objects.changeable_by(request.viewer).standing()
    return {
        "entry": found,
        "item": item,
        "said": when.said_fully(found),
        "month": Asked(first=item.first.replace(day=1)),
        "may_change": changeable.filter(pk=found.pk).exists(),
        "is_gone": found.withdrawn_at is not None and not found.is_called_off,
    }


def _planned(form: NewEntryForm, viewer: Viewer) -> CalendarEntry | None:
    data = form.cleaned_data
    told = {"told": form.told, "tell": data["tell"], "key": data["key"]}
    try:
        return CalendarEntry.plan(data["audience"], by=viewer, **told)
    except ValidationError as error:
        form.add_error("tell", error)
        return None


def _changed(found: CalendarEntry, form: EntryForm, viewer: Viewer) -> bool | None:
    try:
        return found.change(by=viewer, told=form.told, tell=form.cleaned_data["tell"])
    except ValidationError as error:
        form.add_error("tell", error)
        return None


def _usual(request: ViewerRequest) -> dict[str, Any]:
    """The day that was asked for, and the only group that one teaches."""
    mine = request.viewer.taught_group_ids
    usual: dict[str, Any] = {"key": uuid4()}
    if len(mine) == 1:
        usual["audience"] = [f"group:{one}" for one in mine]
    try:
        usual["first_day"] = date.fromisoformat(request.GET.get("dag", ""))
    except ValueError:
        return usual
    return usual


def _form_page(request: HttpRequest, page: str, form: Form, **context: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, page, {"form": form, **context}, status=status)
