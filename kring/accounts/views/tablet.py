"""A shared tablet: make it one, leave it to the next, take it over."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from kring.accounts import limits, security, sessions, tablets
from kring.accounts.models import TabletPin, User
from kring.accounts.tablet_forms import NewPinForm, PinForm
from kring.accounts.views.pages import (
    PersonRequest,
    account_action,
    account_page,
    after_fresh_sign_in,
    open_page,
)
from kring.accounts.views.sign_out import FORGET

UNPROCESSABLE = 422


@sensitive_post_parameters("pin", "again")
@account_page
@after_fresh_sign_in
def tablet(request: PersonRequest) -> HttpResponse:
    """Set a code for this device, which makes it a shared tablet."""
    if not (request.viewer.staff_of and sessions.is_strong(request, fully=True)):
        raise Http404  # only who gave a second factor sets what stands in its place
    form = NewPinForm(request.POST or None, is_full=tablets.is_full(request, request.user))
    if form.is_valid():
        response = redirect("accounts:switch")
        tablets.set_pin(request, response, request.user, form.cleaned_data["pin"])
        security.note("tablet.code_set", request, user_id=request.user.pk)
        sessions.end(request)
        messages.success(request, _("From now on you take over this tablet with your code."))
        return response
    context = {"form": form, "people": tablets.people_here(request)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "account/tablet.html", context, status=status)


@account_action
def forget(request: PersonRequest) -> HttpResponse:
    """Take one's own code away from this tablet."""
    tablets.forget(request.user, request)
    security.note("tablet.code_removed", request, user_id=request.user.pk)
    messages.success(request, _("Your code no longer works on this tablet."))
    return redirect("home:more")


@open_page
def lock(request: HttpRequest) -> HttpResponse:
    """Leave the tablet to the next: the session ends, and the browser forgets what it kept."""
    if request.method == "POST" and request.user.is_authenticated:
        sessions.end(request)
    response = redirect("accounts:switch")
    response.headers["Clear-Site-Data"] = FORGET
    return response


@open_page
def switch(request: HttpRequest) -> HttpResponse:
    """Who takes over?"""
    people = tablets.people_here(request)
    if request.user.is_authenticated or not people:
        return redirect("account_login")
    return render(request, "account/switch.html", {"people": people})


@sensitive_post_parameters("pin")
@open_page
def take_over(request: HttpRequest, pin_id: UUID) -> HttpResponse:
    """The code of one of them."""
    found = get_object_or_404(tablets.people_here(request), pk=pin_id)
    form = PinForm(request.POST or None)
    if form.is_valid():
        person = _who_fits(request, pin_id, form.cleaned_data["pin"])
        if person is not None:
            return _taken_over(request, person)
        security.note("tablet.wrong_code", request, user_id=found.user_id)
        form.add_error("pin", _("This code is not right. After five times it is gone."))
    return _asked(request, found, form)


def _who_fits(request: HttpRequest, pin_id: UUID, guess: str) -> User | None:
    return tablets.take_over(request, pin_id, guess) if limits.may_knock(request) else None


def _asked(request: HttpRequest, found: TabletPin, form: PinForm) -> HttpResponse:
    if not tablets.people_here(request).filter(pk=found.pk).exists():
        messages.error(request, _("Your code was wrong too often. Sign in once more."))
        return redirect("account_login")
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"form": form, "person": found.user}
    return render(request, "account/take_over.html", context, status=status)


def _taken_over(request: HttpRequest, person: User) -> HttpResponse:
    sessions.sign_in(request, person, full=False)
    sessions.mark_strong(request, sessions.TABLET)
    request.session.set_expiry(tablets.SESSION)
    return redirect("/")
