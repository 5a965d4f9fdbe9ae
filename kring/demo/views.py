"""The pages of the demo: its people, and the mails that they get. For everybody who comes by."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from kring.accounts import sessions
from kring.accounts.models import User
from kring.base import clock
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.jobs import at_work
from kring.demo import mailbox as box
from kring.demo.cast import identity
from kring.demo.people import of_the_cast, of_the_centre, person_of
from kring.notifications.digest import WEEKLY, Period, begin

PAGE = 50  # mails
LINK = re.compile("<a(?= )")
SCHOOLS = ("wilgenhoek", "vijver")  # those of the kindcentrum
# A mail is shown as a mail client shows it: its own styles, no scripts, nothing from elsewhere.
AS_A_MAIL_CLIENT = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


def in_demo(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What exists in the demo only, where nothing is secret."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return outside_block("the demo is for everybody")(login_not_required(shown))


def demo_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page to look at."""
    return in_demo(require_safe(view))


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
    return HttpResponse(LINK.sub('<a target="_top"', content.html.replace('target="_blank"', "")))


@in_demo
@require_POST
def newsletter(request: HttpRequest) -> HttpResponse:
    """Send the weekly newsletter now, at most once a minute: nobody waits for Saturday in a demo.

    As on Saturday it tells each person what came since the last one.
    """
    now = clock.now()
    period = Period(verb=WEEKLY, name=f"demo {now:%Y-%m-%d %H:%M}", moment=now)
    for school in SCHOOLS:
        school_id = identity(school)
        with at_work(school_id):
            begin(period, school_id)
    messages.success(request, _("The newsletter is on its way. Look again in a moment."))
    return see_other(request, "demo:mailbox")


def _opened(key: str) -> tuple[box.Mail, box.Content]:
    found = box.opened(key)
    if found is None:
        raise Http404
    return found
