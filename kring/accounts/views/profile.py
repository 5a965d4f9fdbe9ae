"""The person: name, and the language to read in."""

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from kring.accounts.forms import LanguageForm
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
    form = LanguageForm(request.POST or None, initial={"language": request.user.language})
    if form.is_valid():
        request.user.choose_language(form.cleaned_data["language"])
        with override(request.user.language):
            messages.success(request, _("Saved. Your mails come in this language too."))
        return redirect("accounts:profile")
    return render(
        request, "account/profile.html", {"form": form}, status=422 if form.errors else 200
    )


@open_page
def language(request: HttpRequest) -> HttpResponse:
    """Change the language before signing in."""
    response = redirect(get_next_redirect_url(request) or "account_login")
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        keep_language(response, chosen)
    return response
