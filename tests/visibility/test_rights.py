"""The rights table, thing by thing: who of the cast may see it, through each lock alone.

Written by hand from the table of the design, not taken from the code. Who is not named sees
nothing.
"""

from __future__ import annotations

import pytest
from django.db import models

from tests.cast import EVERYBODY, Cast
from tests.circles import (
    AROUND,
    BSO,
    ELSEWHERE,
    FAMILIES,
    GROUP_5,
    LEADERS,
    NOBODY,
    OFFICE,
    STAFF,
    TEACHERS,
    Circle,
)
from tests.visibility import scene
from tests.visibility.looking import (
    Model,
    by_model,
    through_the_first_lock,
    through_the_second_lock,
)

POSTS: dict[str, Circle | set[str]] = {
    "post to group 5": GROUP_5,
    "post to group 2": {"mother", "aide"} | LEADERS,
    "post to group 6": {"teacher_next_door"} | LEADERS,
    "post to groups 5 and 6": GROUP_5 | {"teacher_next_door"},
    "post to the school": FAMILIES | STAFF,
    "post to the staff": STAFF,
    "post to Sam's family": {"mother", "co_parent"} | TEACHERS | LEADERS,
    "post to Lina's and Milan's families": {"informed_father"} | TEACHERS | LEADERS,
    "post to Bram's family by the office": {"teacher_parent"} | TEACHERS | LEADERS,
    "post to the family of who comes later": LEADERS,
    "post to a group of the BSO": BSO,
    "post to the BSO": BSO,
    "post to the staff of the BSO": {"aftercare"},
    "post to a group elsewhere": ELSEWHERE,
    "post to a school elsewhere": ELSEWHERE,
    "post that is not out yet": {"teacher"},
    "post to the school that is not out yet": {"principal"},
    "withdrawn post": {"teacher"},
    "withdrawn post to the school": {"principal"},
    "post by a substitute of yesterday": GROUP_5,
    "post by a substitute of today": GROUP_5,
    "post from before the school year": TEACHERS | LEADERS,
}
UNDER_A_POST: dict[str, Circle | set[str]] = {
    "comment under post to group 5": GROUP_5,
    "hidden comment under post to group 5": {"mother"} | TEACHERS | LEADERS,
    "like of post to group 5": {"mother"},
    "reading of post to group 5": {"mother"} | TEACHERS | LEADERS,
    "confirmation of post to group 5": {"mother"} | TEACHERS | LEADERS,
    "call to Sam's family": TEACHERS | LEADERS,
    "call to Lina's family that ended": TEACHERS | LEADERS,
    "former text of post to group 5": TEACHERS | LEADERS,
    "photo on post to group 5": GROUP_5,
    "document on post to group 5": GROUP_5,
    "comment under post to a group of the BSO": BSO,
    "hidden comment under post to a group of the BSO": BSO,
    "like of post to a group of the BSO": {"mother"},
    "reading of post to a group of the BSO": BSO,
    "confirmation of post to a group of the BSO": BSO,
    "former text of post to a group of the BSO": {"aftercare"},
    "photo on post to a group of the BSO": BSO,
    "document on post to a group of the BSO": BSO,
    "comment under withdrawn post": {"teacher"},
    "hidden comment under withdrawn post": {"teacher"},
    "like of withdrawn post": NOBODY,
    "reading of withdrawn post": {"teacher"},
    "confirmation of withdrawn post": {"teacher"},
    "former text of withdrawn post": {"teacher"},
    "photo on withdrawn post": {"teacher"},
    "document on withdrawn post": {"teacher"},
}
OF_THE_MACHINE: dict[str, Circle | set[str]] = {
    "notification of the mother": {"mother"},
    "notification of the ex-guardian": NOBODY,
    "mail to the mother": {"mother"},
    "mail to the ex-guardian": NOBODY,
    "mail to the mother that came back": {"mother"} | OFFICE,
    "mail to the ex-guardian that came back": OFFICE,
    "answer of the mother": OFFICE,
    "slip for Sam's family": TEACHERS | LEADERS,
    "event on the bus": NOBODY,
    "line in the trail": {"principal", "administrator"},
    "loose photo of the teacher": {"teacher"},
    "loose photo of yesterday's substitute": NOBODY,
}
SCHOOL: dict[str, Circle | set[str]] = {
    "board": STAFF | {"aftercare"},
    "school": AROUND,
    "BSO": BSO,
    "school elsewhere": ELSEWHERE,
    "school year": AROUND,
    "policy": AROUND,
    "closed day": AROUND,
    "hours of the teacher": AROUND,
    "hours of a carer of the BSO": BSO,
    "mourning around Sam": OFFICE,
    "mourning around a home": OFFICE,
    "group": AROUND,
    "group of the BSO": BSO,
    "Sam": {"mother", "co_parent", "grandmother"} | TEACHERS | LEADERS,
    "Noor": {"mother", "grandmother", "aide"} | LEADERS,
    "Lina": {"informed_father"} | TEACHERS | LEADERS,
    "Milan": TEACHERS | LEADERS,
    "Yara, who comes later": {"guardian_next_month"} | LEADERS,
    "Sam at the BSO": BSO,
    "child elsewhere": ELSEWHERE,
    "Sam in group 5": {"mother", "co_parent"} | TEACHERS | LEADERS,
    "Milan in group 5": TEACHERS | LEADERS,
    "Yara in group 5, later": {"guardian_next_month"} | LEADERS,
    "Sam in a group of the BSO": BSO,
    "Sam at school is Sam at the BSO": {"mother", "co_parent"} | TEACHERS | LEADERS,
}
TIES: dict[str, Circle | set[str]] = {
    "tie of mother with sam": {"mother"} | TEACHERS | LEADERS,
    "tie of mother with noor": {"mother", "aide"} | LEADERS,
    "tie of mother with Sam at the BSO": BSO,
    "tie of co_parent with sam": {"co_parent"} | TEACHERS | LEADERS,
    "tie of informed_father with lina": {"informed_father"} | TEACHERS | LEADERS,
    "tie of withheld_father with milan": TEACHERS | LEADERS,
    "tie of ex_guardian with sam": TEACHERS | LEADERS,
    "tie of grandmother with sam": {"grandmother"} | TEACHERS | LEADERS,
    "tie of grandmother with noor": {"grandmother", "aide"} | LEADERS,
    "tie of guardian_elsewhere with child_elsewhere": ELSEWHERE,
    "tie of guardian_next_month with yara": {"guardian_next_month"} | LEADERS,
    "tie of teacher_parent with bram": {"teacher_parent"} | TEACHERS | LEADERS,
    "tie of english_mother with daniel": {"english_mother"} | TEACHERS | LEADERS,
    "home of mother": {"mother", "principal", "administrator"},
    "home of co_parent": {"co_parent", "principal", "administrator"},
    "home of ex_guardian": {"principal", "administrator"},
    "lessons of teacher": AROUND,
    "lessons of substitute_yesterday": AROUND,
    "employment of teacher": AROUND,
    "employment of aftercare": BSO,
    "employment of principal_elsewhere": ELSEWHERE,
}
NAME_CARDS: dict[str, Circle | set[str]] = {
    "name card of mother": {"mother", "aftercare"} | TEACHERS | LEADERS,
    "name card of co_parent": {"co_parent"} | TEACHERS | LEADERS,
    "name card of informed_father": {"informed_father"} | TEACHERS | LEADERS,
    "name card of withheld_father": {"withheld_father"} | TEACHERS | LEADERS,
    "name card of ex_guardian": {"ex_guardian"} | TEACHERS | LEADERS,
    "name card of grandmother": {"grandmother"} | TEACHERS | LEADERS,
    "name card of guardian_elsewhere": ELSEWHERE,
    "name card of guardian_next_month": {"guardian_next_month"} | LEADERS,
    "name card of english_mother": {"english_mother"} | TEACHERS | LEADERS,
    "name card of teacher": AROUND,
    "name card of duo_teacher": AROUND,
    "name card of teacher_next_door": AROUND,
    "name card of teacher_parent": AROUND,
    "name card of aide": AROUND,
    "name card of counselor": AROUND,
    "name card of principal": AROUND,
    "name card of administrator": AROUND,
    "name card of aftercare": BSO,
    "name card of substitute_yesterday": AROUND | {"substitute_yesterday"},
    "name card of substitute_today": AROUND,
    "name card of principal_elsewhere": ELSEWHERE,
    "name card of operator": {"operator"},
}
IN_THE_OFFICE: dict[str, Circle | set[str]] = {
    "tie of who waits with Lina": TEACHERS | LEADERS,
    "name card of who waits": TEACHERS | LEADERS,
    "invitation of who waits": OFFICE,
    "koppelcode of Lina": OFFICE,
    "use of the koppelcode of Lina": OFFICE,
    "proposed colleague": OFFICE,
    "proposed colleague of the BSO": NOBODY,  # which has no office of its own
    "import": OFFICE,
    "code of the teacher for a tablet": {"teacher"},
    "photo of the mother": {"mother"} | BSO | TEACHERS | LEADERS,
    "photo of the teacher": AROUND,
    "imported row": NOBODY,
}
NEWSLETTERS: dict[str, Circle | set[str]] = {
    "newsletter": FAMILIES | STAFF,
    "newsletter of the BSO": BSO,
    "newsletter that is a draft": OFFICE,
    "newsletter of later": OFFICE,
    "withdrawn newsletter": OFFICE,
    "item of the newsletter": FAMILIES | STAFF,
    "item of the draft": OFFICE,
    "photo in the newsletter": FAMILIES | STAFF,
    "photo in the draft": OFFICE,
}
AGENDA: dict[str, Circle | set[str]] = {
    "entry for group 5": GROUP_5,
    "entry for group 2": {"mother", "aide"} | LEADERS,
    "entry for group 6": {"teacher_next_door"} | LEADERS,
    "entry for groups 5 and 6": GROUP_5 | {"teacher_next_door"},
    "entry for the school": FAMILIES | STAFF,
    "entry for the staff": STAFF,
    "entry for Sam's family": {"mother", "co_parent"} | TEACHERS | LEADERS,
    "entry for the family of who comes later": LEADERS,
    "entry for the BSO": BSO,
    "entry for a group elsewhere": ELSEWHERE,
    "entry of long ago": FAMILIES | STAFF,
    "entry of long ago for group 5": GROUP_5,
    "entry of next year": FAMILIES | STAFF,
    "entry of next year for group 5": GROUP_5,
    "entry that is not out yet": {"teacher"},
    "entry of before the school year": GROUP_5,  # who came since sees what was planned before
    "withdrawn entry": {"teacher"},
    "entry that is called off": GROUP_5,  # to say so
    "entry by a substitute of yesterday": GROUP_5,
}
DRAFTS: dict[str, Circle | set[str]] = {
    "draft of the teacher": {"teacher"},
    "draft of yesterday's substitute": NOBODY,
    "draft of the aftercare": {"aftercare"},
}
WISHES: dict[str, Circle | set[str]] = {
    "switch of the mother": {"mother"},
    "device of the mother": {"mother"},
}
RIGHTS = (
    AGENDA
    | DRAFTS
    | WISHES
    | NEWSLETTERS
    | POSTS
    | UNDER_A_POST
    | OF_THE_MACHINE
    | SCHOOL
    | TIES
    | NAME_CARDS
    | IN_THE_OFFICE
)

type Lock = str
LOCKS = {"first": through_the_first_lock, "second": through_the_second_lock}


def seen_through(lock: Lock, cast: Cast, things: scene.Scene) -> dict[str, set[str]]:
    """For each thing the people who see it."""
    kinds: list[Model] = list(by_model(things.values()))
    seen: dict[str, set[str]] = {name: set() for name in things}
    for key in EVERYBODY:
        viewer = cast.viewer(key)
        found = {kind: LOCKS[lock](viewer, kind) for kind in kinds}
        for name, thing in things.items():
            if thing.pk in found[type(thing)]:
                seen[name].add(key)
    return seen


@pytest.mark.parametrize("lock", LOCKS)
def test_exactly_those_of_the_rights_table_see_each_thing(cast: Cast, lock: Lock) -> None:
    things: dict[str, models.Model] = scene.everything(cast)
    assert set(things) == set(RIGHTS), "a thing without a row, or a row without a thing"
    seen = seen_through(lock, cast, things)
    assert {name: sorted(who) for name, who in seen.items()} == {
        name: sorted(who) for name, who in RIGHTS.items()
    }


@pytest.mark.parametrize("key", ["withheld_father", "ex_guardian", "operator", "anonymous"])
def test_withheld_ended_operator_and_anonymous_see_nothing_but_themselves(key: str) -> None:
    assert {name for name, who in RIGHTS.items() if key in who} <= {f"name card of {key}"}
