"""Children of a file: who is who, where they go, and who is asked about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kring.base import clock
from kring.base.visibility import seen_by
from kring.importing.comparing import compare
from kring.importing.differences import LEFT, NEW, SKIP, STAYS
from kring.importing.roster import GroupLine
from kring.importing.tests.taking import Office, child, only, problems, roster
from kring.schools.models import Enrollment, Group, SchoolYear, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

DAY = timedelta(days=1)


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office.of_new_school(brin="99WH00")


def year_of(day: date) -> str:
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}"


NOW = year_of(clock.today() - 7 * DAY)  # so that there is a yesterday in it
NEXT = f"{NOW[5:]}-{int(NOW[5:]) + 1}"
BEGIN, BEGIN_NEXT = date(int(NOW[:4]), 8, 1), date(int(NOW[5:]), 8, 1)


def of_now(*students: Any, **more: Any) -> Any:
    return roster(*students, **{"year": NOW} | more)


def places(office: Office, key: str = "1") -> list[tuple[str, date, date | None]]:
    with unlocked():
        found = Enrollment.objects.filter(school=office.school, student__source_id=key)
        return list(found.order_by("starts_on").values_list("group__name", "starts_on", "ends_on"))


def student(office: Office, **which: Any) -> Student:
    with unlocked():
        return Student.objects.get(school=office.school, **which)


def change(office: Office, key: str, **fields: Any) -> None:
    with unlocked():
        Student.objects.filter(school=office.school, source_id=key).update(**fields)


# ── new and changed ──────────────────────────────────────────────────────────
def test_a_first_year_begins_on_its_first_day(office: Office) -> None:
    shown = office.take(of_now(child("1"), child("2", "Noor", group_key="G6")))
    assert shown.counts == {"group": {"new": 2}, "student": {"new": 2}}
    assert places(office) == [("Groep 5", BEGIN, None)]
    assert office.compare(of_now(child("1"), child("2", "Noor", group_key="G6"))).is_empty
    with unlocked():
        colors = list(Group.objects.filter(school=office.school).values_list("color", flat=True))
        year = SchoolYear.objects.get(school=office.school)
    assert sorted(colors) == [1, 2]
    assert (year.name, year.starts_on, year.ends_on) == (NOW, BEGIN, BEGIN_NEXT - DAY)


def test_within_a_year_a_child_changes_groups_today(office: Office) -> None:
    office.take(of_now(child("1")))
    one = only(office.take(of_now(child("1", group_key="G6"))))
    assert [(c.field, c.before, c.after) for c in one.changes] == [("group", "Groep 5", "Groep 6")]
    today = clock.today()
    assert places(office) == [("Groep 5", BEGIN, today - DAY), ("Groep 6", today, None)]


def test_a_place_that_began_today_never_held(office: Office) -> None:
    office.take(of_now(child("9", "Bo")))
    office.take(of_now(child("9", "Bo"), child("1")))
    today = clock.today()
    assert places(office) == [("Groep 5", today, None)]
    office.take(of_now(child("9", "Bo"), child("1", group_key="G6")))
    assert places(office) == [("Groep 6", today, None)]


def test_next_year_begins_in_august_and_the_old_one_ends_the_day_before(office: Office) -> None:
    office.take(of_now(child("1")))
    shown = office.take(roster(child("1", group_key="G6"), year=NEXT))
    assert shown.counts == {"group": {"new": 2}, "student": {"changed": 1}}
    assert places(office) == [
        ("Groep 5", BEGIN, BEGIN_NEXT - DAY),
        ("Groep 6", BEGIN_NEXT, None),
    ]
    assert office.compare(roster(child("1", group_key="G6"), year=NEXT)).is_empty


def test_a_year_that_is_over_is_refused(office: Office) -> None:
    office.take(roster(child("1"), year=NEXT))
    of = office.begin(of_now(child("1")))
    assert (of.state, problems(of)) == ("refused", ["older_year"])


def test_who_comes_later_begins_later_and_who_goes_ends(office: Office) -> None:
    later, last = clock.today() + 30 * DAY, clock.today() + 60 * DAY
    office.take(of_now(child("1", starts_on=later, ends_on=last)))
    assert places(office) == [("Groep 5", later, last)]
    moved = of_now(child("1", starts_on=later + DAY, ends_on=last))
    assert [c.field for c in only(office.take(moved)).changes] == ["starts_on"]
    assert places(office) == [("Groep 5", later + DAY, last)]


def test_who_left_before_coming_is_left_out(office: Office) -> None:
    assert office.compare(of_now(child("9"), child("1", ends_on=clock.today() - DAY))).counts[
        "student"
    ] == {"new": 1}


def test_a_day_of_leaving_that_has_passed_ends_the_place(office: Office) -> None:
    office.take(of_now(child("1")))
    last = clock.today() - 2 * DAY
    gone = of_now(child("1", ends_on=last))
    assert [c.field for c in only(office.take(gone)).changes] == ["ends_on"]
    assert places(office) == [("Groep 5", BEGIN, last)]
    assert office.compare(gone).is_empty


def test_who_comes_back_begins_after_the_day_of_leaving(office: Office) -> None:
    last = clock.today() - 2 * DAY
    office.take(of_now(child("1")))
    office.take(of_now(child("1", ends_on=last)))
    office.take(of_now(child("1", starts_on=BEGIN)))
    assert places(office)[1:] == [("Groep 5", last + DAY, None)]


def test_a_corrected_name_is_a_change(office: Office) -> None:
    office.take(of_now(child("1")))
    one = only(office.take(of_now(child("1", "Samuel", infix="van"))))
    assert {(c.field, c.before, c.after) for c in one.changes} == {
        ("first_name", "Sam", "Samuel"),
        ("infix", "", "van"),
    }
    assert student(office).sort_key == "bos samuel"


def test_a_club_stands_beside_the_group_and_ends_with_the_file(office: Office) -> None:
    club = GroupLine(key="SG1", name="Plusklas", is_homeroom=False)
    groups = (GroupLine(key="G5", name="Groep 5", grades=(5,)), club)
    office.take(of_now(child("1", other_group_keys=("SG1",)), groups=groups))
    assert {name for name, _, _ in places(office)} == {"Groep 5", "Plusklas"}
    one = only(office.take(of_now(child("1"), groups=groups)))
    assert [(c.field, c.before) for c in one.changes] == [("other_groups", "Plusklas")]


def test_the_grade_is_said_in_a_group_of_several(office: Office) -> None:
    groups = (GroupLine(key="G5", name="Groep 5/6", grades=(5, 6)),)
    office.take(of_now(child("1", grade=5), groups=groups))
    one = only(office.take(of_now(child("1", grade=6), groups=groups)))
    assert [(c.field, c.before, c.after) for c in one.changes] == [("grade", "5", "6")]


def test_a_child_without_a_group_gets_that_of_its_year_and_keeps_the_one_it_has(
    office: Office,
) -> None:
    office.take(of_now(child("1", group_key="", grade=4), child("2", "Noor")))
    assert [name[-2:] for name, _, _ in places(office)] == [" 4"]
    assert office.compare(of_now(child("1", group_key="", grade=4), child("2", "Noor"))).is_empty
    assert office.compare(of_now(child("1", group_key=""), child("2", "Noor"))).is_empty


def test_groups_of_one_name_are_told_apart_and_a_new_name_is_a_change(office: Office) -> None:
    groups = (GroupLine(key="a", name="Groep 5"), GroupLine(key="b", name="Groep 5"))
    one, two = child("1", group_key="a"), child("2", "Noor", group_key="b")
    office.take(of_now(one, two, groups=groups))
    assert places(office, "2")[0][0] == "Groep 5 (b)"
    assert office.compare(of_now(one, two, groups=groups)).is_empty
    renamed = (GroupLine(key="a", name="De Otters", grades=(5,)), groups[1])
    shown = office.take(of_now(one, two, groups=renamed))
    assert shown.counts == {"group": {"changed": 1}}
    assert places(office)[0][0] == "De Otters"


def test_a_group_made_by_hand_is_found_by_its_name(office: Office) -> None:
    day = {"starts_on": BEGIN, "ends_on": BEGIN_NEXT - DAY}
    year = factories.made(SchoolYear(school=office.school, name=NOW, **day))
    factories.made(Group(school=office.school, year=year, name="Groep 5", grades=[5]))
    shown = office.take(of_now(child("1")))
    assert shown.counts["group"] == {"new": 1, "changed": 1}
    assert [c.field for c in next(o for o in shown.found if o.what == "group").changes] == [
        "source_id"
    ]


# ── whose line is it ─────────────────────────────────────────────────────────
def test_the_pseudonym_of_the_chain_finds_a_child_whose_key_changed(office: Office) -> None:
    office.take(of_now(child("1", eck_id="https://ketenid.nl/a")))
    one = only(office.take(of_now(child("77", eck_id="https://ketenid.nl/a"))))
    assert [(c.field, c.before, c.after) for c in one.changes] == [("source_id", "1", "77")]


def test_key_and_pseudonym_of_two_children_are_asked(office: Office) -> None:
    office.take(of_now(child("1", eck_id="eck:a"), child("2", "Noor", eck_id="eck:b")))
    crossed = of_now(child("1", eck_id="eck:b"), child("2", "Noor"))
    shown = office.compare(crossed)
    one = only(shown)
    assert (one.kind, one.reason) == ("doubtful", "keys_disagree")
    assert [candidate.name for candidate in one.candidates] == ["Sam Bos", "Noor Bos"]
    office.take(crossed, {one.key: SKIP})
    assert student(office, source_id="1").eck_id == "eck:a"


def test_another_pseudonym_with_the_same_key_is_asked(office: Office) -> None:
    office.take(of_now(child("1", eck_id="eck:a")))
    one = only(office.compare(of_now(child("1", eck_id="eck:z"))))
    assert (one.reason, len(one.candidates)) == ("keys_disagree", 1)
    office.take(of_now(child("1", eck_id="eck:z")), {one.key: one.candidates[0].id})
    assert student(office).eck_id == "eck:z"


@pytest.mark.parametrize("key", ["", "#3", " #3 "])
def test_a_key_that_is_none_matches_nothing_and_is_not_kept(office: Office, key: str) -> None:
    office.take(of_now(child(key)))
    assert student(office).source_id == ""
    one = only(office.compare(of_now(child(key))))
    assert (one.kind, one.reason) == ("doubtful", "same_name")
    office.take(of_now(child(key)), {one.key: one.candidates[0].id})
    with unlocked():
        assert Student.objects.filter(school=office.school).count() == 1
    office.take(of_now(child(key)), {one.key: NEW})
    with unlocked():
        assert Student.objects.filter(school=office.school).count() == 2


def test_two_children_with_one_name_and_birthday_are_never_merged(office: Office) -> None:
    office.take(of_now(child("1")))
    shown = office.take(of_now(child("1"), child("2")))
    assert shown.counts == {"student": {"new": 1}}
    with unlocked():
        assert Student.objects.filter(school=office.school, first_name="Sam").count() == 2
    assert office.compare(of_now(child("1"), child("2"))).is_empty


def test_a_new_key_with_the_name_of_who_is_in_no_line_is_asked(office: Office) -> None:
    office.take(of_now(child("1"), child("2", "Noor")))
    one = only(office.compare(of_now(child("3"), child("2", "Noor"))))
    assert (one.kind, one.reason) == ("doubtful", "same_name")
    answer = {one.key: one.candidates[0].id}
    office.take(of_now(child("3"), child("2", "Noor")), answer)
    assert student(office, first_name="Sam").source_id == "3"
    assert office.compare(of_now(child("3"), child("2", "Noor"))).is_empty


def test_two_lines_that_are_one_child_are_asked(office: Office) -> None:
    office.take(of_now(child("1", eck_id="eck:a")))
    twice = of_now(child("1"), child("2", eck_id="eck:a"))
    one = only(office.compare(twice))
    assert one.reason == "named_twice"
    office.take(twice, {one.key: one.candidates[0].id})  # it is met already: nothing more
    assert student(office).source_id == "1"
    office.take(twice, {one.key: NEW})
    assert student(office, source_id="2").eck_id == ""  # that one is of another


# ── not in the file ──────────────────────────────────────────────────────────
def test_absence_only_proposes(office: Office) -> None:
    everybody = [child(str(number), f"Kind {number}") for number in range(20)]
    office.take(of_now(*everybody))
    shown = office.take(of_now(*everybody[1:]))
    one = only(shown)
    assert (one.kind, one.reason, one.detail) == ("gone", "not_in_file", "Groep 5")
    assert places(office, "0") == [("Groep 5", BEGIN, None)]
    assert not shown.asks_again({one.key: LEFT})
    office.take(of_now(*everybody[1:]), {one.key: LEFT})
    assert places(office, "0") == [("Groep 5", BEGIN, clock.today() - DAY)]
    assert office.compare(of_now(*everybody[1:])).is_empty


def test_two_of_one_name_who_are_gone_are_told_apart(office: Office) -> None:
    twins = [child(key, "Cato", born_on=date(2014, 3, day)) for key, day in (("1", 4), ("2", 5))]
    office.take(of_now(*twins, child("3", "Puck")))
    shown = office.take(of_now(child("3", "Puck")))
    assert {one.detail for one in shown.found} == {
        "04-03-2014, Groep 5, 1",
        "05-03-2014, Groep 5, 2",
    }


def test_half_the_children_gone_asks_again(office: Office) -> None:
    everybody = [child(str(number), f"Kind {number}") for number in range(10)]
    office.take(of_now(*everybody))
    of = office.begin(of_now(*everybody[:5]))
    shown = of.shown_differences()
    assert (shown.counts, shown.gone_share) == ({"student": {"gone": 5}}, 0.5)
    answers = of.gone_keys(LEFT)
    assert (len(answers), shown.asks_again(answers)) == (5, True)
    office.answer(of, answers)
    assert not office.confirm(office.again(of))
    assert office.again(of).state == "ready"
    assert office.confirm(office.again(of), sure=True)


def test_who_was_said_to_stay_is_not_asked_of_again_this_year(office: Office) -> None:
    office.take(of_now(child("1"), child("2", "Noor")))
    one = only(office.compare(of_now(child("1"))))
    office.take(of_now(child("1")), {one.key: STAYS})
    assert office.compare(of_now(child("1"))).is_empty
    assert office.compare(roster(child("1"), year=NEXT)).counts["student"]["gone"] == 1


def test_who_is_not_in_the_new_year_stays_in_the_old_group_until_answered(office: Office) -> None:
    office.take(of_now(child("1"), child("2", "Noor")))
    later = roster(child("1", group_key="G6"), year=NEXT)
    shown = office.take(later)
    assert places(office, "2") == [("Groep 5", BEGIN, None)]
    [gone] = [one for one in shown.found if one.kind == "gone"]
    office.take(later, {gone.key: LEFT})
    assert places(office, "2") == [("Groep 5", BEGIN, BEGIN_NEXT - DAY)]


# ── the school ───────────────────────────────────────────────────────────────
def test_a_file_of_another_school_is_refused(office: Office) -> None:
    of = office.begin(of_now(child("1"), brin="98XX00"))
    assert (of.state, problems(of)) == ("refused", ["other_school"])
    assert office.begin(of_now(child("1"), brin="99WH")).state == "ready"


def test_a_school_without_a_number_is_shown_that_of_the_file(cast: Cast) -> None:
    office = Office.of_new_school()
    shown = office.take(of_now(child("1"), brin="99WH01"))
    assert shown.counts["school"] == {"changed": 1}
    with unlocked():
        office.school.refresh_from_db()
    assert office.school.brin == "99WH01"
    assert problems(office.begin(of_now(child("1"), brin="99WH"))) == ["other_school"]


def test_a_school_takes_no_list_of_aftercare(office: Office) -> None:
    of = office.begin(of_now(child("1"), source="aftercare", year=""), "aftercare")
    assert problems(of) == ["other_kind"]


def test_children_of_aftercare_have_days(cast: Cast) -> None:
    bso = Office.of_new_school(kind="aftercare")
    groups = (GroupLine(key="De Kikkers", name="De Kikkers"),)
    told: dict[str, Any] = {"source": "aftercare", "year": "", "groups": groups}
    frog: dict[str, Any] = {"group_key": "De Kikkers", "group_name": "De Kikkers"}
    bso.take(roster(child("1", weekdays=(1, 4), **frog), **told), source="aftercare")
    with unlocked():
        place = Enrollment.objects.get(school=bso.school)
        assert (place.weekdays, place.group.name, place.group.year.name) == (
            [1, 4],
            "De Kikkers",
            year_of(clock.today()),
        )
    one = only(bso.take(roster(child("1", weekdays=(2,), **frog), **told), source="aftercare"))
    assert [(c.field, c.before, c.after) for c in one.changes] == [("weekdays", "1, 4", "2")]


def test_the_queries_do_not_grow_with_the_children(office: Office) -> None:
    counts = []
    for number in (3, 30):
        everybody = of_now(*(child(str(one), f"Kind {one}") for one in range(number)))
        with (
            seen_by(office.viewer),
            CaptureQueriesContext(
                connection,
            ) as ran,
        ):
            compare(everybody, office.school, {})
        counts.append(len(ran))
        office.take(everybody)
    assert counts[0] == counts[1] <= 12
