"""How far an import is, for a page that asks while its transaction is still open.

Nobody sees what a transaction has not committed, so the count goes another way: over a connection
of its own, at most a few times a second. When the import fails, the count is of no use and stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from kring.base.jobs import at_work
from kring.importing.models import Import

PAUSE = 0.5  # seconds between two counts


@contextmanager
def telling(import_id: UUID, school_id: UUID) -> Iterator[Callable[[int, int], None]]:
    """Give a way to say that so many of so many are done."""
    last = 0.0
    with ThreadPoolExecutor(1) as other:

        def tell(done: int, total: int) -> None:
            nonlocal last
            if done >= total or time.monotonic() - last > PAUSE:
                other.submit(_write, import_id, school_id, done, total).result()
                last = time.monotonic()

        try:
            yield tell
        finally:
            other.submit(_close).result()


def _write(import_id: UUID, school_id: UUID, done: int, total: int) -> None:
    with at_work(school_id):
        Import.objects.filter(pk=import_id).update(done=done, total=total)


def _close() -> None:
    """That of the thread in which this runs."""
    connection.close()


def silent(_done: int, _total: int) -> None:
    """For who sees it happen."""
