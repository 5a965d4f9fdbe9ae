"""50,000 people come into an empty school: 24,000 pupils, as many carers, and 2,000 colleagues.

- ``import``: an EDEXML file, then a list of carers, from their bytes to the last commit, in wall
  time: read, kept, compared, said yes to, compared once more and written, with the trail and with
  what undoing needs; as the worker, whom row security binds. The floor: the rows of people that
  this left, copied in by their owner in one transaction, with the same keys, indexes and fsync, but
  nothing to read, to work out, or to write down beside them.
- ``import.memory``: the most that the process which did it all held, in MB of 1,000,000 bytes.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import psycopg

from bench import school
from bench.measure import Measure
from kring.importing.tests import made
from kring.supervisor import run

CHILDREN, COLLEAGUES = 24_000, 2_000  # and a carer for each child: two by two, siblings share them
MOST_TIMES, MOST_MB = 20, 300
MAKE_SCHOOL = """
WITH board AS (
    INSERT INTO schools_schoolboard (id, name, created_at)
    VALUES (gen_random_uuid(), 'Bestuur', now()) RETURNING id
)
INSERT INTO schools_school (id, board_id, name, kind, brin, created_at)
SELECT %s, id, 'De Groei', 'school', '99ZZ00', now() FROM board
"""
CARDS = """
CREATE TEMPORARY TABLE card AS
SELECT DISTINCT guardian_id AS id FROM schools_guardianship WHERE school_id = %s
"""
OF_SCHOOL = "school_id = %(school)s"
WRITTEN = {  # of people and where they belong, in the order of the keys
    "schools_schoolyear": OF_SCHOOL,
    "schools_group": OF_SCHOOL,
    "schools_student": OF_SCHOOL,
    "schools_enrollment": OF_SCHOOL,
    "schools_household": OF_SCHOOL,
    "accounts_user": "id IN (SELECT id FROM card)",
    "schools_guardianship": OF_SCHOOL,
    "schools_staffproposal": OF_SCHOOL,
}


def measure() -> Iterator[Measure]:
    """Once: there is so much of it that once says it."""
    place = uuid4()
    with TemporaryDirectory() as folder, school.running() as postgres:
        _write_files(Path(folder))
        with psycopg.connect(postgres.url(), autocommit=True) as owner:
            owner.execute(MAKE_SCHOOL, [place])
            command = [sys.executable, "-m", "bench.taking_in", folder, str(place)]
            login = school.environment(postgres.url("kring_worker"))
            told = json.loads(run("The import", command, login))
            floor = _copied(owner, place)
    yield Measure(name="import", value=told["seconds"], floor=floor, goal=MOST_TIMES, unit="s")
    yield Measure(name="import.memory", value=told["megabytes"], goal=MOST_MB, unit="MB")


def _write_files(folder: Path) -> None:
    (folder / "edexml").write_bytes(made.edexml(CHILDREN, COLLEAGUES))
    (folder / "carers").write_bytes(made.as_csv(made.carer_rows(CHILDREN)))


def _copied(owner: psycopg.Connection, place: UUID) -> float:
    """Seconds to put the same rows in again."""
    owner.execute(CARDS, [place])
    rows: dict[str, list[bytes]] = {}
    for table, where in WRITTEN.items():
        read = f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT"  # noqa: S608 - our own words
        with owner.cursor().copy(read, {"school": place}) as out:
            rows[table] = [bytes(row) for row in out]
    for table, where in reversed(WRITTEN.items()):
        owner.execute(f"DELETE FROM {table} WHERE {where}", {"school": place})  # noqa: S608
    people = ("schools_student", "accounts_user", "schools_staffproposal")
    assert sum(len(rows[table]) for table in people) == 2 * CHILDREN + COLLEAGUES
    before = time.perf_counter()
    with owner.transaction():
        for table, lines in rows.items():
            with owner.cursor().copy(f"COPY {table} FROM STDIN") as into:
                into.write(b"".join(lines))
    return time.perf_counter() - before
