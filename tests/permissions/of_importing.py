"""Who gets in at the office's pages of importing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kring.base import clock
from kring.importing.differences import Difference, Differences
from kring.importing.differences import to_json as differences_to_json
from kring.importing.models import Import
from kring.importing.roster import Roster, StudentLine, to_json
from kring.importing.sources import Column
from tests import factories
from tests.circles import NOBODY, OFFICE, Circle
from tests.permissions.rows import SEE_OTHER, UNPROCESSABLE, Row, rows

if TYPE_CHECKING:
    from tests.permissions.things import World

KEEPERS: Circle = frozenset({"administrator"})
SCHOOL, AFTERCARE, ELSEWHERE = "the school", "the BSO", "a school elsewhere"
READY, MAPPING, APPLIED = "import to say yes to", "import with columns", "import that was applied"
REFUSED, FOREIGN = "import that was refused", "import of a school elsewhere"
BY_ANOTHER_DOOR = "import of another school, under this one"

LOOK = {SCHOOL: OFFICE, AFTERCARE: NOBODY, ELSEWHERE: frozenset({"principal_elsewhere"})}
SEE: dict[str, Circle] = {
    **dict.fromkeys((READY, MAPPING, APPLIED, REFUSED), OFFICE),
    FOREIGN: frozenset({"principal_elsewhere"}),
    BY_ANOTHER_DOOR: NOBODY,
}
ROWS: list[Row] = [
    *rows("importing:imports", "GET", LOOK),
    *rows(
        "importing:imports",
        "POST",
        {SCHOOL: KEEPERS, AFTERCARE: NOBODY, ELSEWHERE: NOBODY},
        UNPROCESSABLE,  # without a file
    ),
    *rows("importing:sample", "GET", LOOK),
    *rows("importing:import", "GET", SEE),
    *rows("importing:report", "GET", SEE),
    *rows(
        "importing:columns",
        "POST",
        {MAPPING: KEEPERS, READY: KEEPERS, FOREIGN: NOBODY, BY_ANOTHER_DOOR: NOBODY},
        SEE_OTHER,
    ),
    *(
        row
        for act in ("answers", "confirmation", "discarding")
        for row in rows(
            f"importing:{act}",
            "POST",
            # Who comes too late is shown how it stands, and nothing is done.
            {READY: KEEPERS, APPLIED: KEEPERS, FOREIGN: NOBODY, BY_ANOTHER_DOOR: NOBODY},
            SEE_OTHER,
        )
    ),
    *rows(
        "importing:undoing",
        "POST",
        {APPLIED: KEEPERS, READY: KEEPERS, FOREIGN: NOBODY, BY_ANOTHER_DOOR: NOBODY},
        SEE_OTHER,
    ),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """What stands in the address of a row."""
    schools = {AFTERCARE: "vijver", ELSEWHERE: "kompas", FOREIGN: "kompas"}
    school_id = world.cast.id(schools.get(row.thing, "wilgenhoek"))
    if row.thing in LOOK:
        return {"school_id": school_id}
    of = world.cast.id("kompas") if row.thing == BY_ANOTHER_DOOR else school_id
    return {"school_id": school_id, "import_id": factories.made(_import(of, row.thing)).pk}


def form(_world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    return {"column-1": "first_name"} if row.url == "importing:columns" else {}


def _import(school_id: Any, thing: str) -> Import:
    state = {MAPPING: "mapping", APPLIED: "applied", REFUSED: "refused"}.get(thing, "ready")
    roster = Roster(source="carers", students=(StudentLine(first_name="Puck", last_name="N"),))
    differences = Differences(
        found=(Difference(kind="new", what="student", key="1", name="Puck N"),),
        counts={"student": {"new": 1}},
    )
    return Import(
        school_id=school_id,
        source="carers",
        state=state,
        file_names=["ouders.csv"],
        roster=to_json(roster),
        columns=[asdict(Column(number=1, header="Roepnaam", taken_for="first_name"))],
        differences=differences_to_json(differences),
        counts=differences.counts,
        applied_at=clock.now(),
        undo_until=clock.now() + timedelta(hours=1),
    )
