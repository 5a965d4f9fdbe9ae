"""Signing in with a password; a device that is not known has to give a code besides.

Known and unknown names, wrong passwords and people without one get the same answer after the same
work. What differs comes after the right password only.
"""

import time
from typing import cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from kring.accounts import (
    factors,
    known_devices,
    limits,
    paper_codes,
    passwords,
    security,
    sessions,
)
from kring.accounts.models import User
from kring.accounts.password_forms import ForgottenForm, PaperCodeForm, PasswordSignInForm
from kring.accounts.views.mailing import Refusal, mail_code
from kring.accounts.views.pages import onward, open_page

WAITING = "kring.paper"  # in the session: who gave the right password, and has to give a code
WAITS = 10 * 60  # seconds
UNPROCESSABLE = 422


@open_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """A name and a password."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    form = PasswordSignInForm(request.POST or None)
    status = 200
    if form.is_valid():
        outcome = _try(request, **form.cleaned_data)
        if isinstance(outcome, HttpResponse):
            return outcome
        form.add_error(None, outcome.why)
        status = outcome.status
    status = UNPROCESSABLE if form.errors and status == 200 else status  # noqa: PLR2004
    context = {"form": form, "going": get_next_redirect_url(request)}
    return render(request, "account/password_sign_in.html", context, status=status)


def _try(request: HttpRequest, name: str, password: str) -> HttpResponse | Refusal:
    """In, or onward to a code; or why not."""
    person = _who(request, name, password)
    if isinstance(person, Refusal):
        return person
    if known_devices.trusts(request, person):
        return _let_in(request, person)
    if person.email:
        return mail_code(request, person.email) or onward(request, "account_confirm_login_code")
    _wait_for_paper(request, person)
    return onward(request, "accounts:paper_sign_in")


def _who(request: HttpRequest, name: str, password: str) -> User | Refusal:
    """Whose name and password these are; a closed account is nobody's."""
    if not limits.may_try(request, name):
        security.note("sign_in.too_many", request, address=name)
        return Refusal(
            429, _("That was tried too often. Wait ten minutes, or sign in another way.")
        )
    person = _somebody(name)
    if passwords.fits(person, password) and person:
        return person
    security.note("sign_in.wrong_password", request, address=name)
    said = _("This name and this password do not go together. Look for a typing mistake.")
    return Refusal(UNPROCESSABLE, said)


@open_page
def paper(request: HttpRequest) -> HttpResponse:
    """A code on paper besides the password, for who has no address to mail one to."""
    person = _who_waits(request)
    if person is None:
        return onward(request, "accounts:password_sign_in")
    form = PaperCodeForm(request.POST or None)
    if form.is_valid():
        if not limits.may_try_paper(request, person.sign_in_name):
            return _too_many(request, person.sign_in_name)
        if paper_codes.use(person, form.cleaned_data["code"]):
            return _let_in_by_paper(request, person)
        security.note("sign_in.wrong_paper_code", request, user_id=person.pk)
        form.add_error("code", _("This code does not fit, or it was used already."))
    context = {"form": form, "going": get_next_redirect_url(request)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "account/paper_sign_in.html", context, status=status)


@open_page
def forgotten(request: HttpRequest) -> HttpResponse:
    """User name, a code on paper, and a new password."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        name = form.cleaned_data["username"]
        if not limits.may_try_paper(request, name):
            return _too_many(request, name)
        if person := _renewed(request, form):
            return _let_in(request, person)
    context = {"form": form, "going": get_next_redirect_url(request)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "account/forgotten.html", context, status=status)


def _renewed(request: HttpRequest, form: ForgottenForm) -> User | None:
    """The person with the new password; whoever knew the old one is out."""
    person = _owner(request, form)
    if person is None or not _takes(person, form):
        return None
    sessions.end_all_sessions(person)
    factors.tell(request, person, "password.set")
    return person


def _owner(request: HttpRequest, form: ForgottenForm) -> User | None:
    """Whose user name and code these are. Who has a mailbox renews nothing with paper."""
    name = form.cleaned_data["username"]
    found = _somebody(name)
    person = found if found and not found.email else None
    if paper_codes.fits(person, form.cleaned_data["code"]):
        return person
    security.note("sign_in.wrong_paper_code", request, address=name)
    form.add_error(None, _("This user name and this code do not go together."))
    return None


def _takes(person: User, form: ForgottenForm) -> bool:
    """Use up the code for the new password, when that is not made of the person's name."""
    password = form.cleaned_data["password"]
    try:
        passwords.check(password, passwords.words_of(person))
    except ValidationError as error:
        form.add_error("password", error)
        return False
    if not paper_codes.use(person, form.cleaned_data["code"]):  # another was quicker
        form.add_error("code", _("This code does not fit, or it was used already."))
        return False
    passwords.choose(person, password)
    return True


def _somebody(name: str) -> User | None:
    people = User.objects.unscoped("nobody is signed in yet").filter(is_active=True)
    found: User | None = people.named(name).first()
    return found


def _let_in(request: HttpRequest, person: User) -> HttpResponse:
    record_authentication(request, person, method="password")
    going = get_next_redirect_url(request)
    login = Login(user=person, email=person.email, redirect_url=going)
    return cast(HttpResponse, perform_login(request, login))


def _let_in_by_paper(request: HttpRequest, person: User) -> HttpResponse:
    """Password and paper are two proofs."""
    del request.session[WAITING]
    security.note("sign_in.paper_code", request, user_id=person.pk)
    response = _let_in(request, person)
    if request.user == person:
        sessions.mark_strong(request, "paper")
    return response


def _wait_for_paper(request: HttpRequest, person: User) -> None:
    proof = person.get_session_auth_hash()
    request.session[WAITING] = {"person": str(person.pk), "proof": proof, "at": time.time()}


def _who_waits(request: HttpRequest) -> User | None:
    """Who gave the right password here a moment ago, as long as it is the password still."""
    waiting = request.session.get(WAITING) or {"person": None, "at": 0}
    if time.time() - waiting["at"] > WAITS:
        return None
    people = User.objects.unscoped("nobody is signed in yet")
    person: User | None = people.filter(is_active=True, pk=waiting["person"]).first()
    same = person and constant_time_compare(person.get_session_auth_hash(), waiting["proof"])
    return person if same else None


def _too_many(request: HttpRequest, name: str) -> HttpResponse:
    security.note("sign_in.too_many", request, address=name)
    messages.error(request, _("That was tried too often. Wait ten minutes and try again."))
    return onward(request, "accounts:password_sign_in")
