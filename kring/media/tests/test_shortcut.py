"""Good addresses of pictures are answered before Django; all else goes on to the pages."""

import time
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as live
from django.test import Client
from pytest_django import Settings

from kring.media.shortcut import Shortcut, Start
from kring.media.signing import PERIOD, sign

MINE = "k" * 32
PAGES = "404 of the pages"


def pages(_request: dict[str, Any], start: Start) -> Iterable[bytes]:
    start(PAGES, [])
    return [b"page"]


@pytest.fixture(autouse=True)
def _handed_off(settings: Settings) -> None:
    settings.MEDIA_HANDED_OFF = True


def asked(path: str, session_key: str = MINE, **request: str) -> tuple[str, dict[str, str]]:
    said: list[tuple[str, dict[str, str]]] = []
    cookie = f"language=nl; {live.SESSION_COOKIE_NAME}={session_key}; used=1"
    usual = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_COOKIE": cookie}
    body = Shortcut(pages)(usual | request, lambda status, told: said.append((status, dict(told))))
    [(status, headers)] = said
    assert list(body) == ([b"page"] if status == PAGES else [])
    return status, headers


@pytest.mark.parametrize("size", ["small", "medium", "large", "film"])
def test_a_good_address_is_answered_as_django_would(size: str) -> None:
    address = sign(uuid4(), size, MINE)
    browser = Client()
    browser.cookies[live.SESSION_COOKIE_NAME] = MINE
    by_django = browser.get(address).headers
    status, headers = asked(address)
    assert status == "200 OK"
    # What only matters for whole pages is left out.
    of_pages = {"Cross-Origin-Opener-Policy", "Permissions-Policy"}
    assert headers == {name: by_django[name] for name in by_django.keys() - of_pages}


def test_on_a_domain_the_browser_is_told_to_stay_on_https(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    _status, headers = asked(sign(uuid4(), "small", MINE))
    assert headers["Strict-Transport-Security"] == "max-age=60; includeSubDomains"


def test_whatever_is_not_plainly_good_goes_to_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    good = sign(uuid4(), "small", MINE)
    for path in (
        "/",
        "/media/uploads/",
        f"{good}x",
        f"{good}\n",
        f"/{good}",
        good.replace("small", "large"),
        good.upper(),
        sign(uuid4(), "small", MINE)[:50] + good[50:],
    ):
        assert asked(path)[0] == PAGES, path
    assert asked(good, "l" * 32)[0] == PAGES
    assert asked(good, "")[0] == PAGES
    assert asked(good, HTTP_COOKIE="")[0] == PAGES
    assert asked(good, REQUEST_METHOD="POST")[0] == PAGES
    assert asked(good)[0] == "200 OK"
    later = time.time() + 2 * PERIOD
    monkeypatch.setattr(time, "time", lambda: later)
    assert asked(good)[0] == PAGES


def test_without_a_front_that_fetches_files_the_pages_answer(settings: Settings) -> None:
    settings.MEDIA_HANDED_OFF = False
    assert asked(sign(uuid4(), "small", MINE))[0] == PAGES
