"""The letter: its code, the child, and who one is to it. Works for who is signed in and who is not.

Every refusal reads the same: nothing here tells whether a code exists, was used, or is for a child
that the school withholds from this person.
"""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.accounts import security
from kring.accounts.factors import must_be_strong
from kring.accounts.models import User
from kring.accounts.views.pages import open_page
from kring.joining import codes
from kring.joining.claiming import Offer, decline, is_shut_out, offer_of
from kring.joining.forms import WRONG, LetterForm, WhoForm
from kring.joining.journey import Journey
from kring.joining.own import children_of, pairs
from kring.schools.viewers import viewer_of

OK, UNPROCESSABLE = HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY


@open_page
def code(request: HttpRequest) -> HttpResponse:
    """Type the code, or have it filled in by the letter's QR; for who is signed in: one more."""
    form = LetterForm(request.POST or None)
    status = _read(request, form) if form.is_bound else OK
    if form.is_bound and status == OK:
        return redirect("joining:child")
    context: dict[str, Any] = {"form": form}
    viewer = viewer_of(request.user.pk) if isinstance(request.user, User) else None
    if viewer and not must_be_strong(viewer, request):
        context |= {"children": children_of(viewer), "pairs": pairs(viewer)}
    return render(request, "joining/public/code.html", context, status=status)


@open_page
def child(request: HttpRequest) -> HttpResponse:
    """The school, the child, and who one is; or 'this is not my child'."""
    journey, offer = under_way(request)
    if not (journey and offer):
        return start_again(request, journey)
    if "not_mine" in request.POST:
        return _decline(request, journey)
    form = WhoForm(request.POST or None, offer)
    if form.is_valid():
        journey.choose(*form.chosen()).keep(request)
        return redirect("joining:account" if request.user.is_anonymous else "joining:yes")
    context, status = {"form": form, "offer": offer}, UNPROCESSABLE if form.errors else OK
    return render(request, "joining/public/child.html", context, status=status)


def under_way(request: HttpRequest) -> tuple[Journey | None, Offer | None]:
    """How far this session is with a letter, and what that still offers."""
    journey = Journey.of(request)
    if journey is None or not journey.code:
        return None, None
    return journey, offer_of(journey.school_id, journey.code_id)


def start_again(request: HttpRequest, journey: Journey | None = None) -> HttpResponse:
    """Back to the code; with the sentence of every refusal where there was something under way."""
    Journey.end(request)
    if journey:
        messages.error(request, WRONG)
    return redirect("joining:code")


def _read(request: HttpRequest, form: LetterForm) -> HTTPStatus:
    """Look at what was typed; each try counts, also one that is no code."""
    if not codes.may_try(request, str(request.POST.get("code", ""))):
        form.add_error(None, _("Too many tries. Wait an hour and try again."))
        return HTTPStatus.TOO_MANY_REQUESTS
    return OK if form.is_valid() and _begin(request, form) else UNPROCESSABLE


def _begin(request: HttpRequest, form: LetterForm) -> bool:
    found = codes.recognise(form.cleaned_data["code"])
    born_on = form.cleaned_data["born_on"]
    if found and found.asks_birth_date and not (born_on and codes.fits(found, born_on)):
        found = None
    if found and isinstance(request.user, User):
        person = request.user
        shut_out = is_shut_out(found.school_id, found.id, person.pk, person.email)
        found = None if shut_out else found
    if found is None or offer_of(found.school_id, found.id) is None:
        security.note("joining.wrong_code", request)
        form.add_error(None, str(WRONG))
        return False
    Journey(school=str(found.school_id), code=str(found.id)).keep(request)
    return True


def _decline(request: HttpRequest, journey: Journey) -> HttpResponse:
    decline(journey.school_id, journey.code_id, request.user.pk)
    Journey.end(request)
    messages.success(request, _("Thank you. You see nothing of this child, and the school knows."))
    return redirect("joining:code")
