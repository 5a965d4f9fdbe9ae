"""A worker whose jobs wait for each other, in a process of its own; for ``test_lanes``."""

from threading import Barrier

from procrastinate.contrib.django import app

from kring.base.jobs import lane, run_worker

TASK = "kring.base.tests.wait_for_all"
PUSHES = 40  # more than a loop has threads by itself, however many cores there are: 32
SECONDS = 30  # until all are at work, also where much else runs

together = Barrier(PUSHES + 1)


def wait_for_all() -> None:
    """End when all pushes and one that is urgent are at work at the same moment."""
    together.wait(SECONDS)


def work() -> None:
    """Take jobs until told to stop, so many pushes at a time."""
    app.task(name=TASK)(wait_for_all)
    lane("push", PUSHES)
    run_worker()
