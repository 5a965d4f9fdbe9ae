"""A Kring that may die, for the tests of this folder."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from kring.notifications.tests.conftest import server
from tests.database import _looked_at
from tests.faults.running import OF_A_SERVER, Running

__all__ = ["server"]


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Running]:
    """Pages and worker as processes, on a database of their own that Django looks at, too.

    A module may name settings of its own as SETTINGS.
    """
    folder = Path(tempfile.mkdtemp(prefix="kf-"))  # short enough for a socket
    made = Running(folder, getattr(request.module, "SETTINGS", OF_A_SERVER))
    try:
        with made.started(), django_db_blocker.unblock(), _looked_at(made.urls):
            yield made
    finally:
        shutil.rmtree(folder)
