"""The S3 server stops while people upload: posts and reading go on, and the uploads later.

Nothing is left by halves: what was entered has its files, and what was refused has no row.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django.plugin import DjangoDbBlocker

from kring.front import Front
from kring.media.bucket import SECONDS_TO_ANSWER, SECONDS_TO_CONNECT
from kring.media.files import path_of
from kring.media.tests.pictures import quarters, written
from kring.supervisor import Child
from tests.cast import Cast, let_in
from tests.database import _looked_at
from tests.faults.running import HOST, TOKEN, Running, _Local
from tests.seaweed import Seaweed

pytestmark = pytest.mark.slow

AT_ONCE = 2  # uploads, as the composer has them run
SECONDS_AWAY = 15
LONGEST_PAGE = 3  # seconds
LONGEST_UPLOAD = SECONDS_TO_CONNECT + SECONDS_TO_ANSWER + 5
JPEG = written(quarters())
SIZES = ("small", "medium", "large")


class OnABucket(Running):
    """A Kring whose files lie in a bucket."""

    def __init__(self, folder: Path, seaweed: Seaweed) -> None:
        super().__init__(folder)
        self.seaweed = seaweed

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {
            "KRING_S3": self.seaweed.address,
            "KRING_MEDIA_HANDED_OFF": "yes",
        }


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a browser hears."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float


class Browser:
    """Of the teacher."""

    def __init__(self, running: Running) -> None:
        cast, client = Cast(), Client()
        let_in(client, cast.teacher)
        self.running, self.session = running, client.cookies["session"].value
        self.school, self.sam = str(cast.id("wilgenhoek")), str(cast.id("sam"))

    def upload(self) -> Answer:
        """One photo, as the composer sends it."""
        photo = SimpleUploadedFile("foto.jpg", JPEG, "image/jpeg")
        return self.ask("/media/uploads/", {"school": self.school, "file": photo})

    def post(self) -> Answer:
        """A message without a photo."""
        audience = [f"student:{self.sam}"]
        return self.ask("/posts/new/", {"audience": audience, "text": "Dag", "key": uuid4()})

    def read(self) -> Answer:
        """The page with messages."""
        return self.ask("/")

    def ask(self, path: str, form: dict[str, Any] | None = None) -> Answer:
        headers = {"Cookie": f"session={self.session}; csrf={TOKEN}", "Host": HOST}
        body, method, begun = None, "GET", time.monotonic()
        if form is not None:
            body, method = (
                encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": TOKEN, **form}),
                "POST",
            )
            headers["Content-Type"] = MULTIPART_CONTENT
        with closing(_Local(self.running.socket)) as line:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            told = answer.read()
        seconds = time.monotonic() - begun
        return Answer(status=answer.status, headers=answer.headers, body=told, seconds=seconds)


@pytest.fixture(scope="module")
def seaweed_that_stops() -> Iterator[Seaweed]:
    folder = Path(tempfile.mkdtemp(prefix="ks-"))
    server = Seaweed(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def browser(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, seaweed_that_stops: Seaweed
) -> Iterator[Browser]:
    folder = Path(tempfile.mkdtemp(prefix="kf-"))  # short enough for a socket
    made = OnABucket(folder, seaweed_that_stops)
    try:
        with made.started(), django_db_blocker.unblock(), _looked_at(made.urls):
            made.wait_until(made.answers, 60)
            yield Browser(made)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("how", ["hangs", "is gone"])
def test_while_the_server_is_away_posts_go_on_and_uploads_come_later(
    browser: Browser, seaweed_that_stops: Seaweed, how: str
) -> None:
    server = seaweed_that_stops
    browser.running.rows("DELETE FROM media_asset RETURNING id")
    first = browser.upload()
    assert first.status == http.client.CREATED, first.body
    stop, uploads = threading.Event(), list[Answer]()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in range(AT_ONCE):
            threads.submit(keep_uploading, browser, stop, uploads)
        time.sleep(1)
        (server.pause if how == "hangs" else server.kill)()
        pages = look_around(browser)
        (server.go_on if how == "hangs" else server.start)()
        last = until_taken(browser)
        stop.set()
    assert last.status == http.client.CREATED
    check_pages(pages)
    check_uploads(uploads)
    taken = [one for one in [first, *uploads, last] if one.status == http.client.CREATED]
    check_rows(browser, server, {json.loads(one.body)["id"] for one in taken})


def test_what_was_uploaded_is_seen_through_the_front(
    browser: Browser, seaweed_that_stops: Seaweed, port: int
) -> None:
    """From the form to the bucket and back, with the real pages and the real Caddy."""
    running = browser.running
    folder = running.data.path / "front"
    front = Front(
        origin=settings.ORIGIN,
        port=port,
        web=running.socket,
        static=folder,
        media=folder,
        home=folder,
        bucket=seaweed_that_stops.store.endpoint_url,
    )
    address = json.loads(browser.upload().body)["url"]
    with started(front):
        answer, picture = seen(browser, front, address)
        part, some = seen(browser, front, address, Range="bytes=8-11")
        forged, _ = seen(browser, front, address.replace("small", "large"))
        stranger, _ = seen(browser, front, address, Cookie=f"session={'s' * 32}")
    assert (answer.status, picture[8:12]) == (http.client.OK, b"WEBP")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(len(picture))
    assert not [name for name in answer.headers if name.lower().startswith(("x-amz", "x-from"))]
    assert (part.status, some) == (http.client.PARTIAL_CONTENT, b"WEBP")
    assert {forged.status, stranger.status} == {http.client.NOT_FOUND}


@contextmanager
def started(front: Front) -> Iterator[None]:
    """Caddy, for as long as it is needed."""
    child = Child(name="front", command=front.command(), environment=front.environment())
    child.start()
    try:
        until = time.monotonic() + 10
        while not front.answers():
            assert time.monotonic() < until
            time.sleep(0.05)
        yield
    finally:
        child.stop()


def seen(
    browser: Browser, front: Front, address: str, **said: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """What the browser gets at this address of the front."""
    headers = {"Host": HOST, "Cookie": f"session={browser.session}", **said}
    with closing(http.client.HTTPConnection("127.0.0.1", front.port, timeout=20)) as line:
        line.request("GET", address, headers=headers)
        answer = line.getresponse()
        return answer, answer.read()


@pytest.fixture
def port() -> int:
    """A port of this machine that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


def keep_uploading(browser: Browser, stop: threading.Event, answers: list[Answer]) -> None:
    """One photo after the other."""
    while not stop.is_set():
        answers.append(browser.upload())
        time.sleep(0.2)


def look_around(browser: Browser) -> list[Answer]:
    """Read and write for as long as the server is away."""
    until, answers = time.monotonic() + SECONDS_AWAY, list[Answer]()
    while time.monotonic() < until:
        answers += [browser.read(), browser.post()]
        time.sleep(0.3)
    return answers


def until_taken(browser: Browser) -> Answer:
    """The same upload again, until it is taken; as the composer does."""
    until = time.monotonic() + 60
    while (answer := browser.upload()).status != http.client.CREATED:
        if time.monotonic() > until:
            break
        with suppress(ValueError):
            time.sleep(int(answer.headers["Retry-After"]))
    return answer


def check_pages(answers: list[Answer]) -> None:
    assert {one.status for one in answers} == {http.client.OK, http.client.SEE_OTHER}
    assert max(one.seconds for one in answers) < LONGEST_PAGE


def check_uploads(answers: list[Answer]) -> None:
    """Taken, or one sentence; and soon."""
    refused = [one for one in answers if one.status != http.client.CREATED]
    assert refused
    assert {one.status for one in refused} == {http.client.SERVICE_UNAVAILABLE}
    assert all(json.loads(one.body)["error"].startswith("Kring ") for one in refused)
    assert all(one.headers["Retry-After"] for one in refused)
    assert max(one.seconds for one in answers) < LONGEST_UPLOAD
    print(  # noqa: T201  (shown when it fails)
        f"{len(refused)} of {len(answers)} refused,"
        f" the slowest after {max(one.seconds for one in answers):.1f} s"
    )


def check_rows(browser: Browser, server: Seaweed, taken: set[str]) -> None:
    """A row for each that was taken and for no other, and all of its files."""
    ids = {asset_id for (asset_id,) in browser.running.rows("SELECT id FROM media_asset")}
    assert {str(one) for one in ids} == taken
    names = set(server.names())
    for asset_id in ids:
        assert {f"kring/{path_of(asset_id, size)}" for size in SIZES} <= names
