"""For every request: the language of the person, and that the device was used."""

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from kring.accounts import sessions
from kring.accounts.models import User
from kring.base import clock

type GetResponse = Callable[[HttpRequest], HttpResponse]

USED_COOKIE = "used"
USED_EVERY = 60 * 60  # seconds between two notes that a device was used


def person_met(request: HttpRequest) -> User | None:
    """The person, when this request looked already; it never looks by itself."""
    met: object = request.user
    if type(met) is SimpleLazyObject:
        met = getattr(request, "_cached_user", None)
    return met if isinstance(met, User) else None


class LanguageOfThePerson:
    """Speak the person's language; before anybody signed in, what the browser or the cookie says.

    A page that needs no sign-in (a photo by its signed address, the health of the server) costs no
    look at the session: the cookie holds the language of who signed in here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose a language first, say it in the answer, and keep the cookie in step."""
        _speak(request, translation.get_language_from_request(request))
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", translation.get_language())
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        person = person_met(request)
        if person and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != person.language:
            keep_language(response, person.language)
        return response

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> None:
        """The person's own language, where the view needs a person."""
        if getattr(view, "login_required", True) and isinstance(request.user, User):
            _speak(request, request.user.language)


class LastUse:
    """Note once an hour that a device was used, so that its session lasts on.

    A cookie knows when, so no other request asks.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Write two rows at most."""
        response = self.get_response(request)
        if USED_COOKIE not in request.COOKIES and person_met(request):
            here = UserSession.objects.filter(session_key=request.session.session_key)
            here.update(last_seen_at=clock.now())
            sessions.renew(request, response)
            response.set_cookie(
                USED_COOKIE,
                "1",
                max_age=USED_EVERY,
                secure=settings.SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def keep_language(response: HttpResponse, language: str) -> None:
    """Leave the language in a cookie, for pages before the sign-in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 60 * 60,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language
