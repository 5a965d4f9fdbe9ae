"""The weekly newsletter to 40,000 people, in mails a second.

Ours: from the rows that the telling left, to what became of each: claimed, the choices asked again,
the person's own rights worked out, every section read through both locks, written in the person's
language as text and HTML, sent, and noted. As the worker does it: two jobs at a time, each with a
connection of its own to the mail server.

The floor: messages of the same size, built and sent by Django over two such connections.

BENCH_PEOPLE=4000 for fewer people; the name of the figure says how many there were.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email import message_from_bytes, policy
from functools import partial
from uuid import UUID, uuid4

import psycopg
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from django.test import override_settings

from bench import crowd, school
from bench.measure import Measure
from kring.base import clock
from kring.base.jobs import at_work
from kring.events.jobs import dispatch
from kring.notifications import letters
from kring.notifications.channels.email import Email, compose
from kring.notifications.digest import WEEKLY, Period, begin
from kring.notifications.jobs import deliver

PEOPLE = 40_000
OF_A_SCHOOL = 400
AT_A_TIME = 2  # as the lane for mail has it (kring.base.jobs.lanes)
BARE = 4_000  # messages of one round of the floor; there is one before and one after ours


def measure() -> Measure:
    """Mails a second, beside the better of two rounds of the floor."""
    people = crowd.people(PEOPLE)
    with school.running() as postgres, sink() as port, override_settings(MAILERS=mailer(port)):
        schools = crowd.gather(postgres, schools=people // OF_A_SCHOOL, homes=OF_A_SCHOOL // 2)
        period = Period(verb=WEEKLY, name="bench", moment=clock.now())
        chunks = [chunk for one in schools for chunk in told(period, one, postgres.url())]
        text, html = example(postgres.url())
        floors = [bare(text, html)]
        value = ours(chunks, postgres.url())
        floors.append(bare(text, html))
    name = f"digest {people:,}"
    return Measure(name=name, value=value, floor=max(floors), goal=0.45, better="higher", unit="/s")


def told(period: Period, school_id: UUID, owner: str) -> list[tuple[str, str]]:
    """Tell a school of it, and say which chunks of mails that made."""
    with at_work(school_id):
        begin(period, school_id)
    dispatch(school_id=str(school_id), event_id=str(period.event_id(school_id)))
    with psycopg.connect(owner, autocommit=True) as cursor:
        found = cursor.execute(
            "SELECT DISTINCT chunk FROM notifications_delivery WHERE school_id = %s", [school_id]
        ).fetchall()
    return [(str(school_id), str(chunk)) for (chunk,) in found]


def ours(chunks: Sequence[tuple[str, str]], owner: str) -> float:
    """Send all of them, and see to it that nobody was left out but who has nothing to read."""
    before = time.perf_counter()
    at_once(lambda job: deliver(school_id=job[0], chunk=job[1]), chunks)
    seconds = time.perf_counter() - before
    with psycopg.connect(owner, autocommit=True) as cursor:
        [(sent, others)] = cursor.execute(
            "SELECT count(*) FILTER (WHERE state = 'sent'),"
            " count(*) FILTER (WHERE state NOT IN ('sent', 'skipped'))"
            " FROM notifications_delivery"
        ).fetchall()
    assert sent, "nobody got a mail"
    assert not others, f"{others} mails did not go"
    return int(sent) / seconds


def example(owner: str) -> tuple[str, str]:
    """Text and HTML of one of these mails."""
    with psycopg.connect(owner, autocommit=True) as cursor:
        [(notification, person)] = cursor.execute(
            "SELECT notification_id, person_id FROM notifications_delivery LIMIT 1"
        ).fetchall()
    written = letters.write(notification, person)
    assert written, "this person has nothing to read"
    made = compose(written[1], written[0], uuid4())
    message = message_from_bytes(made.message().as_bytes(), policy=policy.default)
    parts = (message.get_body((kind,)) for kind in ("plain", "html"))
    text, html = (str(part.get_content()) for part in parts if part)
    return text, html


def bare(text: str, html: str) -> float:
    """Build and send messages of this size, a second."""

    def send(count: int) -> None:
        email = Email()
        for number in range(count):
            email.send(partial(message, text, html, number))
        email.close()

    before = time.perf_counter()
    at_once(send, [BARE // AT_A_TIME] * AT_A_TIME)
    return BARE / (time.perf_counter() - before)


def message(text: str, html: str, number: int) -> EmailMultiAlternatives:
    """As bare as it can be, with the headers that ours have."""
    made = EmailMultiAlternatives(
        "Deze week op school",
        text,
        from_email="De Wilgenhoek via Kring <kring@localhost>",
        to=[f"ouder{number}@menigte.example"],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<{uuid4()}@localhost>",
            "List-Id": "<kring.localhost>",
            "List-Unsubscribe": f"<http://localhost:8000/notifications/stop/{'x' * 90}/>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    made.attach_alternative(html, "text/html")
    return made


def at_once[Job](work: Callable[[Job], None], jobs: Sequence[Job]) -> None:
    """Two at a time, each in a thread with a connection of its own to the database."""

    def run(job: Job) -> None:
        try:
            work(job)
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections.close_all()

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(run, jobs))


@contextmanager
def sink() -> Iterator[int]:
    """A process that takes mail at this port."""
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def mailer(port: int) -> dict[str, object]:
    """The setting that sends there."""
    options = {"host": "127.0.0.1", "port": port, "timeout": 30}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    return {"default": {"BACKEND": backend, "OPTIONS": options}}
