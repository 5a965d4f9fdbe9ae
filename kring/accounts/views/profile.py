"""The person: name, address, and the language to read in."""

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from kring.accounts.forms import LanguageForm, OwnNameForm
from kring.accounts.middleware import keep_language
from kring.accounts.views.pages import (
    PersonRequest,
    account_page,
    before_second_proof,
    open_page,
)


@before_second_proof
@account_page
def profile(request: PersonRequest) -> HttpResponse:
    """Show the name; change the language, at once and for mails too."""
    if "first_name" in request.POST:
        return _name(request)
    form = LanguageForm(request.POST or None, initial={"language": request.user.language})
    if form.is_valid():
        request.user.choose_language(form.cleaned_data["language"])
        with override(request.user.language):
            messages.success(request, _("Saved. Your mails come in this language too."))
        return redirect("accounts:profile")
    return _shown(request, form, _own_name(request))


def _name(request: PersonRequest) -> HttpResponse:
    """The whole name, of whom the school knew half of it: what an address let it guess.

    A whole name is the school's to change: others know the person by it.
    """
    form = _own_name(request)
    if form is None:
        raise Http404
    if not form.is_valid():
        return _shown(request, LanguageForm(initial={"language": request.user.language}), form)
    request.user.correct_name(**form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("accounts:profile")


def _own_name(request: PersonRequest) -> OwnNameForm | None:
    if request.user.last_name:
        return None
    data = request.POST if "first_name" in request.POST else None
    return OwnNameForm(data, initial={"first_name": request.user.first_name})


def _shown(request: PersonRequest, form: LanguageForm, named: OwnNameForm | None) -> HttpResponse:
    status = 422 if form.errors or (named and named.errors) else 200
    return render(request, "account/profile.html", {"form": form, "named": named}, status=status)


@open_page
def language(request: HttpRequest) -> HttpResponse:
    """Change the language before signing in."""
    response = redirect(get_next_redirect_url(request) or "account_login")
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        keep_language(response, chosen)
    return response
