"""The command line: settings are refused in a sentence, and never with a traceback."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kring.database import EmbeddedPostgres
from kring.supervisor import SAID

ROOT = Path(__file__).resolve().parent.parent.parent
SERVED = {"SECRET_KEY": "of the tests", "DATABASE_URL": "postgresql://kring@/kring"}


def kring(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if "COV" in name or name == "PATH"}
    return subprocess.run(
        [sys.executable, "-m", "kring", *words],
        cwd=ROOT,
        env=kept | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence that a command was refused with."""
    assert done.returncode == SAID, done.stderr
    assert re.fullmatch(r"kring: [^\n]+\.\n", done.stderr), done.stderr
    return done.stderr


def test_it_knows_its_version() -> None:
    assert re.fullmatch(r"Kring \d+\.\d+\.\d+\n", kring("--version").stdout)


def test_a_command_is_needed() -> None:
    assert kring().returncode == 2


@pytest.mark.parametrize(
    ("words", "settings", "sentence"),
    [
        (["worker"], {}, "DATABASE_URL is missing"),
        (["prepare"], SERVED, "WEB_DATABASE_PASSWORD is missing"),
        (["up"], SERVED, "KRING_ORIGIN is missing"),
        (["up"], {"KRING_ORIGIN": "kring.example"}, "give an address such as"),
        (["migrate"], {"DATABASE_URL": "mysql://me@/db", "SECRET_KEY": "x"}, "PostgreSQL"),
        (["migrate"], SERVED | {"KRING_POOL": "many"}, "KRING_POOL is 'many'"),
        (["migrate"], {"DATABASE_URL_FILE": "/nowhere"}, "/nowhere, which cannot be read"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(
    place: Path, words: list[str], settings: dict[str, str], sentence: str
) -> None:
    assert sentence in refused(kring(*words, KRING_DATA=str(place), **settings))


def test_a_database_that_is_not_there_is_told_in_a_sentence(place: Path) -> None:
    url = f"postgresql://kring_worker:hush@/kring?host={place}"
    said = refused(kring("worker", SECRET_KEY="x", DATABASE_URL=url))
    assert "does not answer" in said
    assert "hush" not in said


@pytest.fixture
def served(postgres: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    with postgres.running():
        yield postgres


@pytest.mark.parametrize(
    ("words", "role"),
    [
        (["web", "--socket=/nowhere"], "kring_web"),
        (["web", "--socket=/nowhere", "--uploads"], "kring_web"),
        (["worker"], "kring_worker"),
    ],
)
def test_pages_and_worker_refuse_the_login_of_the_owner(
    served: EmbeddedPostgres, words: list[str], role: str
) -> None:
    said = refused(kring(*words, SECRET_KEY="x", DATABASE_URL=served.url()))
    assert f"is not {role} and is a superuser" in said


def test_prepare_makes_the_logins(served: EmbeddedPostgres) -> None:
    words = {"WEB_DATABASE_PASSWORD": "one", "WORKER_DATABASE_PASSWORD": "two"}
    done = kring("prepare", DATABASE_URL=served.url(), **words)
    assert (done.returncode, done.stderr) == (0, "kring: the database is prepared.\n")


@pytest.mark.slow
def test_migrating_twice_does_nothing_twice_and_a_newer_kring_is_told(
    served: EmbeddedPostgres,
) -> None:
    settings = {"SECRET_KEY": "x", "DATABASE_URL": served.url()}
    for _ in range(2):
        done = kring("migrate", **settings)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    newer = "INSERT INTO django_migrations (app, name, applied) VALUES ('feed', '0999_x', now())"
    with psycopg.connect(served.url()) as connection:
        connection.execute(newer)
    assert "kept by a newer Kring (feed 0999_x)" in refused(kring("migrate", **settings))
