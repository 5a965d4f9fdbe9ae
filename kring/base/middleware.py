from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

type Next = Callable[[HttpRequest], HttpResponse]


class SecurityHeaders:
    """What Django's own middleware does not say: no page is kept anywhere (tablets are shared)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _take_plainly(request)
        response = self.get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


def _take_plainly(request: HttpRequest) -> None:
    """Take what no browser sends for nothing, before it meets the database.

    A form that says it is in UTF-7 holds half signs that no table takes; so does a session key that
    is none of ours.
    """
    request.encoding = settings.DEFAULT_CHARSET
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME, "none").isalnum():
        del request.COOKIES[settings.SESSION_COOKIE_NAME]
