"""The second proof: giving it, setting it up, and what to do without it."""

from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kring.accounts import factors, limits, paper_codes, security, sessions, totp
from kring.accounts.password_forms import FiguresForm, PaperCodeForm
from kring.accounts.views.pages import (
    PersonRequest,
    account_page,
    after_fresh_sign_in,
    before_second_proof,
)

UNPROCESSABLE = 422
type Proofs = dict[str, Form]


@before_second_proof
@account_page
def second_factor(request: PersonRequest) -> HttpResponse:
    """Ask for it, or set one up when there is none; then on to where the person was going."""
    if not factors.must_be_strong(request.viewer, request, fully=True):
        return redirect(get_login_redirect_url(request))
    forms: Proofs = {"figures": FiguresForm(), "paper": PaperCodeForm()}
    if request.method == "POST" and _gives(request, forms):
        return redirect(get_login_redirect_url(request))
    status = UNPROCESSABLE if any(form.errors for form in forms.values()) else 200
    return render(request, "mfa/second_factor.html", _ways(request) | forms, status=status)


def _ways(request: PersonRequest) -> dict[str, object]:
    """What this person can be asked for."""
    return {
        "passkey": factors.has_passkey(request.user),
        "app": totp.of(request.user),
        "sheet": paper_codes.left(request.user),
        "by_tablet": sessions.is_by_tablet(request),
        "going": get_next_redirect_url(request),
        "bare": True,  # the places of the frame would only lead back to here
    }


def _gives(request: PersonRequest, forms: Proofs) -> bool:
    """Whether what was typed is the second proof; the session is strong from then on."""
    kind = "paper" if "code" in request.POST else "figures"
    form = forms[kind] = type(forms[kind])(request.POST)
    if not form.is_valid():
        return False
    [field] = form.fields
    outcome = _weighed(request, kind, form.cleaned_data[field])
    security.note(f"second_factor.{outcome}", request, user_id=request.user.pk)
    if outcome == "given":
        sessions.mark_strong(request, kind)
        return True
    form.add_error(field, _why(outcome))
    return False


def _weighed(request: PersonRequest, kind: str, typed: str) -> str:
    person = request.user
    if kind == "paper":
        allowed = limits.may_try_paper(request, person.sign_in_name)
        right = allowed and paper_codes.use(person, typed)
    else:
        allowed = limits.may_try_app(request, person.pk)
        right = allowed and totp.use(person, typed)
    return "given" if right else "wrong" if allowed else "too_many"


def _why(outcome: str) -> str:
    if outcome == "wrong":
        return _("This does not fit, or it was used already. Take the newest figures.")
    return _("That was tried too often. Wait ten minutes and try again.")


@before_second_proof
@account_page
@after_fresh_sign_in
def app(request: PersonRequest) -> HttpResponse:
    """An app with figures, for who works at a school."""
    if not request.viewer.staff_of or totp.of(request.user):
        raise Http404
    form = FiguresForm(request.POST or None)
    if form.is_valid() and _adds(request, form):
        return _to_paper(request)
    secret = totp.waiting_secret(request)
    context = {
        "form": form,
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "picture": totp.picture(request.user, secret),
        "going": get_next_redirect_url(request),
    }
    return render(request, "mfa/app.html", context, status=UNPROCESSABLE if form.errors else 200)


def _adds(request: PersonRequest, form: FiguresForm) -> bool:
    allowed = limits.may_try_app(request, request.user.pk)
    if not (allowed and totp.add(request, request.user, form.cleaned_data["figures"])):
        form.add_error("figures", _why("wrong" if allowed else "too_many"))
        return False
    sessions.mark_strong(request, "figures")  # the first one, or the session was strong already
    factors.tell(request, request.user, "app.added")
    return True


def _to_paper(request: PersonRequest) -> HttpResponse:
    """A sheet of codes is offered, for the day that the telephone is lost."""
    messages.success(request, _("Your app works from now on."))
    going = get_next_redirect_url(request)
    query = f"?{urlencode({'next': going})}" if going else ""
    return redirect(reverse("accounts:paper_codes") + query)


@before_second_proof
@account_page
@after_fresh_sign_in
def remove_app(request: PersonRequest) -> HttpResponse:
    """Away with it, after asking once."""
    found = totp.of(request.user)
    if found is None:
        raise Http404
    if request.method != "POST":
        return render(request, "mfa/remove_app.html")
    factors.remove(request, found)
    factors.tell(request, request.user, "app.removed")
    messages.success(request, _("The app is gone. Its figures open nothing any more."))
    return redirect("mfa_list_webauthn")


@before_second_proof
@account_page
@after_fresh_sign_in
def sheet(request: PersonRequest) -> HttpResponse:
    """A new sheet of codes, shown once, made for printing; the sheet before is worthless then."""
    if not factors.may_have_sheet(request.user, request.viewer):
        raise Http404
    context = {"left": paper_codes.left(request.user), "going": get_next_redirect_url(request)}
    if request.method == "POST":
        context["codes"] = paper_codes.new_sheet(request.user)
        factors.tell(request, request.user, "paper_codes.made")
    return render(request, "account/paper_codes.html", context)
