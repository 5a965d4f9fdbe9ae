"""The pages of the demo: its people, and the mails that they get. For everybody who comes by."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from kring.accounts import sessions
from kring.accounts.models import User
from kring.base.block import outside_block
from kring.demo import mailbox as box
from kring.demo.people import of_the_cast, of_the_centre, person_of

PAGE = 50  # mails
# A mail is shown as a mail client shows it: its own styles, no scripts, nothing from elsewhere.
AS_A_MAIL_CLIENT = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


def demo_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that exists in the demo only, where nothing is secret."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return outside_block("the demo is for everybody")(login_not_required(require_safe(shown)))


@demo_page
def people(request: HttpRequest) -> HttpResponse:
    """Everybody whom one can be: those of De Kring first."""
    context = {"bare": True, "centre": of_the_centre(), "cast": of_the_cast()}
    return render(request, "demo/people.html", context)


@demo_page
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Become the person of this link."""
    person_id = person_of(token)
    if person_id is None:
        raise Http404
    everybody = User.objects.unscoped("nobody is signed in yet")
    sessions.sign_in(request, get_object_or_404(everybody, pk=person_id))
    sessions.mark_strong(request, "demo")  # the link is all the proof there is in a demo
    return redirect("feed:feed")


@demo_page
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mails, or those to one address."""
    mails, to = box.mails(), request.GET.get("to", "")
    found = [mail for mail in mails if to in {"", mail.to}]
    context = {
        "bare": True,
        "addresses": sorted({mail.to for mail in mails}),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "to": to,
    }
    return render(request, "demo/mailbox.html", context)


@demo_page
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail, as HTML and as text."""
    found, content = _opened(key)
    return render(request, "demo/mail.html", {"bare": True, "mail": found, "content": content})


@demo_page
@csp_override(AS_A_MAIL_CLIENT)
def mail_html(_request: HttpRequest, key: str) -> HttpResponse:
    """The HTML of a mail; its links open in the place of the page around it."""
    _, content = _opened(key)
    return HttpResponse(content.html.replace('target="_blank"', 'target="_top"'))


def _opened(key: str) -> tuple[box.Mail, box.Content]:
    found = box.opened(key)
    if found is None:
        raise Http404
    return found
