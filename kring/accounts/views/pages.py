"""How the pages of the account are declared: who may open them, and where one goes from there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kring.accounts import factors, sessions
from kring.accounts.models import User
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import Viewer


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    viewer: Viewer


type View = Callable[..., HttpResponse]


def account_page(view: View) -> View:
    """A page of the person who is signed in, outside any school."""
    outside = outside_block("a person's account belongs to no school", with_viewer=True)
    return outside(never_cache(require_http_methods(["GET", "HEAD", "POST"])(view)))


def before_second_proof(view: View) -> View:
    """Open also to staff who gave one proof only: here the second is set up, given or ended.

    Outermost, and only on pages that show nothing of a school. See ``schools.middleware``.
    """
    view.before_second_proof = True  # type: ignore[attr-defined]
    return view


def account_action(view: View) -> View:
    """Something that the person who is signed in does: never by opening an address."""
    return outside_block("a person's account belongs to no school")(never_cache(require_POST(view)))


def open_page(view: View) -> View:
    """A page for people who are not signed in yet."""
    outside = outside_block("nobody is signed in yet")
    asked = require_http_methods(["GET", "HEAD", "POST"])(view)
    return outside(login_not_required(never_cache(asked)))


def after_fresh_sign_in(view: View) -> View:
    """What changes the ways in asks who you are once more, when you signed in long ago.

    Of who works at a school and has a second factor it asks that too: a mailbox that somebody else
    reads must not be enough to add a factor of one's own.
    """

    @wraps(view)
    def asking(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not sessions.is_fresh(request):
            return _by_way_of("account_reauthenticate", request)
        weak = factors.must_be_strong(request.viewer, request, fully=True)
        if weak and factors.has_second(request.user):
            return _by_way_of("accounts:second_factor", request)
        return view(request, *args, **kwargs)

    return asking


def _by_way_of(view: str, request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse(view)}?{urlencode({'next': request.get_full_path()})}")


def ask_second_proof(request: HttpRequest) -> HttpResponse:
    """To the page for it, and from there to where the person was going; what was sent is gone."""
    asks = request.method in {"GET", "HEAD"} and not getattr(request, "htmx", False)
    query = f"?{urlencode({'next': request.get_full_path()})}" if asks else ""
    return see_other(request, reverse("accounts:second_factor") + query)


def onward(request: HttpRequest, view: str) -> HttpResponse:
    """To another page of signing in, taking along where the person was going."""
    going = get_next_redirect_url(request)
    query = f"?{urlencode({'next': going})}" if going else ""
    return redirect(reverse(view) + query)
