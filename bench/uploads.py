"""Thirty photos of 12 megapixels sent by a teacher, and what a family notices of it.

The pages run as ``kring up`` starts them, a web process for each core. Two photos are on their way
at a time, as the composer sends them. All the while a mother asks for her feed, ten times a second.

- ``uploads.first``: seconds until the first photo can be seen: its upload, and its small picture.
- ``uploads.feed``: the 99th percentile of the feed while the photos come in, beside the same
  while the pages are otherwise at rest.
"""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from http import HTTPStatus
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from bench import pages, school
from bench.feed import MOTHER, signed_in
from bench.measure import Measure
from bench.pages import HOST, Browser, Pages
from bench.photos import photo
from kring.accounts import sessions
from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.schools.viewers import viewer_of

TEACHER = "teacher 1"
PHOTOS, AT_ONCE = 30, 2
AT_REST = 12.0  # seconds
BETWEEN = 0.1  # seconds between two askings
MS = 1000
TOKEN = "c" * 32


def measure() -> list[Measure]:
    """Both figures, of one run."""
    with TemporaryDirectory() as folder, school.running() as postgres:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            made = list(process.map(partial(photo, Path(folder)), range(3)))
        files = [path.read_bytes() for path in made]
        teacher, mother = (viewer_of(school.identity(one)) for one in (TEACHER, MOTHER))
        keys = {who: session_of(who) for who in (teacher, mother)}
        connections.close_all()
        environment = school.environment(postgres.url("kring_web"))
        told = environment | {"KRING_MEDIA_HANDED_OFF": "yes"}
        path = postgres.place.sockets / "web.sock"
        with pages.serving(path, told, workers=2) as web:
            at_rest = p99(asked(web, keys[mother], AT_REST))
            first, busy = while_sending(web, keys, teacher, mother, files)
    return [
        Measure(name="uploads.first", value=first, goal=3, unit="s"),
        Measure(name="uploads.feed", value=busy, floor=at_rest, goal=1.5, unit="ms"),
    ]


def session_of(person: Viewer) -> str:
    """Somebody who was here before, and gave a second proof, which who works there needs."""
    client = signed_in(person)
    session = client.session
    request: Any = SimpleNamespace(session=session, user=User.objects.get(pk=person.user_id))
    sessions.mark_strong(request, "passkey")
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def while_sending(
    web: Pages, keys: dict[Viewer, str], teacher: Viewer, mother: Viewer, files: list[bytes]
) -> tuple[float, float]:
    """Seconds until the first photo can be seen, and the 99th percentile of the feed meanwhile."""
    (school_id,) = teacher.staff_of
    over = threading.Event()
    with ThreadPoolExecutor(AT_ONCE + 1) as threads:
        asking = threads.submit(lambda: asked(web, keys[mother], until=over))
        begun = time.perf_counter()
        send_one = partial(send, web, keys[teacher], str(school_id))
        sending = [threads.submit(send_one, files[turn % len(files)]) for turn in range(PHOTOS)]
        try:
            there = [one.result() for one in sending]
        finally:
            over.set()
        return min(there) - begun, p99(asking.result())


def send(web: Pages, session_key: str, school_id: str, data: bytes) -> float:
    """Send one photo and fetch its small picture; the moment at which it was there."""
    form = {"csrfmiddlewaretoken": TOKEN, "school": school_id}
    form["file"] = SimpleUploadedFile("IMG.jpg", data)  # type: ignore[assignment]
    body = encode_multipart(BOUNDARY, form)
    cookies = f"{settings.SESSION_COOKIE_NAME}={session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    with closing(web.browser()) as browser:
        headers = {"Cookie": cookies, "Content-Type": MULTIPART_CONTENT, "Host": HOST}
        browser.request("POST", "/media/uploads/", BytesIO(body), headers | length(body))
        answer = browser.getresponse()
        told = json.loads(answer.read())
        assert answer.status == HTTPStatus.CREATED, told
        browser.request("GET", told["url"], headers={"Cookie": cookies})
        answer = browser.getresponse()
        answer.read()
        assert answer.status == HTTPStatus.OK
        return time.perf_counter()


def length(body: bytes) -> dict[str, str]:
    """The header that says how much comes."""
    return {"Content-Length": str(len(body))}


def asked(
    web: Pages, session_key: str, seconds: float = 0, *, until: threading.Event | None = None
) -> list[float]:
    """Milliseconds of one feed after another."""
    end, taken = time.perf_counter() + seconds, []
    with looking(web, session_key) as browser:
        while not until.is_set() if until else time.perf_counter() < end:
            before = time.perf_counter()
            response, _body = browser.get("/")
            assert response.status == HTTPStatus.OK
            taken.append(MS * (time.perf_counter() - before))
            time.sleep(BETWEEN)
    return taken


@contextmanager
def looking(web: Pages, session_key: str) -> Iterator[Browser]:
    """A browser of somebody, warm."""
    with closing(web.browser()) as browser:
        browser.cookies[settings.SESSION_COOKIE_NAME] = session_key
        for _ in itertools.repeat(None, 10):
            browser.get("/")
        yield browser


def p99(taken: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(taken, n=100, method="inclusive")[98]
