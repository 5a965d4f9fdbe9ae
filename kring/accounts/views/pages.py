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

from kring.accounts import sessions
from kring.accounts.models import User
from kring.base.block import outside_block


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


type View = Callable[..., HttpResponse]


def account_page(view: View) -> View:
    """A page of the person who is signed in."""
    outside = outside_block("a person's account belongs to no school", with_viewer=True)
    return outside(never_cache(require_http_methods(["GET", "HEAD", "POST"])(view)))


def account_action(view: View) -> View:
    """Something that the person who is signed in does: never by opening an address."""
    return outside_block("a person's account belongs to no school")(never_cache(require_POST(view)))


def open_page(view: View) -> View:
    """A page for people who are not signed in yet."""
    outside = outside_block("nobody is signed in yet")
    asked = require_http_methods(["GET", "HEAD", "POST"])(view)
    return outside(login_not_required(never_cache(asked)))


def after_fresh_sign_in(view: View) -> View:
    """What changes the ways in asks who you are once more, when you signed in long ago."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sessions.is_fresh(request):
            return view(request, *args, **kwargs)
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")

    return asking


def onward(request: HttpRequest, view: str) -> HttpResponse:
    """To another page of signing in, taking along where the person was going."""
    going = get_next_redirect_url(request)
    query = f"?{urlencode({'next': going})}" if going else ""
    return redirect(reverse(view) + query)
