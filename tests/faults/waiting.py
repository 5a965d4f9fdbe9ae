"""How long anything waits for a worker, watched while workers die."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from tests.faults.running import HEARTBEAT_SECONDS, Running

# What no worker that lives has in hand, and none can take: jobs of one that died, and what is due
# without a job.
LOST = """
SELECT 'job ' || job.id FROM procrastinate_jobs job
WHERE job.args ? 'school_id' AND job.status = 'doing' AND NOT EXISTS (
    SELECT FROM procrastinate_workers worker WHERE worker.id = job.worker_id
    AND worker.last_heartbeat > now() - make_interval(secs => %s)
)
UNION
SELECT 'chunk ' || due.chunk FROM notifications_delivery due
WHERE due.state IN ('queued', 'sending') AND due.due_at < now() AND NOT EXISTS (
    SELECT FROM procrastinate_jobs job WHERE job.lock = 'deliver ' || due.chunk
    AND job.status IN ('todo', 'doing') AND coalesce(job.scheduled_at, now()) <= now()
)
"""
EVERY = 0.5  # seconds
MISSED = 3  # heartbeats


class Watch:
    """Looks twice a second, and keeps the longest."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.longest = 0.0  # seconds
        self._since: dict[str, float] = {}

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Look until the end of the block."""
        stop = Event()
        thread = Thread(target=self._look_until, args=[stop])
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def _look_until(self, stop: Event) -> None:
        while not stop.wait(EVERY):
            lost = {one for (one,) in self.running.rows(LOST, MISSED * HEARTBEAT_SECONDS)}
            now = time.monotonic()
            self._since = {one: self._since.get(one, now) for one in lost}
            self.longest = max([self.longest, *(now - at for at in self._since.values())])
