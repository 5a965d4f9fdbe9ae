"""How a person signs in: passkeys to list, add, name and remove, and what there is besides."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.internal.flows import add_authenticator, rename_authenticator
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kring.accounts import factors, paper_codes, security, sessions, totp
from kring.accounts.forms import AddPasskeyForm, PasskeyNameForm
from kring.accounts.user_agents import in_words
from kring.accounts.views.pages import (
    PersonRequest,
    account_page,
    after_fresh_sign_in,
    before_second_proof,
)


def _own(request: PersonRequest) -> QuerySet[Authenticator]:
    kind = Authenticator.Type.WEBAUTHN
    found = Authenticator.objects.filter(user=request.user, type=kind)
    return cast(QuerySet[Authenticator], found.order_by("created_at"))


@before_second_proof
@account_page
def passkeys(request: PersonRequest) -> HttpResponse:
    """The passkeys of the person, the password, and the second step of who works at a school."""
    app = totp.of(request.user)
    context = {
        "passkeys": _own(request),
        "app": app,
        "may_have_app": app or request.viewer.staff_of,
        "may_have_sheet": factors.may_have_sheet(request.user, request.viewer),
        "left": paper_codes.left(request.user),
    }
    return render(request, "mfa/webauthn/passkeys.html", context)


@before_second_proof
@account_page
@after_fresh_sign_in
def add(request: PersonRequest) -> HttpResponse:
    """Another one, made by this device or one at hand."""
    name = {"name": in_words(request.headers.get("User-Agent", ""))}
    form = AddPasskeyForm(request.POST or None, user=request.user, initial=name)
    if form.is_valid():
        _take(request, form)
        return redirect(get_next_redirect_url(request) or "mfa_list_webauthn")
    options = begin_registration(request.user, passwordless=True)
    context = {"form": form, "options": options, "going": get_next_redirect_url(request)}
    return render(request, "mfa/webauthn/add.html", context, status=422 if form.errors else 200)


def _take(request: PersonRequest, form: AddPasskeyForm) -> None:
    """Into use; the first makes the session strong, a later one leaves it as it is."""
    is_first = not factors.has_second(request.user)
    add_authenticator(request, form.cleaned_data["name"], form.cleaned_data["credential"])
    if is_first:
        sessions.mark_strong(request, "passkey")
    security.note("passkey.added", request, user_id=request.user.pk)
    messages.success(request, _("Your passkey works from now on."))


@before_second_proof
@account_page
@after_fresh_sign_in
def rename(request: PersonRequest, passkey_id: int) -> HttpResponse:
    """Another name for it."""
    found = get_object_or_404(_own(request), pk=passkey_id)
    form = PasskeyNameForm(request.POST or None, initial={"name": found.wrap().name})
    if form.is_valid():
        rename_authenticator(request, found, form.cleaned_data["name"])
        return redirect("mfa_list_webauthn")
    context = {"form": form, "passkey": found}
    return render(request, "mfa/webauthn/rename.html", context, status=422 if form.errors else 200)


@before_second_proof
@account_page
@after_fresh_sign_in
def remove(request: PersonRequest, passkey_id: int) -> HttpResponse:
    """Away with it, after asking once."""
    found = get_object_or_404(_own(request), pk=passkey_id)
    if request.method != "POST":
        return render(request, "mfa/webauthn/remove.html", {"passkey": found})
    factors.remove(request, found)
    get_adapter().send_notification_mail("mfa/email/webauthn_removed", request.user)
    security.note("passkey.removed", request, user_id=request.user.pk)
    messages.success(request, _("The passkey is gone. It opens nothing any more."))
    return redirect("mfa_list_webauthn")
