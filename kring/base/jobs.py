"""Jobs: enqueued in the transaction of the change, run as a viewer who works for one school.

Only ids travel. A job may run twice, so it must not mind. ``outside=True`` is for jobs that talk to
the world (mail, push): they open ``at_work(school_id)`` themselves for each step, so that no
transaction stays open while they wait, and what was done is committed item by item. Two of the same
never run at a time, for what one of them says to the world the other cannot know.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app, connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

from kring.base.visibility import Viewer, seen_by

FILMS = "film"  # the queue that nothing else waits behind
MOST_TRIES = 60  # some five hours
LONGEST_WAIT = 300  # seconds between two of them, so that what was away is soon found again
STALLED_AFTER = 3  # heartbeats missed


# In one statement, so that no job is given back that somebody took a moment ago. Not a try that
# failed: a job does not run out of tries because workers die.
GIVE_BACK = """
UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = NULL
WHERE status = 'doing' AND NOT EXISTS (
    SELECT FROM procrastinate_workers worker WHERE worker.id = procrastinate_jobs.worker_id
    AND worker.last_heartbeat > now() - make_interval(secs => %(silence)s)
)
"""


log = structlog.get_logger("kring.jobs")


class Patience(BaseRetryStrategy):
    """Try again after 3, 6, 12, … seconds, and later every five minutes for a few hours."""

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:  # noqa: ARG002
        """When the job that failed is tried again; None: it is given up."""
        if job.attempts >= MOST_TRIES:
            return None
        return RetryDecision(retry_in={"seconds": min(3 * 2**job.attempts, LONGEST_WAIT)})


class StillRunningError(Exception):
    """The job was given back while its worker lived, too slow to say so: this run makes way."""


def at_work(school_id: UUID | str) -> AbstractContextManager[None]:
    """A block in which a job works for one school."""
    return seen_by(_worker_of(str(school_id)))


@functools.lru_cache(maxsize=1_000)  # with what it puts before each block
def _worker_of(school_id: str) -> Viewer:
    return Viewer.service(UUID(school_id))


class Job:
    """A function that the worker runs later."""

    def __init__(self, function: Callable[..., None], queue: str, *, outside: bool) -> None:
        self.function, self.queue, self.outside = function, queue, outside
        self.name = f"{function.__module__}.{function.__name__}"
        functools.update_wrapper(self, function)
        app.task(name=self.name, queue=queue, retry=Patience())(self.__call__)

    def __call__(self, *, school_id: str, **ids: Any) -> None:
        """Run it now, as the worker does."""
        try:
            self._run(school_id, ids)
        except Exception as error:
            log.warning("job.failed", job=self.name, school=school_id, error=_kind(error), **ids)
            raise

    def _run(self, school_id: str, ids: dict[str, Any]) -> None:
        if self.outside:
            with _alone(f"{self.name} {school_id} {sorted(ids.items())}"):
                self.function(school_id=school_id, **ids)
        else:
            with at_work(school_id):
                self.function(**ids)

    def enqueue(
        self,
        school_id: UUID,
        *,
        at: datetime | None = None,
        lock: str | None = None,
        priority: int = 0,
        queue: str = "",
        **ids: Any,
    ) -> None:
        """Put it in its queue, or another, with this transaction: both happen or neither.

        Higher goes first.
        """
        arguments = json.dumps({"school_id": str(school_id)} | ids, default=str)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kring_enqueue(%s, %s, %s, %s, %s::jsonb, %s)",
                [queue or self.queue, self.name, priority, lock, arguments, at],
            )


def _kind(error: BaseException) -> str:
    """What went wrong, without its message: that may quote a row."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def job(*, queue: str, outside: bool = False) -> Callable[[Callable[..., None]], Job]:
    """Declare a job. It is named after its function; renaming it leaves waiting jobs behind."""
    return lambda function: Job(function, queue, outside=outside)


# The queue remembers only the newest period of a task: to a server whose clock is behind, an older
# one looks new. So it is written down who does a period; the same job may go on after its worker
# died.
TAKE_PERIOD = """
INSERT INTO kring_period (task, moment, job_id) VALUES (%s, %s, %s)
ON CONFLICT (task, moment) DO UPDATE SET job_id = excluded.job_id
WHERE kring_period.job_id = excluded.job_id
"""


class Periodic:
    """A function of the house that the worker runs once per period."""

    def __init__(self, function: Callable[[int], None], cron: str, queue: str) -> None:
        self.function, self.name = function, f"{function.__module__}.{function.__name__}"
        functools.update_wrapper(self, function)
        task = app.task(name=self.name, queue=queue, pass_context=True)(self.take_turn)
        app.periodic(cron=cron)(task)

    def __call__(self, timestamp: int) -> None:
        """Run it now."""
        self.function(timestamp)

    def take_turn(self, context: JobContext, timestamp: int) -> None:
        """Run it as the worker does: unless another job did, or does, this period."""
        with connection.cursor() as cursor:
            cursor.execute(TAKE_PERIOD, [self.name, timestamp, context.job.id])
            if not cursor.rowcount:
                return
        self.function(timestamp)


def periodic(*, cron: str, queue: str = "house") -> Callable[[Callable[[int], None]], Periodic]:
    """Declare a job of the house, done once per period by a unique key in the database.

    It runs outside any block and receives the moment of the period, in seconds since 1970.
    """
    return lambda function: Periodic(function, cron, queue)


@app.periodic(cron="* * * * * */15")
@app.task(name="kring.base.jobs.give_back", queue="house", priority=100)
async def give_back(timestamp: int) -> None:  # noqa: ARG001  (the moment of the period)
    """Jobs of workers that died go back into the queue: procrastinate does not by itself.

    It takes no turn: done twice, it did the same.
    """
    silence = settings.WORKER_HEARTBEAT_SECONDS * STALLED_AFTER
    await app.connector.execute_query_async(GIVE_BACK, silence=silence)


lanes: dict[str, int] = {"urgent": 2}
"""Queues with a worker of their own, and how many jobs each does at a time. A channel adds its own:
one that is down delays nothing else, and nothing stands before what is urgent."""


def lane(queue: str, jobs: int = 2) -> None:
    """Have a worker of its own for this queue, before workers begin."""
    lanes[queue] = jobs


def run_worker(*, films: bool = False) -> None:
    """Take jobs until told to stop (SIGTERM): those under way are finished first.

    Those of ``films`` take minutes: a process of their own does them, one by one.
    """
    close_old_connections()
    keep_what_is_loaded()
    connector = _Connector(kwargs=connector_params(), max_size=4 + 2 * len(lanes))
    with app.replace_connector(connector):
        asyncio.run(_work([((FILMS,), 1)] if films else [*_apart(), (_others(), 2)]))


type _Lane = tuple[tuple[str, ...], int]  # queues, and how many jobs at a time


def _apart() -> list[_Lane]:
    return [((queue,), jobs) for queue, jobs in lanes.items()]


def keep_what_is_loaded() -> None:
    """The code stays for as long as the process: the collector need not look at it again."""
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    gc.collect()
    gc.freeze()


async def _work(wanted: Sequence[_Lane]) -> None:
    """One worker for each lane, all in this process, until it is told to stop."""
    loop = asyncio.get_running_loop()
    # A thread for each job of each lane: with those that a loop has by itself, lanes would wait for
    # each other.
    loop.set_default_executor(ThreadPoolExecutor(sum(jobs for _, jobs in wanted)))
    async with app.open_async():
        working = [asyncio.create_task(_lane(*lane)) for lane in wanted]
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, lambda: [task.cancel() for task in working])
        await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        for task in working:  # without one of them its jobs wait: all stop, and begin anew
            task.cancel()
        ended = await asyncio.gather(*working, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):  # not the cancelling, which was asked for
            raise error


async def _lane(queues: tuple[str, ...], concurrency: int) -> None:
    of_lane = _of_lanes() if queues[0] in lanes else app
    await of_lane.run_worker_async(
        queues=list(queues),
        concurrency=concurrency,
        fetch_job_polling_interval=1,
        update_heartbeat_interval=settings.WORKER_HEARTBEAT_SECONDS,
        stalled_worker_timeout=settings.WORKER_HEARTBEAT_SECONDS * STALLED_AFTER,
        shutdown_graceful_timeout=20,
        delete_jobs="successful",
        install_signal_handlers=False,
    )


def _of_lanes() -> App:
    """The same without a timetable: in this process one worker puts periodic jobs in the queue."""
    lane = App(connector=app.connector)
    lane.tasks = app.tasks
    return lane


def _others() -> tuple[str, ...]:
    """All queues that jobs are declared for, but those with a lane or a process of their own."""
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    declared = {task.queue for task in app.tasks.values()}
    return tuple(sorted(declared - {FILMS, *lanes}))


class _Connector(PsycopgConnector):
    """The worker's way to its queue. Where an answer is lost, the worker stops, to be started anew.

    Else it would live on with a job of which it cannot say that it ended, and nobody else would
    take that job from a worker that lives.
    """

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        try:
            await super().execute_query_async(query, **arguments)
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.OperationalError):
                os.kill(os.getpid(), signal.SIGTERM)
            raise


@contextmanager
def _alone(job: str) -> Iterator[None]:
    """Keep another run of the same job out, for as long as this one and its connection live."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [job])
        if cursor.fetchone() != (True,):
            raise StillRunningError(job)
    try:
        yield
    finally:
        # Of the session, so nothing is open meanwhile. Where the session is gone, the lock is, too.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [job])
