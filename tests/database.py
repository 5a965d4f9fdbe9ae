"""The databases of the tests: one server a run, one copy of the template for each xdist worker.

Loaded as a pytest plugin (see ``conftest.py`` at the root). Tests look at the database as
``kring_web`` does; ``tests.unlocked`` steps out of that.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from tests.postgres import PLACE, TEMPLATE

FOLDER = "KRING_TEST_FOLDER"  # in the environment, so that the xdist workers inherit it
SECONDS_TO_FILL = 180
RUN = pytest.StashKey["Run"]()


@dataclass(frozen=True, kw_only=True)
class Urls:
    """The addresses of one database for each of its logins."""

    owner: str
    web: str
    worker: str


class Run:
    """The server of this run, started beside the collection of the tests."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kring-tests-"))
        os.environ[FOLDER] = str(self.folder)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.postgres", str(self.folder)],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=sys.stderr,
            start_new_session=True,  # a Ctrl-C stops the run, and the run stops this
        )

    def stop(self) -> None:
        """Stop the server and throw everything away."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that leads the run."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.stash[RUN] = Run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it, also after Ctrl-C."""
    if run := config.stash.get(RUN, None):
        run.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse what would empty the tables for all other tests."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        fixtures = getattr(item, "fixturenames", ())
        if (marker and marker.kwargs.get("transaction")) or "transactional_db" in fixtures:
            raise pytest.UsageError(f"{item.nodeid}: use the fixture own_database to commit.")


def urls(database: str) -> Urls:
    """The addresses of a database, once the server is there."""
    folder = Path(os.environ[FOLDER])
    deadline = time.monotonic() + SECONDS_TO_FILL
    while not (folder / "ready.json").exists():
        if (folder / "failed.txt").exists():
            said = (folder / "failed.txt").read_text(encoding="utf-8")
            pytest.exit(f"The database of the tests could not be made:\n{said}", returncode=3)
        if time.monotonic() > deadline or not folder.exists():
            pytest.exit("The database of the tests did not start.", returncode=3)
        time.sleep(0.05)
    told = json.loads((folder / "ready.json").read_text(encoding="utf-8"))
    owner, web, worker = (
        told[role].replace(f"/{PLACE}?", f"/{database}?")
        for role in ("kring", "kring_web", "kring_worker")
    )
    return Urls(owner=owner, web=web, worker=worker)


@contextmanager
def copied(name: str) -> Iterator[Urls]:
    """A fresh copy of the template, for as long as it is needed."""
    with psycopg.connect(urls("postgres").owner, autocommit=True) as server:
        names = {"name": sql.Identifier(name), "template": sql.Identifier(TEMPLATE)}
        server.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        try:
            yield urls(name)
        finally:
            connection.close()
            server.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


@contextmanager
def _looked_at(found: Urls) -> Iterator[None]:
    """Have Django's connection lead to this database."""
    before = dict(connection.settings_dict)
    told = psycopg.conninfo.conninfo_to_dict(found.owner)
    wanted = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    connection.close()
    # In place: the connections of other threads share this dictionary.
    connection.settings_dict |= {key: str(told[name]) for key, name in wanted.items()}
    connection.settings_dict["PORT"] = str(told["port"])
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= before


def become_kring_web(**signal: Any) -> None:
    """Look at the database as the web process does; the owner's login stays underneath."""
    with signal["connection"].cursor() as cursor:
        cursor.execute("SET SESSION AUTHORIZATION kring_web")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Give this process its database (in the place of pytest-django's own way)."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    connection_created.connect(become_kring_web)
    with (
        copied(f"kring_{worker}") as found,
        django_db_blocker.unblock(),
        _looked_at(found),
        django_db_blocker.block(),
    ):
        yield


@pytest.fixture
def own_database(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    worker_id: str,
) -> Iterator[Urls]:
    """A fresh database that this test may commit to, and other processes may log in to.

    Django's connection leads to it, too.
    """
    name = f"own_{worker_id}_{time.monotonic_ns()}"
    with copied(name) as found, django_db_blocker.unblock(), _looked_at(found):
        yield found
