"""The password of one's own: setting, changing and removing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.accounts import factors, known_devices, passwords, sessions
from kring.accounts.password_forms import NewPasswordForm
from kring.accounts.views.pages import (
    PersonRequest,
    account_page,
    after_fresh_sign_in,
    before_second_proof,
)


@before_second_proof
@account_page
@after_fresh_sign_in
def password(request: PersonRequest) -> HttpResponse:
    """A new one, for who signed in a moment ago: with the old one, or with more than that."""
    words = passwords.words_of(request.user, request.viewer)
    form = NewPasswordForm(request.POST or None, words=words)
    if form.is_valid():
        passwords.choose(request.user, form.cleaned_data["password"])
        factors.tell(request, request.user, "password.set")
        messages.success(request, _("Your password works. You were signed out everywhere else."))
        return _stay(request)
    context = {"form": form, "may_remove": _may_remove(request)}
    return render(request, "account/password.html", context, status=422 if form.errors else 200)


@before_second_proof
@account_page
@after_fresh_sign_in
def remove(request: PersonRequest) -> HttpResponse:
    """Away with it, where there is another way in."""
    if not _may_remove(request):
        return redirect("accounts:password")
    if request.method != "POST":
        return render(request, "account/remove_password.html")
    passwords.choose(request.user, None)
    factors.tell(request, request.user, "password.removed")
    messages.success(request, _("The password is gone. You were signed out everywhere else."))
    return _stay(request)


def _may_remove(request: PersonRequest) -> bool:
    other = bool(request.user.email) or factors.has_passkey(request.user)
    return request.user.has_usable_password() and other


def _stay(request: PersonRequest) -> HttpResponse:
    """Signed in here, and nowhere else; this device stays known."""
    sessions.end_others(request)
    response = redirect("mfa_list_webauthn")
    known_devices.remember(request, response, request.user)
    return response
