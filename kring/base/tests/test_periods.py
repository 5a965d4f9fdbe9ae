"""What comes back by the clock is done once per period, whatever clocks say."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import MethodType
from typing import Any

import pytest
from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job as Queued
from procrastinate.periodic import PeriodicDeferrer

from kring.base.jobs import Periodic, give_back
from tests.unlocked import unlocked

HOUR = 3600
NIGHT = int(datetime(2026, 11, 21, 2, 40, tzinfo=UTC).timestamp())
DEFER = "SELECT procrastinate_defer_periodic_job_v2(%s, NULL, NULL, %s, 0, '', %s, %s::jsonb)"
TAKEN = "DELETE FROM procrastinate_jobs RETURNING id, task_name, args"
BARE: Any = {"queue": "house", "lock": None, "queueing_lock": None}
NIGHTLY = "sweep_every_school|settle_every_school|forget_what_ended"

type Done = Counter[tuple[str, int]]

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """How often each job of the house was done, per period; nothing else comes of it here."""
    counted: Done = Counter()

    def counts(one: Periodic) -> None:
        monkeypatch.setattr(one, "function", lambda at: counted.update([(one.name, at)]))

    for one in declared():
        counts(one)
    return counted


@pytest.fixture
def amsterdam(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own clock goes forward and back in the night of summer time."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Amsterdam")
        time.tzset()
        yield
    time.tzset()


def declared() -> list[Periodic]:
    """All jobs of the house, but the one that may be done as often as it likes: no method."""
    tasks = [one.task.func for one in app.periodic_registry.periodic_tasks.values()]
    return [one.__self__ for one in tasks if isinstance(one, MethodType)]  # type: ignore[misc]


def put(scheduler: PeriodicDeferrer, at: int, *, only: str = "") -> None:
    """What a server puts into the queue when its clock says this."""
    ticks = [one for one in scheduler.get_previous_tasks(at) if re.search(only, one[0].task.name)]
    with unlocked(), connection.cursor() as cursor:
        for tick, moment in ticks:
            told: list[Any] = [
                tick.task.queue,
                tick.task.name,
                moment,
                json.dumps({"timestamp": moment}),
            ]
            cursor.execute(DEFER, told)


def work() -> list[Queued]:
    """Do what is in the queue, as the worker does; which jobs those were."""
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(TAKEN)
        jobs = [
            Queued(id=pk, task_name=name, task_kwargs=json.loads(told), **BARE)
            for pk, name, told in sorted(cursor.fetchall())
        ]
    for one in jobs:
        do(one)
    return jobs


def do(job: Queued) -> None:
    """Do a job, once more where it was done."""
    task = app.tasks[job.task_name]
    if task is not give_back:
        context = JobContext(app=app, job=job, start_timestamp=0, abort_reason=lambda: None)
        with unlocked():
            task.func(context, **job.task_kwargs)


def test_two_servers_whose_clocks_differ_by_hours_do_each_period_once(done: Done) -> None:
    right, ahead, behind = (PeriodicDeferrer(app.periodic_registry) for _ in range(3))
    for at in range(NIGHT, NIGHT + HOUR // 4, 300):
        put(right, at)
        put(ahead, at + 2 * HOUR)
        put(behind, at - 2 * HOUR)
    jobs = work()
    assert set(done.values()) == {1}
    assert {name for name, _ in done} > {"kring.ops.jobs.sweep_every_school"}
    assert len(jobs) > len(done)  # the queue took some periods twice, and that is what this is for


def test_a_clock_that_jumps_there_and_back_does_no_period_again(done: Done) -> None:
    for jump in (0, 2 * HOUR, 0, -2 * HOUR, 0):
        put(PeriodicDeferrer(app.periodic_registry), NIGHT + jump)  # a server that starts anew
        work()
    assert set(done.values()) == {1}


def test_a_job_whose_worker_died_goes_on(done: Done) -> None:
    put(PeriodicDeferrer(app.periodic_registry), NIGHT)
    for one in work():
        do(one)
    assert set(done.values()) == {2}


@pytest.mark.usefixtures("amsterdam")
@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_in_the_night_of_summer_time_each_nightly_job_is_done_once(
    done: Done, day: datetime
) -> None:
    server, begun = PeriodicDeferrer(app.periodic_registry), day - timedelta(hours=3)
    for minutes in range(0, 9 * 60, 5):
        put(server, int((begun + timedelta(minutes=minutes)).timestamp()), only=NIGHTLY)
    work()
    assert len(done) == len(NIGHTLY.split("|"))
    assert set(done.values()) == {1}
