"""Two things at the same moment, and not by luck: both are kept where they write, then let go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from django.db import connection
from django.test import Client

from tests.cast import Cast, let_in
from tests.database import Urls

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
SECONDS = 10


def browser(key: str) -> Client:
    """The browser of a person of the cast, signed in; an error is an answer, as on a server."""
    client = Client(raise_request_exception=False)
    let_in(client, getattr(Cast(), key))
    return client


class Gate:
    """Keeps back whoever wants what ``statement`` locks."""

    def __init__(self, urls: Urls, threads: ThreadPoolExecutor) -> None:
        self.urls, self.threads, self.waiting = urls, threads, 0

    def keep[Result](self, call: Callable[[], Result]) -> Future[Result]:
        """Begin this in a thread of its own, and come back once it is kept."""
        begun = self.threads.submit(_with_a_connection_of_its_own, call)
        self.waiting += 1
        deadline = time.monotonic() + SECONDS
        while self._count() < self.waiting:
            assert not begun.done(), f"it was not kept, and came to {begun.result()}"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return begun

    def end_who_waits(self) -> None:
        """End the sessions of those who are kept."""
        with psycopg.connect(self.urls.owner) as owner:
            owner.execute(WAITING.replace("count(*)", "pg_terminate_backend(pid)").encode())

    def _count(self) -> int:
        with psycopg.connect(self.urls.owner) as owner:
            row = owner.execute(WAITING.encode()).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def gate(urls: Urls, statement: str, *values: object) -> Iterator[Gate]:
    """Lock something for as long as the block lasts."""
    with (
        ThreadPoolExecutor() as threads,
        psycopg.connect(urls.owner) as holder,
    ):
        holder.execute(statement.encode(), values or None)
        yield Gate(urls, threads)


def table(model: str) -> str:
    """Nobody writes to this table."""
    return f'LOCK TABLE "{model}" IN SHARE MODE'


ROW = "SELECT FROM feed_post WHERE id = %s FOR UPDATE"


def _with_a_connection_of_its_own[Result](call: Callable[[], Result]) -> Result:
    try:
        return call()
    finally:
        connection.close()
