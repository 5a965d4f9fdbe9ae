"""Another e-mail address for one's account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.accounts import limits, security
from kring.accounts.adapter import MailNotSentError
from kring.accounts.address import AddressChange
from kring.accounts.address_forms import AddressCodesForm, NewAddressForm
from kring.accounts.views.pages import PersonRequest, account_page, after_fresh_sign_in

UNPROCESSABLE = 422


@account_page
@after_fresh_sign_in
def address(request: PersonRequest) -> HttpResponse:
    """The new address, and codes on their way to it and to the old one."""
    form = NewAddressForm(request.POST or None, person=request.user)
    if form.is_valid():
        why = _mail_codes(request, form.cleaned_data["email"])
        if why is None:
            return redirect("accounts:address_codes")
        form.add_error(None, why)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "account/address.html", {"form": form}, status=status)


@account_page
@after_fresh_sign_in
def codes(request: PersonRequest) -> HttpResponse:
    """The codes from both mails."""
    change = AddressChange.under_way(request)
    if change is None:
        return redirect("accounts:address")
    if request.method == "POST" and not change.may_guess(request):
        messages.error(request, _("That code was wrong too often. Ask for a new one."))
        return redirect("accounts:address")
    form = AddressCodesForm(request.POST or None, expected=change)
    if form.is_valid():
        return _finished(request, change)
    context = {"form": form, "change": change}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "account/address_codes.html", context, status=status)


def _mail_codes(request: PersonRequest, new: str) -> str | None:
    """Send them, or say why not."""
    if not limits.may_ask(request, new):
        return _("Too many codes were asked for. Wait ten minutes and try again.")
    try:
        AddressChange.begin(request, request.user, new)
    except MailNotSentError:
        return _("We cannot send mail right now. Try again in a few minutes.")
    security.note("address.change_asked", request, address=new, user_id=request.user.pk)
    return None


def _finished(request: PersonRequest, change: AddressChange) -> HttpResponse:
    if not change.finish(request, request.user):
        messages.error(request, _("This address cannot be used. Choose another one."))
        return redirect("accounts:address")
    security.note("address.changed", request, address=change.address, user_id=request.user.pk)
    messages.success(request, _("From now on you sign in with this address."))
    return redirect("accounts:profile")
