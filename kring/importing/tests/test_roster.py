from __future__ import annotations

import json
from datetime import date

from kring.importing.roster import (
    CareLine,
    GroupLine,
    Problem,
    Roster,
    StaffLine,
    StudentLine,
    from_json,
    problem_from_json,
    problem_to_json,
    to_json,
)

NOOR = StudentLine(
    first_name="Noor",
    last_name="Vos",
    born_on=date(2018, 4, 13),
    weekdays=(1, 4),
    carers=(CareLine(email="bo@gezin.example"),),
)


def test_a_roster_is_the_same_after_it_was_kept() -> None:
    roster = Roster(
        source="aftercare",
        groups=(GroupLine(key="G3", name="Groep 3", grades=(3,)),),
        students=(NOOR,),
        staff=(StaffLine(key="L", first_name="Bo", last_name="", roles=("teacher",)),),
        is_whole=True,
        dropped={"bsn": 2},
    )
    assert from_json(json.loads(json.dumps(to_json(roster)))) == roster
    assert from_json(to_json(Roster(source="carers"))) == Roster(source="carers")


def test_only_what_is_said_is_kept() -> None:
    assert to_json(Roster(source="carers", students=(NOOR,))) == {
        "source": "carers",
        "students": [
            {
                "first_name": "Noor",
                "last_name": "Vos",
                "born_on": "2018-04-13",
                "weekdays": [1, 4],
                "carers": [{"email": "bo@gezin.example"}],
            }
        ],
    }


def test_a_problem_is_the_same_after_it_was_kept() -> None:
    problem = Problem(code="no_date", level="warning", file="lijst.csv", line=3, value="toen")
    assert problem_from_json(json.loads(json.dumps(problem_to_json(problem)))) == problem
