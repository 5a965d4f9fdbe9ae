"""What a roster would change in a school: the differences, and with them the rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from kring.base import clock
from kring.importing.carers import Carers
from kring.importing.children import Children
from kring.importing.colleagues import Colleagues
from kring.importing.differences import Differences
from kring.importing.drafting import Draft, RefusedError, change
from kring.importing.grouping import Groups
from kring.importing.models import Import
from kring.importing.roster import Roster
from kring.importing.standing import Standing
from kring.schools.models import School

LOCATION = len("99WH00")
AFTERCARE = "aftercare"  # the source of children with days of care
A_YEAR = timedelta(days=300)


def compare(roster: Roster, school: School, answers: Mapping[str, str]) -> Differences:
    """What would change. Raises RefusedError where this roster cannot go into this school.

    Runs inside a block that may see the whole school, in a number of queries that does not grow.
    """
    return draw(roster, school, answers).differences


def draw(roster: Roster, school: School, answers: Mapping[str, str]) -> Draft:
    """The same, with the rows that applying it would write."""
    if (roster.source == AFTERCARE) != (school.kind == School.Kind.AFTERCARE) and roster.is_whole:
        raise RefusedError("other_kind", value=school.name)
    brin = _brin(roster)
    if brin and school.brin and brin != _whole(school.brin):
        raise RefusedError("other_school", column="brincode", value=brin)
    standing = Standing.of(school, roster)
    standing.settled = _settled(roster, school)
    draft = Draft(roster=roster, standing=standing, answers=answers)
    if brin and not school.brin:
        draft.say(
            "changed", "school", "school:brin", school.name, changes=(change("brin", "", brin),)
        )
        draft.change(School, school.pk, {"brin": brin})
        draft.note("school.described", school.pk, ("brin",))
    groups = Groups(draft)
    groups.draw()
    met = Children(draft, groups).draw()
    Carers(draft).draw(met)
    Colleagues(draft, groups).draw()
    return draft


def _brin(roster: Roster) -> str:
    return _whole(roster.brin) if roster.brin else ""


def _whole(brin: str) -> str:
    """With the number of the location; 00 where none is said."""
    return brin.strip().upper().ljust(LOCATION, "0")


def _settled(roster: Roster, school: School) -> dict[str, str]:
    """What the office answered in this school year: who was said to stay is not asked of again."""
    applied = Import.objects.filter(
        school=school,
        source=roster.source,
        year=roster.year,
        state=Import.State.APPLIED,
        applied_at__gt=clock.now() - A_YEAR,
    )
    found: dict[str, str] = {}
    for answers in applied.order_by("applied_at").values_list("answers", flat=True):
        found |= answers
    return found
