"""The address of a picture, asked for through the whole stack of middleware.

No test here has the mark ``django_db``: a single query anywhere would be an error.
"""

import time
from functools import partial
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as live
from django.test import Client
from pytest_django import Settings

from kring.media.files import delete_files, path_of, store, store_file
from kring.media.signing import PERIOD, sign, sign_saved
from kring.media.tests.made import RENDERED, store_in

SEALED = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox"
MINE, THEIRS = "k" * 32, "l" * 32


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    store_in(tmp_path, settings)


def browser(session_key: str) -> Client:
    client = Client()
    if session_key:
        client.cookies[live.SESSION_COOKIE_NAME] = session_key
    return client


def test_the_session_that_it_was_signed_for_gets_the_picture() -> None:
    asset_id = uuid4()
    store(asset_id, RENDERED)
    for size, content in (
        ("small", b"the small"),
        ("medium", b"the medium"),
        ("large", b"the large"),
    ):
        answer = browser(MINE).get(sign(asset_id, size, MINE))
        assert answer.status_code == HTTPStatus.OK
        assert answer.getvalue() == content
        assert answer["Content-Type"] == "image/webp"
        assert answer["Content-Length"] == str(len(content))
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == SEALED
        assert answer["Content-Disposition"] == "inline"
        directives = dict(part.partition("=")[::2] for part in answer["Cache-Control"].split(", "))
        assert directives.keys() == {"private", "max-age", "immutable"}
        assert 0 < int(directives["max-age"]) <= 2 * PERIOD
        assert "Set-Cookie" not in answer.headers
        assert not answer.cookies


def test_a_document_is_saved_under_its_name_and_shown_nowhere() -> None:
    asset_id = uuid4()
    store_file(asset_id, "document", BytesIO(b"%PDF-1.7"))
    answer = browser(MINE).get(sign_saved(asset_id, "document", "brief één.pdf", MINE))
    assert answer.getvalue() == b"%PDF-1.7"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''brief%20%C3%A9%C3%A9n.pdf" in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_film_is_told_as_one() -> None:
    asset_id = uuid4()
    store_file(asset_id, "film", BytesIO(b"film"))
    answer = browser(MINE).get(sign(asset_id, "film", MINE))
    assert (answer["Content-Type"], answer.getvalue()) == ("video/mp4", b"film")


def test_everyone_else_gets_the_same_bare_not_found() -> None:
    asset_id, unknown = uuid4(), uuid4()
    store(asset_id, RENDERED)
    path = sign(asset_id, "small", MINE)
    answers = [
        browser(THEIRS).get(path),
        browser("").get(path),
        browser(MINE).get(path[:-1] + ("A" if path[-1] != "A" else "B")),
        browser(MINE).get(path.replace("small", "large")),
        browser(MINE).get(path.replace("small", "source")),
        browser(MINE).get(path.replace("small", "document") + "/a.pdf"),
        browser(MINE).get(f"{path}/a.webp"),
        browser(MINE).get(
            sign_saved(asset_id, "document", "a.pdf", MINE).replace("a.pdf", "b.html")
        ),
        browser(MINE).get(sign_saved(asset_id, "document", "a.pdf", THEIRS)),
        browser(MINE).get(path.replace(str(asset_id), str(unknown))),
        browser(MINE).get(sign(unknown, "small", MINE)),
        browser(MINE).get(f"/media/{asset_id}/original/1-x"),
    ]
    for answer in answers:
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert answer.content == b""
        assert "no-store" in answer["Cache-Control"]
        assert answer.headers.keys() == answers[0].headers.keys()


def test_an_old_address_and_a_deleted_photo_are_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    asset_id = uuid4()
    store(asset_id, RENDERED)
    path = sign(asset_id, "small", MINE)
    with monkeypatch.context() as later:
        later.setattr(time, "time", partial(float, time.time() + 2 * PERIOD))
        assert browser(MINE).get(path).status_code == HTTPStatus.NOT_FOUND
    delete_files(asset_id)
    assert browser(MINE).get(path).status_code == HTTPStatus.NOT_FOUND


def test_the_front_is_told_where_the_file_lies(settings: Settings) -> None:
    settings.MEDIA_HANDED_OFF = True
    asset_id = uuid4()
    answer = browser(MINE).get(sign(asset_id, "large", MINE))
    assert answer.status_code == HTTPStatus.OK
    assert answer["X-Accel-Redirect"] == f"/{path_of(asset_id, 'large')}"
    assert answer["Content-Type"] == "image/webp"
    assert answer["Content-Security-Policy"] == SEALED
    assert answer["Content-Disposition"] == "inline"
    assert not answer.content
    refused = browser(THEIRS).get(sign(asset_id, "large", MINE))
    assert refused.status_code == HTTPStatus.NOT_FOUND
    assert "X-Accel-Redirect" not in refused.headers


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_picture_can_only_be_fetched(method: str) -> None:
    answer = getattr(browser(MINE), method)(sign(uuid4(), "small", MINE))
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
