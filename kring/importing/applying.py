"""A yes becomes rows: all of them in one transaction, or none."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from kring.base import clock
from kring.importing.comparing import draw
from kring.importing.differences import to_json
from kring.importing.drafting import Draft, RefusedError, digest
from kring.importing.homes import SECRET_HOME
from kring.importing.models import UNDO, Import
from kring.importing.roster import Problem, Roster, from_json, problem_to_json
from kring.importing.sources import MOST_PROBLEMS
from kring.importing.writing import Writer

type Tell = Callable[[int, int], None]

PATIENCE = "SET LOCAL statement_timeout = '5min'"  # a page has its limit; 50,000 rows take longer
NOT_APPLIED = Problem(code="not_applied", level="warning")
CHANGED_MEANWHILE = Problem(code="changed_meanwhile", level="warning")


def one_at_a_time(school_id: UUID) -> None:
    """Wait for another import of this school that is at work; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        wanted = f"kring.importing {school_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [wanted])


@transaction.atomic
def compare_now(of: Import) -> None:
    """Put down what it would change, or why it cannot go in."""
    one_at_a_time(of.school_id)
    if draft := _drawn(of):
        show(of, draft)


@transaction.atomic
def apply_now(of: Import, tell: Tell) -> None:
    """Write what the office was shown. Where that is no longer so, show it anew instead."""
    one_at_a_time(of.school_id)
    draft = _drawn(of)
    if draft is None:
        return
    if digest(draft.differences) != of.shown:
        _warn(of, CHANGED_MEANWHILE)
        show(of, draft)
        return
    size = draft.size
    Writer(of, lambda done: tell(done, size)).write(draft)
    of.counts = draft.differences.counts
    of.done = of.total = size
    of.applied_at = clock.now()
    of.undo_until = of.applied_at + UNDO
    of.settle(Import.State.APPLIED)


def not_applied(of: Import) -> None:
    """The tables refused a row of it, so none was written."""
    _warn(of, NOT_APPLIED)
    of.state = Import.State.READY
    of.save(update_fields=["problems", "state"])


def _warn(of: Import, problem: Problem) -> None:
    others = [
        one for one in of.problems if one["code"] not in {NOT_APPLIED.code, CHANGED_MEANWHILE.code}
    ]
    of.problems = [problem_to_json(problem), *others]


def show(of: Import, draft: Draft) -> None:
    """Wait for a yes to this."""
    differences = draft.differences
    of.differences, of.counts = to_json(differences), differences.counts
    of.shown, of.state = digest(differences), Import.State.READY
    asked = {one.key for one in differences.found if one.kind in {"doubtful", "gone"}}
    of.answers = {key: answer for key, answer in of.answers.items() if key in asked}
    others = [one for one in of.problems if one["code"] != SECRET_HOME]  # of a time before
    of.problems = [*others, *map(problem_to_json, draft.remarks[:MOST_PROBLEMS])]
    of.save()


def _drawn(of: Import) -> Draft | None:
    """What its roster comes to, now; none where it cannot go in, or no longer."""
    try:
        return draw(_roster(of), of.school, of.answers)
    except RefusedError as refusal:
        of.problems = [problem_to_json(refusal.problem), *of.problems]
        of.settle(Import.State.REFUSED)
        return None


def _roster(of: Import) -> Roster:
    """Read apart, so that what was kept does not stay in memory beside what it became."""
    [kept] = Import.objects.filter(pk=of.pk).values_list("roster", flat=True)
    return from_json(kept or {})
