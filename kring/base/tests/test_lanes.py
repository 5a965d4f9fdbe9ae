"""Lanes of the worker stand apart: what waits in one takes nothing from another."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

from kring.base.tests.blocking import PUSHES, SECONDS, TASK
from kring.serving import clean_environment
from tests.database import Urls

WORK = "import django; django.setup(); from kring.base.tests.blocking import work; work()"
PUT = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES (%s, %s)"
AT_WORK = b"SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'push' AND status = 'doing'"
LEFT = b"SELECT count(*) FROM procrastinate_jobs WHERE queue_name IN ('push', 'urgent')"


@contextmanager
def working(urls: Urls, data: Path) -> Iterator[None]:
    """A worker of this database lives."""
    told = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": urls.worker,
        "SECRET_KEY": settings.SECRET_KEY,
        "KRING_ORIGIN": settings.ORIGIN,
        "KRING_DATA": str(data),
        "KRING_LOG_LEVEL": "CRITICAL",
    }
    process = subprocess.Popen([sys.executable, "-c", WORK], env=clean_environment() | told)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def wait_until(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 2 * SECONDS
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_however_many_pushes_wait_what_is_urgent_begins(own_database: Urls, tmp_path: Path) -> None:
    with psycopg.connect(own_database.owner, autocommit=True) as owner:

        def put(queue: str) -> None:
            owner.execute(PUT, [queue, TASK])

        def counted(query: bytes, many: int) -> bool:
            return owner.execute(query).fetchone() == (many,)

        for _ in range(PUSHES):
            put("push")
        with working(own_database, tmp_path):
            wait_until(lambda: counted(AT_WORK, PUSHES))
            put("urgent")
            wait_until(lambda: counted(LEFT, 0))  # those that ended well are taken out
