"""Many people for a workload: schools of their own beside the one that every workload knows."""

import os
from pathlib import Path
from uuid import UUID

import psycopg

from bench import school
from kring.database import EmbeddedPostgres

SQL = Path(__file__).with_name("crowd.sql")


def people(usual: int) -> int:
    """How many, of all: fewer where BENCH_PEOPLE says so."""
    return int(os.environ.get("BENCH_PEOPLE", usual))


def gather(postgres: EmbeddedPostgres, *, schools: int, homes: int) -> list[UUID]:
    """These schools, each with so many homes of two guardians."""
    with psycopg.connect(postgres.url(), autocommit=True) as owner:
        owner.execute("SELECT set_config('crowd.schools', %s, false)", [str(schools)])
        owner.execute("SELECT set_config('crowd.homes', %s, false)", [str(homes)])
        owner.execute(SQL.read_text(encoding="utf-8"))
    return [school.identity(f"crowd {number}") for number in range(1, schools + 1)]
