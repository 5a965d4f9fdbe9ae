"""Which account: the one of who is signed in, of who holds a mailbox, or one without a mailbox."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts import security, sessions
from kring.accounts.adapter import MailNotSentError
from kring.accounts.forms import AddressForm
from kring.accounts.views.pages import open_page
from kring.joining import mailbox
from kring.joining.forms import MailboxForm
from kring.joining.journey import Journey
from kring.joining.views.public import OK, UNPROCESSABLE, start_again, under_way


@open_page
def account(request: HttpRequest) -> HttpResponse:
    """An address, a passkey, an account that one has, or none of these."""
    journey, offer = under_way(request)
    if not (journey and offer):
        return start_again(request, journey)
    if request.user.is_authenticated or not journey.chose:
        return redirect("joining:yes" if journey.chose else "joining:child")
    if "no_mail" in request.POST:
        return _without_mail(request, journey)
    form = AddressForm(request.POST or None)
    status = _ask(request, journey, form) if form.is_bound else OK
    if form.is_bound and status == OK:
        return redirect("joining:mailbox")
    context = {"form": form, "offer": offer, "going": reverse("joining:yes")}
    return render(request, "joining/public/account.html", context, status=status)


def send_code(request: HttpRequest, journey: Journey, address: str) -> tuple[HTTPStatus, str]:
    """Mail one; the status that this ended with, and why not."""
    try:
        mailbox.send(request, journey, address)
    except mailbox.TooManyError:
        why = _("Too many codes were asked for. Wait ten minutes and try again.")
        return HTTPStatus.TOO_MANY_REQUESTS, why
    except MailNotSentError:
        why = _("We cannot send mail right now. Try again in a few minutes.")
        return HTTPStatus.SERVICE_UNAVAILABLE, why
    return OK, ""


@open_page
def mailbox_code(request: HttpRequest) -> HttpResponse:
    """The code from the mail: it proves the mailbox, and signs in who has an account with it."""
    journey = Journey.of(request)
    if journey is None:
        return start_again(request)
    if journey.proven:
        return redirect(_onward(journey))
    if not _still_counts(request, journey):
        messages.error(request, _("This code does not work any more. Ask for a new one."))
        return redirect(back_of(journey))
    form = MailboxForm(request.POST or None, journey)
    if form.is_valid():
        return _proven(request, journey)
    context = {"form": form, "address": journey.address, "back": back_of(journey)}
    status = UNPROCESSABLE if form.errors else OK
    return render(request, "joining/public/mailbox.html", context, status=status)


def back_of(journey: Journey) -> str:
    """Where to ask for another code."""
    if journey.token:
        return reverse("joining:invitation", args=[journey.token])
    return reverse("joining:account")


def _onward(journey: Journey) -> str:
    return "joining:invited" if journey.token else "joining:yes"


def _ask(request: HttpRequest, journey: Journey, form: AddressForm) -> HTTPStatus:
    if not form.is_valid():
        return UNPROCESSABLE
    status, why = send_code(request, journey, form.cleaned_data["email"])
    if why:
        form.add_error(None, why)
    return status


def _without_mail(request: HttpRequest, journey: Journey) -> HttpResponse:
    journey.no_mail, journey.proven = True, False
    journey.keep(request)
    return redirect("joining:yes")


def _still_counts(request: HttpRequest, journey: Journey) -> bool:
    waiting = mailbox.is_waiting(journey)
    return waiting and (request.method != "POST" or mailbox.may_guess(request, journey))


def _proven(request: HttpRequest, journey: Journey) -> HttpResponse:
    """Whoever is signed in stays so; else the account of this mailbox opens, if there is one."""
    journey.proven, journey.fingerprint, journey.no_mail = True, "", False
    person = mailbox.owner(journey.address)
    if person and not person.is_active:
        security.note("sign_in.closed", request, user_id=person.pk)
        Journey.end(request)
        messages.error(request, _("This account is closed. Ask the school to open it."))
        return redirect("joining:code")
    if person and request.user.is_anonymous:
        sessions.sign_in(request, person)
    else:
        request.session.cycle_key()
    journey.keep(request)
    return redirect(_onward(journey))
