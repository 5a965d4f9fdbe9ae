"""Signing out: here, on another device, everywhere. Always by a POST."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.accounts import security, sessions
from kring.accounts.views.pages import (
    PersonRequest,
    account_action,
    account_page,
    before_second_proof,
    open_page,
)

# Cookies stay: clearing them reaches the whole domain, other sites of the school included, and
# takes the language along. The session is gone from the server, so its cookie opens nothing.
FORGET = '"cache", "storage"'


@open_page
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and have the browser forget what it kept: tablets are shared."""
    if request.method != "POST":
        here = request.user.is_authenticated
        return render(request, "account/logout.html") if here else redirect("account_login")
    sessions.end(request)
    return _signed_out(request)


@before_second_proof
@account_page
def devices(request: PersonRequest) -> HttpResponse:
    """Where the person is signed in."""
    return render(request, "usersessions/devices.html", {"devices": sessions.devices_of(request)})


@account_action
def sign_out_device(request: PersonRequest, device_id: int) -> HttpResponse:
    """End one session of one's own."""
    if sessions.is_here(request, device_id):
        sessions.end(request)
        return _signed_out(request)
    if not sessions.end_elsewhere(request, device_id):
        raise Http404
    messages.success(request, _("Signed out on that device."))
    return redirect("accounts:devices")


@account_action
def sign_out_everywhere(request: PersonRequest) -> HttpResponse:
    """End every session of the person, this one too."""
    security.note("sign_out.everywhere", request, user_id=request.user.pk)
    sessions.end_all_sessions(request.user)
    sessions.end(request)
    return _signed_out(request)


def _signed_out(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("You are signed out."))
    response = redirect("account_login")
    response.headers["Clear-Site-Data"] = FORGET
    return response
