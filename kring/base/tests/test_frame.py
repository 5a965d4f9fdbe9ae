"""The frame around every page, and the pages of errors: both without a single query."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from django.utils import translation
from django.views import defaults

from kring.base.context import frame
from kring.base.errors import csrf_failure
from kring.base.visibility import Viewer

SOME = frozenset({uuid4()})

# No test here is marked for the database: a query would fail.


def asked(path: str, viewer: Viewer | None = None) -> HttpRequest:
    request = RequestFactory().get(path)
    if viewer:
        request.viewer = viewer  # type: ignore[attr-defined]
        person = SimpleNamespace(pk=uuid4(), is_authenticated=True, initials="FA")
        request._cached_user = person  # type: ignore[attr-defined]
    return request


def test_before_anybody_was_looked_up_there_are_no_places() -> None:
    assert frame(asked("/")) == {"places": (), "is_out": False}


def test_anonymous_people_have_no_places() -> None:
    request = asked("/")
    request._cached_user = AnonymousUser()  # type: ignore[attr-defined]
    assert frame(request) == {"places": (), "is_out": True}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "Messages"),
        ("/posts/new/", "Messages"),
        ("/more/", "More"),
        ("/account/profile/", "More"),
        ("/elsewhere/", None),
    ],
)
def test_the_place_where_one_is_stands_out(path: str, place: str | None) -> None:
    with translation.override("en"):
        places = frame(asked(path, Viewer()))["places"]
        assert [one.name for one in places if one.current] == ([place] if place else [])


def test_who_works_here_is_offered_to_write() -> None:
    assert frame(asked("/", Viewer(staff_of=SOME)))["may_write"]


def test_a_guardian_is_not_offered_to_write() -> None:
    assert not frame(asked("/", Viewer(child_ids=SOME)))["may_write"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is nothing here"), ("nl", "Hier is niets")]
)
def test_not_found_is_said_in_the_language_of_the_page(language: str, words: str) -> None:
    with translation.override(language):
        response = defaults.page_not_found(asked("/nowhere/"), Http404())
    assert words in response.content.decode()


def test_every_error_has_its_page() -> None:
    request = asked("/")
    answers = [
        defaults.bad_request(request, ValueError()),
        defaults.permission_denied(request, PermissionError()),
        defaults.server_error(request),
        csrf_failure(request),
    ]
    assert [answer.status_code for answer in answers] == [400, 403, 500, 403]
    assert all(b'class="bare"' in answer.content for answer in answers)


def test_the_page_of_a_server_error_needs_no_context() -> None:
    markup = defaults.server_error(asked("/")).content.decode()
    assert "<h1>" in markup
    assert 'href="/"' in markup
