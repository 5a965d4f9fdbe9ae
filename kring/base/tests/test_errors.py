"""What is answered instead of a page, and that nobody's body is read for it."""

import http.client
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.client import MULTIPART_CONTENT
from django.urls import get_resolver

from tests.cast import Cast, let_in

TOKEN = "c" * 32
ANSWERS: dict[int, Exception] = {
    400: SuspiciousOperation(),
    403: PermissionDenied(),
    404: Http404(),
}


class Unread(io.BytesIO):
    """A body that comes slowly for ever."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    def readline(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    @classmethod
    def sent(cls) -> dict[str, Any]:
        """What the server tells of it."""
        kind = {"CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": "300000000"}
        return {**kind, "wsgi.input": cls()}


def post(client: Client, path: str) -> HttpResponse:
    client.cookies["csrf"] = TOKEN
    return client.generic("POST", path, **Unread.sent())  # type: ignore[return-value]


@pytest.mark.parametrize(
    "path", ["/office/x/import/", "/posts/x/edit/", "/Media/Uploads/", "/POSTS/NEW/", "/nowhere/"]
)
@pytest.mark.parametrize("who", ["anonymous", "mother", "teacher"])
def test_what_is_sent_to_an_unknown_address_is_not_read(cast: Cast, path: str, who: str) -> None:
    client = Client(enforce_csrf_checks=True)
    if who != "anonymous":
        let_in(client, getattr(cast, who))
    answer = post(client, path)
    assert answer.status_code == http.client.NOT_FOUND


@pytest.mark.parametrize("status", ANSWERS)
def test_a_page_of_an_error_reads_nothing(status: int) -> None:
    answer = handler(status)(asked(), ANSWERS[status])
    assert answer.status_code == status


def test_the_page_of_our_own_fault_reads_nothing() -> None:
    answer = handler(http.client.INTERNAL_SERVER_ERROR)(asked())
    assert answer.status_code == http.client.INTERNAL_SERVER_ERROR


def handler(status: int) -> Callable[..., HttpResponse]:
    found: Callable[..., HttpResponse] = get_resolver().resolve_error_handler(status)
    return found


def asked() -> HttpRequest:
    factory = RequestFactory()
    factory.cookies["csrf"] = TOKEN
    return factory.generic("POST", "/", **Unread.sent())
