"""Passkeys: list, add, name, remove."""

from typing import cast

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.internal.flows import (
    add_authenticator,
    remove_authenticator,
    rename_authenticator,
)
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kring.accounts import security
from kring.accounts.forms import AddPasskeyForm, PasskeyNameForm
from kring.accounts.user_agents import in_words
from kring.accounts.views.pages import PersonRequest, account_page, after_fresh_sign_in


def _own(request: PersonRequest) -> QuerySet[Authenticator]:
    kind = Authenticator.Type.WEBAUTHN
    found = Authenticator.objects.filter(user=request.user, type=kind)
    return cast(QuerySet[Authenticator], found.order_by("created_at"))


@account_page
def passkeys(request: PersonRequest) -> HttpResponse:
    """The passkeys of the person."""
    return render(request, "mfa/webauthn/passkeys.html", {"passkeys": _own(request)})


@account_page
@after_fresh_sign_in
def add(request: PersonRequest) -> HttpResponse:
    """Another one, made by this device or one at hand."""
    name = {"name": in_words(request.headers.get("User-Agent", ""))}
    form = AddPasskeyForm(request.POST or None, user=request.user, initial=name)
    if form.is_valid():
        add_authenticator(request, form.cleaned_data["name"], form.cleaned_data["credential"])
        security.note("passkey.added", request, user_id=request.user.pk)
        messages.success(request, _("Your passkey works from now on."))
        return redirect("mfa_list_webauthn")
    context = {"form": form, "options": begin_registration(request.user, passwordless=True)}
    return render(request, "mfa/webauthn/add.html", context, status=422 if form.errors else 200)


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


@account_page
@after_fresh_sign_in
def remove(request: PersonRequest, passkey_id: int) -> HttpResponse:
    """Away with it, after asking once."""
    found = get_object_or_404(_own(request), pk=passkey_id)
    if request.method != "POST":
        return render(request, "mfa/webauthn/remove.html", {"passkey": found})
    remove_authenticator(request, found)
    security.note("passkey.removed", request, user_id=request.user.pk)
    messages.success(request, _("The passkey is gone. It opens nothing any more."))
    return redirect("mfa_list_webauthn")
