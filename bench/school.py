"""The school that the workloads happen in, in a database of the bench's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connections

from kring.database import EmbeddedPostgres
from kring.folder import DataFolder
from kring.serving import clean_environment, kring
from kring.supervisor import run

SQL = Path(__file__).with_name("school.sql")


def identity(name: str) -> UUID:
    """The id that ``school.sql`` gives what it makes: "guardian 1", "group 3 0", "bso"."""
    return UUID(md5(name.encode(), usedforsecurity=False).hexdigest())


@contextmanager
def running() -> Iterator[EmbeddedPostgres]:
    """The database, durable, with two years of a school in it. The first call makes it."""
    data = DataFolder(settings.DATA_DIR)
    with data.locked(), EmbeddedPostgres(data).running() as postgres:
        run("The migration", kring("migrate"), environment(postgres.url()))
        with psycopg.connect(postgres.url(), autocommit=True) as owner:
            if not owner.execute("SELECT 1 FROM schools_school").fetchone():
                owner.execute(SQL.read_text(encoding="utf-8"))
                owner.execute("VACUUM ANALYZE")
            owner.execute("CHECKPOINT")
        try:
            yield postgres
        finally:
            connections.close_all()


def environment(login: str) -> dict[str, str]:
    """What a process of ours is told, with the database at ``login``."""
    return clean_environment() | {
        "DATABASE_URL": login,
        "SECRET_KEY": settings.SECRET_KEY,
        "KRING_ORIGIN": settings.ORIGIN,
        "KRING_DATA": str(settings.DATA_DIR),
    }
