"""Signing in: an address, a code from the mail; or a passkey."""

from typing import cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.accounts import limits, passwords, security, sessions
from kring.accounts.codes import SignInCode
from kring.accounts.forms import AddressForm, CodeForm, PasskeySignInForm
from kring.accounts.password_forms import PasswordAgainForm
from kring.accounts.views.mailing import Refusal, mail_code
from kring.accounts.views.pages import (
    PersonRequest,
    account_page,
    before_second_proof,
    onward,
    open_page,
)

UNPROCESSABLE = 422


@open_page
def ask(request: HttpRequest) -> HttpResponse:
    """The address, and a code on its way to it."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    form = AddressForm(request.POST or None)
    refusal = None
    if form.is_valid():
        refusal = mail_code(request, form.cleaned_data["email"])
        if refusal is None:
            return onward(request, "account_confirm_login_code")
        form.add_error(None, refusal.why)
    status = refusal.status if refusal else UNPROCESSABLE if form.errors else 200
    context = {"form": form, "going": get_next_redirect_url(request)}
    return render(request, "account/login.html", context, status=status)


@before_second_proof
@account_page
def again(request: PersonRequest) -> HttpResponse:
    """The same for somebody who is signed in, before something that matters."""
    refusal, form = None, PasswordAgainForm()
    if request.method == "POST" and "password" in request.POST:
        form = PasswordAgainForm(request.POST)
        if form.is_valid():
            refusal = _password_again(request, form.cleaned_data["password"])
            if refusal is None:
                return redirect(get_login_redirect_url(request))
    elif request.method == "POST" and request.user.email:
        refusal = mail_code(request, request.user.email)
        if refusal is None:
            return onward(request, "account_confirm_login_code")
    context = {"form": form, "refusal": refusal, "going": get_next_redirect_url(request)}
    status = refusal.status if refusal else UNPROCESSABLE if form.errors else 200
    return render(request, "account/reauthenticate.html", context, status=status)


def _password_again(request: PersonRequest, password: str) -> Refusal | None:
    """Note that it was given, or say why it does not count."""
    person = request.user
    if not limits.may_try(request, person.sign_in_name):
        security.note("sign_in.too_many", request, user_id=person.pk)
        return Refusal(429, _("That was tried too often. Wait ten minutes and try again."))
    if not passwords.fits(person, password):
        security.note("sign_in.wrong_password", request, user_id=person.pk)
        return Refusal(UNPROCESSABLE, _("This is not your password. Look for a typing mistake."))
    record_authentication(request, person, method="password")
    security.note("sign_in.again", request, user_id=person.pk)
    return None


@open_page
def confirm(request: HttpRequest) -> HttpResponse:
    """The code from the mail."""
    under_way = SignInCode.under_way(request)
    if under_way is None:
        return onward(request, "account_login")
    if request.method == "POST" and not under_way.may_guess():
        messages.error(request, _("That code was wrong too often. Ask for a new one."))
        return onward(request, "account_login")
    form = CodeForm(request.POST or None, expected=under_way)
    if form.is_valid():
        return cast(HttpResponse, under_way.finish(get_next_redirect_url(request)))
    if form.is_bound:
        security.note("sign_in.wrong_code", request, address=under_way.address)
    context = {"form": form, "address": under_way.address, "going": get_next_redirect_url(request)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "account/confirm_login_code.html", context, status=status)


@open_page
def passkey(request: HttpRequest) -> HttpResponse:
    """What the device has to sign, and its answer."""
    if request.method != "POST":
        return _what_to_sign(request)
    form = PasskeySignInForm(request.POST)
    if not (limits.may_knock(request) and form.is_valid()):
        return _no_passkey(request)
    found = form.cleaned_data["credential"]
    if request.user.is_authenticated and found.user_id != request.user.pk:
        return _no_passkey(request)
    post_authentication(request, found, passwordless=True)
    response = cast(HttpResponse, perform_login(request, Login(user=found.user)))
    if request.user == found.user:  # she was not let go
        sessions.mark_strong(request, "passkey")
    return response


def _what_to_sign(request: HttpRequest) -> HttpResponse:
    if request.accepts("text/html"):  # somebody typed the address
        return onward(request, "account_login")
    if not limits.may_knock(request):
        return HttpResponse(status=429)
    return JsonResponse(begin_authentication(user=None))


def _no_passkey(request: HttpRequest) -> HttpResponse:
    security.note("sign_in.wrong_passkey", request)
    messages.error(request, _("Signing in with a passkey did not work. Try again, or use a code."))
    return onward(request, "account_login")
