"""A post to a school of 20,000 guardians: when all of them have it in the app, in wall time.

Ours: the principal presses Send over HTTP, the seconds of undo pass, and the worker (a process of
its own, that looks for jobs as it always does) works out the recipients by the rules, writes the
notifications and deliveries, and commits. Counted from ``published_at`` to the moment at which
another connection sees the last notification; the slowest of the rounds.

The floor: the same notifications by one bare set-based INSERT, as the owner of the table, in one
transaction, with the same keys and indexes.

And the author's page: from the button to the answer, over HTTP, at p99; also while the worker is
busy with the fan-out of the messages before it.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import psycopg
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.db import connections
from django.test import Client

from bench import crowd, school
from bench.digest import sink
from bench.measure import Measure
from bench.pages import HOST, Browser, serving
from kring.accounts import sessions
from kring.accounts.models import User
from kring.schools.viewers import viewer_of
from kring.serving import kring
from kring.supervisor import end, spawn

GUARDIANS = 20_000
ROUNDS, POSTS = 3, 200
UNDO = 2  # seconds: the usual ten would only make the rounds longer
LONGEST = 120  # seconds to wait for the last notification
SEE_OTHER = 303
MS = 1000
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

BARE = """
INSERT INTO notifications_notification
    (id, school_id, created_at, person_id, event_id, verb, kind, is_urgent, about_id, subject_id)
SELECT id, school_id, now(), person_id, event_id, verb, kind, is_urgent, about_id, subject_id
FROM told
"""


def measure() -> Iterator[Measure]:
    """Seconds to the last notification, and milliseconds for the author."""
    guardians = crowd.people(GUARDIANS)
    with school.running() as postgres, psycopg.connect(postgres.url(), autocommit=True) as owner:
        [home] = crowd.gather(postgres, schools=1, homes=guardians // 2)
        principal = viewer_of(school.identity("crowd 1 principal"))
        cookies = signed_in(principal.person_id)
        connections.close_all()
        environment = school.environment(postgres.url("kring_web"))
        environment |= {"KRING_UNDO_SECONDS": str(UNDO)}
        with TemporaryDirectory() as folder, serving(Path(folder, "web"), environment) as web:
            author = Author(web.browser(), cookies, home)
            answers = sorted(author.press()[0] for _ in range(POSTS))
            forget(owner)
            with working(postgres.url("kring_worker")):
                rounds = [round_of(author, owner, guardians) for _ in range(ROUNDS)]
                beside = sorted(author.press()[0] for _ in range(POSTS))
                forget(owner)
    value, floor = max(one for one, _ in rounds), min(bare for _, bare in rounds)
    name = f"fan-out {guardians:,}"
    yield Measure(name=name, value=value, goal=2, unit="s")
    yield Measure(name=f"{name} rows", value=value, floor=floor, goal=6, unit="s")
    yield Measure(name="author p99", value=MS * p99(answers), goal=150, unit="ms")
    yield Measure(name="author p99 busy", value=MS * p99(beside), goal=150, unit="ms")


def p99(answers: Sequence[float]) -> float:
    """Of times in their order."""
    return answers[int(len(answers) * 0.99) - 1]


def signed_in(person_id: UUID) -> dict[str, str]:
    """The cookies of a browser in which somebody of the staff gave two proofs."""
    client = Client(headers={"host": HOST})
    person = User.objects.get(pk=person_id)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    request: Any = SimpleNamespace(session=session, user=person)
    record_authentication(request, person, method="code")
    sessions.mark_strong(request, "passkey")
    session.save()
    client.get("/")
    return {name: one.value for name, one in client.cookies.items()}


class Author:
    """The principal at the composer."""

    def __init__(self, browser: Browser, cookies: dict[str, str], school_id: UUID) -> None:
        self.browser, self.school_id = browser, school_id
        for name, value in cookies.items():
            browser.cookies[name] = value
        _response, page = browser.get("/posts/new/")
        found = TOKEN.search(page.decode())
        assert found, "there is no form"
        self.token = found[1]

    def press(self) -> tuple[float, UUID]:
        """Send a post to the whole school: the seconds to the answer, and the key of the form."""
        key = uuid4()
        told = {
            "csrfmiddlewaretoken": self.token,
            "audience": f"school:{self.school_id}",
            "text": "Woensdag is er studiedag: alle groepen zijn dan vrij.",
            "key": str(key),
            "allows_comments": "on",
        }
        before = time.perf_counter()
        answer = self._post("/posts/new/", told)
        seconds = time.perf_counter() - before
        assert answer.status == SEE_OTHER, answer.status
        return seconds, key

    def _post(self, path: str, told: dict[str, str]) -> HTTPResponse:
        cookies = "; ".join(f"{name}={one.value}" for name, one in self.browser.cookies.items())
        headers = {
            "Cookie": cookies,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": settings.ORIGIN,
            "Host": HOST,
        }
        self.browser.request("POST", path, body=urlencode(told), headers=headers)
        response = self.browser.getresponse()
        response.read()
        return response


def round_of(author: Author, owner: psycopg.Connection, guardians: int) -> tuple[float, float]:
    """One post: seconds until everybody has it, and of the bare INSERT of the same rows."""
    _seconds, key = author.press()
    [(post, published_at)] = owner.execute(
        "SELECT id, published_at FROM feed_post WHERE key = %s", [key]
    ).fetchall()
    count = (
        "SELECT count(*), clock_timestamp() FROM notifications_notification WHERE subject_id = %s"
    )
    deadline = time.monotonic() + LONGEST
    found = 0
    while found < guardians:
        [(found, now)] = owner.execute(count, [post]).fetchall()
        assert time.monotonic() < deadline, f"only {found} were told"
        time.sleep(0.01)
    took = (now - published_at).total_seconds()
    owner.execute("CREATE TEMPORARY TABLE told AS SELECT * FROM notifications_notification")
    forget(owner)
    before = time.perf_counter()
    with owner.transaction():
        owner.execute(BARE)
    floor = time.perf_counter() - before
    owner.execute("DROP TABLE told")
    forget(owner)
    return took, floor


def forget(owner: psycopg.Connection) -> None:
    """Nothing waits any more for who was told: the next round begins as the first did."""
    owner.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
    owner.execute("TRUNCATE notifications_notification CASCADE")
    owner.execute("VACUUM ANALYZE notifications_notification")


@contextmanager
def working(login: str) -> Iterator[None]:
    """A worker, as ``kring up`` starts it, that sends to a server that takes everything."""
    with sink() as port:
        told = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port)}
        process = spawn(kring("worker"), school.environment(login) | told)
        try:
            time.sleep(5)  # it is at work by then
            yield
        finally:
            end(process)
