"""Kill -9 of the worker in the middle of an import: all of it or nothing, and it goes on."""

from __future__ import annotations

import psycopg
import pytest

from kring.base.visibility import seen_by
from kring.importing.models import Import
from kring.importing.sources import Reading
from kring.importing.tests.taking import Office, carer, child, roster
from tests.faults.running import Running

pytestmark = pytest.mark.slow

CHILDREN = 300
HOLD = b"LOCK TABLE schools_guardianship IN SHARE MODE"  # can be read, and not written to
WAITS = """
SELECT pid FROM pg_stat_activity
WHERE usename = 'kring_worker' AND wait_event_type = 'Lock' AND query LIKE '%schools_guardianship%'
"""
WRITTEN = """
SELECT (SELECT count(*) FROM schools_student WHERE school_id = %(school)s),
    (SELECT count(*) FROM schools_guardianship WHERE school_id = %(school)s),
    (SELECT count(*) FROM importing_importedrow WHERE school_id = %(school)s),
    (SELECT count(*) FROM events_auditentry
        WHERE school_id = %(school)s AND verb NOT LIKE 'import.%%')
"""
PROGRESS = "SELECT state, done, total FROM importing_import WHERE id = %(of)s"
BOUND = 90  # seconds in which another worker has done it


def ask(running: Running, query: str, **values: object) -> tuple[object, ...]:
    """The one row of an answer, as the owner of the tables sees it."""
    with psycopg.connect(running.postgres.url()) as owner:
        row = owner.execute(query.encode(), values).fetchone()
    assert row
    return tuple(row)


def begun(running: Running, office: Office) -> Import:
    """An import that the worker has compared."""
    children = (child(str(n), f"Kind {n}", carers=(carer(f"Ouder{n}"),)) for n in range(CHILDREN))
    with seen_by(by := office.viewer):
        of = Import.begin(office.school, "edexml", Reading(roster=roster(*children)), [], by=by)
    running.wait_until(lambda: ask(running, PROGRESS, of=of.pk)[0] == "ready", BOUND)
    return of


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_does_it_all(
    running: Running,
) -> None:
    office = Office.of_new_school(brin="99WH00")
    of = begun(running, office)
    with psycopg.connect(running.postgres.url()) as other:
        other.execute(HOLD)
        assert office.confirm(of)
        running.wait_until(lambda: bool(running.rows(WAITS)), BOUND)
        state, done, total = ask(running, PROGRESS, of=of.pk)  # told while nothing is committed
        assert state == "applying"
        assert isinstance(done, int)
        assert isinstance(total, int)
        assert 0 < done < total
        assert ask(running, WRITTEN, school=office.school.pk) == (0, 0, 0, 0)
        running.kill("worker")
    running.wait_until(lambda: ask(running, PROGRESS, of=of.pk)[0] == "applied", BOUND)
    # A year, two groups; of each child itself, its place, its carer's card and tie.
    rows, lines = 3 + 4 * CHILDREN, 3 + 2 * CHILDREN
    written = ask(running, WRITTEN, school=office.school.pk)
    assert written == (CHILDREN, CHILDREN, rows, lines)
    assert ask(running, PROGRESS, of=of.pk)[1:] == (rows + lines, rows + lines)
