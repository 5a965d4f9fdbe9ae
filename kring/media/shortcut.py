"""Good addresses of pictures and films, answered before Django: a page has sixty of them.

Of a page with all its pictures, most of the work would be Django walking its middleware for each.
Here an address costs one HMAC. Whatever is not plainly good goes on to the pages, which say no.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import parse_cookie

from kring.media.answers import handed_off, type_of
from kring.media.signing import seconds_left

type Start = Callable[[str, list[tuple[str, str]]], object]
type Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

_ADDRESS = re.compile(
    r"/media/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(small|medium|large|film)/([\w-]+)"
)


class Shortcut:
    """A WSGI application before the pages."""

    def __init__(self, pages: Application) -> None:
        self.pages = pages

    def __call__(self, request: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Tell the front where the picture lies, or ask the pages."""
        headers = self._answer(request)
        if headers is None:
            return self.pages(request, start)
        start("200 OK", headers)
        return ()

    def _answer(self, request: dict[str, Any]) -> list[tuple[str, str]] | None:
        found = _ADDRESS.fullmatch(request["PATH_INFO"]) if settings.MEDIA_HANDED_OFF else None
        if found is None or request["REQUEST_METHOD"] != "GET":
            return None
        asset_id, size = UUID(found[1]), found[2]
        cookies = parse_cookie(request.get("HTTP_COOKIE", ""))
        session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")
        seconds = seconds_left(asset_id, size, session_key, found[3])
        if not seconds:
            return None
        of_it = handed_off(asset_id, size, seconds)
        return [*self._always, ("Content-Type", type_of(size)), *of_it.items()]

    @cached_property
    def _always(self) -> list[tuple[str, str]]:
        """What the middleware says on every answer."""
        headers = [
            ("Content-Length", "0"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
            ("X-Robots-Tag", "noindex, nofollow"),
        ]
        if seconds := settings.SECURE_HSTS_SECONDS:
            headers.append(("Strict-Transport-Security", f"max-age={seconds}; includeSubDomains"))
        return headers
