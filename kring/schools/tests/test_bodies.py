"""Who may send something large: asked before any of it is read."""

import http.client
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, let_in
from tests.database import Urls

TOKEN = "c" * 32
LARGE = 300_000_000
POST = "11111111-1111-7111-8111-111111111111"


class Body(io.BytesIO):
    """A body, and what was seen when it was first asked for."""

    def __init__(self) -> None:
        super().__init__(encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": TOKEN}))
        self.reads = 0
        self.database_was_held = False

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        self.database_was_held |= connection.connection is not None
        return super().read(size)


def sent(path: str, person: Any, told: int = LARGE) -> tuple[int, Body]:
    """Status of the answer, and the body that was told to be so long."""
    client, body = Client(enforce_csrf_checks=True), Body()
    let_in(client, person)
    client.cookies["csrf"] = TOKEN
    kind: dict[str, Any] = {"CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": str(told)}
    answer = client.generic("POST", path, **kind | {"wsgi.input": body})
    return answer.status_code, body


@pytest.mark.parametrize("path", ["/media/uploads/", "/posts/new/", f"/posts/{POST}/edit/"])
@pytest.mark.parametrize("who", ["mother", "informed_father"])
def test_who_works_nowhere_sends_no_film(cast: Cast, who: str, path: str) -> None:
    status, body = sent(path, getattr(cast, who))
    assert (status, body.reads) == (http.client.NOT_FOUND, 0)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("teacher", "/media/uploads/"),
        ("teacher", "/posts/new/"),
        ("principal", "/media/uploads/"),
        ("mother", "/more/about-me/"),
    ],
)
def test_what_one_may_send_is_read(cast: Cast, who: str, path: str) -> None:
    assert sent(path, getattr(cast, who))[1].reads


def test_what_is_shared_is_sent_on_unread(cast: Cast) -> None:
    status, body = sent("/share/", cast.mother)
    assert (status, body.reads) == (http.client.SEE_OTHER, 0)


def test_a_page_that_is_sent_a_form_costs_no_query_more(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as few:
        status, _ = sent("/more/about-me/", cast.mother, told=2_000_000)
    with CaptureQueriesContext(connection) as many:
        sent("/media/uploads/", cast.mother, told=2_000_000)
    assert status != http.client.NOT_FOUND
    asked = [sum("kring_viewer(" in one["sql"] for one in each) for each in (few, many)]
    assert asked == [1, 1]


def test_nobody_holds_the_database_while_a_body_comes_in(own_database: Urls) -> None:
    _, body = sent("/media/uploads/", Cast().teacher)
    assert body.reads
    assert not body.database_was_held
