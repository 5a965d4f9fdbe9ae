"""What the office does with an import, each thing once; and what becomes of it in time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils.translation import override

from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import seen_by
from kring.events.handlers import handlers
from kring.events.models import AuditEntry, Event
from kring.importing.applying import one_at_a_time
from kring.importing.differences import LEFT, NEW, SKIP
from kring.importing.jobs import (
    apply_import,
    compare_import,
    settle_every_school,
    settle_old,
)
from kring.importing.models import Import, ImportedRow
from kring.importing.roster import Problem
from kring.importing.sources import Column, Reading
from kring.importing.tests.taking import Office, carer, child, problems, roster
from kring.schools.models import Guardianship, Student
from tests import factories
from tests.cast import Cast
from tests.database import urls
from tests.unlocked import as_worker, unlocked

S = Import.State


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office.of_new_school(brin="99WH00")


def trail(office: Office) -> list[str]:
    with unlocked():
        found = AuditEntry.objects.filter(school_id=office.school.pk).order_by("created_at", "id")
        return [one.verb for one in found]


def begin(office: Office, reading: Reading) -> Import:
    by = office.viewer
    with seen_by(by):
        return Import.begin(office.school, "edexml", reading, ["a" * 300], by=by)


def act(office: Office, do: Callable[[], bool]) -> bool:
    with seen_by(office.viewer):
        return do()


def queued(school_id: object) -> list[tuple[str, dict[str, str]]]:
    """The jobs that wait for a school: of importing, with what they are given."""
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args FROM procrastinate_jobs WHERE args->>'school_id' = %s"
            " AND task_name LIKE 'kring.importing.%%' ORDER BY id",
            [str(school_id)],
        )
        return [
            (name, json.loads(args) if isinstance(args, str) else args) for name, args in cursor
        ]


LISTED = (Column(number=1, header="Naam", taken_for="first_name"),)


def test_what_cannot_be_read_is_refused_and_kept_with_its_reasons(office: Office) -> None:
    reading = Reading(roster=None, problems=(Problem(code="empty", file="EDEX.XML"),))
    of = begin(office, reading)
    assert (of.state, problems(of), len(of.file_names[0])) == ("refused", ["empty"], 200)
    with unlocked():
        assert not Event.objects.filter(subject_id=of.pk).exists()
    by = office.viewer
    assert act(office, lambda: of.discard(by=by))


def test_a_list_asks_for_its_columns_first(office: Office) -> None:
    of = begin(office, Reading(roster=None, columns=LISTED, missing=("last_name",)))
    by = office.viewer
    assert of.state == S.MAPPING
    assert not act(office, lambda: of.remap(None, by=by))  # nothing could be read yet
    assert act(office, lambda: of.remap(Reading(roster=None, columns=LISTED), by=by))
    assert of.state == S.MAPPING
    assert act(office, lambda: of.remap(Reading(roster=roster(child()), columns=LISTED), by=by))
    assert office.again(of).state == S.COMPARING
    assert office.again(of).year == "2026-2027"
    assert not act(office, lambda: of.remap(None, by=by))


def test_what_is_settled_keeps_no_cells_of_the_columns(office: Office) -> None:
    of = begin(office, Reading(roster=roster(child("1")), columns=LISTED))
    assert office.again(of).columns
    by = office.viewer
    assert act(office, lambda: of.remap(None, by=by))
    compare_import(school_id=str(office.school.pk), import_id=str(of.pk))
    of = office.again(of)
    assert of.state == S.READY
    assert office.confirm(of)
    of = office.apply(of)
    assert (of.state, of.columns) == (S.APPLIED, [])


def test_columns_that_are_right_as_guessed_need_no_second_reading(office: Office) -> None:
    of = begin(office, Reading(roster=roster(child("1")), columns=LISTED))
    by = office.viewer
    assert of.state == S.MAPPING
    assert [act(office, lambda: of.remap(None, by=by)) for _ in range(2)] == [True, False]
    assert office.again(of).roster


def test_each_verb_does_one_thing_however_often_it_is_clicked(office: Office) -> None:
    of = office.begin(roster(child("1"), child("2", "Noor")))
    by = office.viewer
    assert not act(office, lambda: of.undo(by=by))
    assert [act(office, lambda: of.confirm(by=by)) for _ in range(2)] == [True, False]
    assert not act(office, lambda: of.answer({}, by=by))
    assert not act(office, lambda: of.discard(by=by))
    assert office.apply(of).state == S.APPLIED
    assert [act(office, lambda: of.undo(by=by)) for _ in range(2)] == [True, False]
    with unlocked():
        verbs = Event.objects.filter(subject_id=of.pk).order_by("created_at")
        assert [one.verb for one in verbs] == [
            "import.begun",
            "import.confirmed",
            "import.undo_asked",
        ]


def test_an_import_is_the_offices_alone(office: Office, cast: Cast) -> None:
    of = office.begin(roster(child("1")))
    for key in ("administrator", "principal_elsewhere", "mother"):
        by = cast.viewer(key)
        with seen_by(by):
            assert not of.confirm(by=by)
            assert not of.discard(by=by)


def test_nothing_is_applied_while_something_doubtful_is_open(office: Office) -> None:
    office.take(roster(child("")))
    of = office.begin(roster(child("")))
    by = office.viewer
    assert not act(office, lambda: of.confirm(by=by))
    [one] = of.shown_differences().found
    office.answer(of, {"of nothing": NEW})
    assert office.again(of).answers == {}
    office.answer(of, {one.key: NEW})
    office.answer(office.again(of), {one.key: NEW})
    assert trail(office).count("import.answered") == 1
    assert act(office, lambda: of.confirm(by=by))


def test_an_import_that_is_put_away_keeps_no_names(office: Office) -> None:
    of = office.begin(roster(child("1")))
    by = office.viewer
    assert act(office, lambda: of.discard(by=by))
    of = office.again(of)
    assert (of.state, of.roster, of.differences) == (S.DISCARDED, None, None)
    assert trail(office) == ["import.begun", "import.discarded"]


def test_what_was_applied_keeps_no_roster_and_stands_in_the_trail(office: Office) -> None:
    of = office.begin(roster(child("1", carers=(carer(),))))
    assert office.confirm(of)
    of = office.apply(of)
    assert (of.roster, of.done, of.total) == (None, of.total, of.done)
    assert of.counts["student"] == {"new": 1}
    assert of.undo_until == (of.applied_at or clock.now()) + timedelta(days=1)
    with unlocked():
        made = Student.objects.get(school=office.school)
        tie = Guardianship.objects.get(school=office.school)
        told = AuditEntry.objects.filter(school_id=office.school.pk, student_id=made.pk)
        assert {(one.verb, one.actor_id, one.person_id) for one in told} == {
            ("student.added", office.person.pk, None),
            ("guardianship.began", office.person.pk, tie.guardian_id),
        }


def test_what_was_changed_since_the_office_looked_is_shown_anew(office: Office) -> None:
    office.take(roster(child("1"), child("2", "Noor")))
    moved = roster(child("1", "Samuel"))
    of = office.begin(moved)
    office.answer(of, of.gone_keys(LEFT))
    assert office.confirm(office.again(of), sure=True)
    with unlocked():
        Student.objects.filter(school=office.school, source_id="1").update(first_name="Sammie")
    of = office.apply(of)
    assert (of.state, problems(of)) == (S.READY, ["changed_meanwhile"])
    assert of.answers == of.gone_keys(LEFT)
    [change] = [one for one in of.shown_differences().found if one.kind == "changed"]
    assert change.changes[0].before == "Sammie"
    assert office.confirm(of, sure=True)
    assert office.apply(of).state == S.APPLIED


def test_a_year_that_has_ended_since_is_refused_when_it_is_applied(office: Office) -> None:
    of = office.begin(roster(child("1")))
    assert office.confirm(of)
    office.take(roster(child("1"), year="2027-2028"))
    of = office.apply(of)
    assert (of.state, problems(of), of.roster) == (S.REFUSED, ["older_year"], None)


def test_two_imports_of_one_school_do_not_do_the_same_twice(office: Office) -> None:
    first, second = office.begin(roster(child("1"))), office.begin(roster(child("1")))
    assert office.confirm(first)
    assert office.confirm(second)
    assert office.apply(first).state == S.APPLIED
    second = office.apply(second)
    assert (second.state, second.shown_differences().is_empty) == (S.READY, True)


def test_two_imports_of_one_school_never_write_at_a_time(office: Office, cast: Cast) -> None:
    asked = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    with at_work(office.school.pk):
        one_at_a_time(office.school.pk)
        with psycopg.connect(urls(str(connection.settings_dict["NAME"])).owner) as other:
            free = [
                other.execute(asked, [f"kring.importing {school}"]).fetchone()
                for school in (office.school.pk, cast.id("kompas"))
            ]
    assert free == [(False,), (True,)]


def test_what_cannot_be_written_is_said_and_not_tried_for_hours(office: Office) -> None:
    of = office.begin(roster(child("1", first_name="x" * 70)))
    assert office.confirm(of)
    of = office.apply(of)
    assert (of.state, problems(of)) == (S.READY, ["not_applied"])
    with unlocked():
        assert not Student.objects.filter(school=office.school).exists()


def test_a_job_that_runs_again_does_nothing(office: Office) -> None:
    of = office.begin(roster(child("1")))
    compare_import(**office.ids(of))
    assert office.confirm(of)
    office.apply(of)
    apply_import(**office.ids(of))
    with unlocked():
        assert Student.objects.filter(school=office.school).count() == 1


@pytest.mark.parametrize(
    ("verb", "job"),
    [
        ("import.begun", "compare_import"),
        ("import.confirmed", "apply_import"),
        ("import.undo_asked", "undo_import"),
    ],
)
def test_the_bus_wakes_the_job(office: Office, verb: str, job: str) -> None:
    of = begin(office, Reading(roster=roster(child("1"))))
    with unlocked():
        event = Event.objects.get(subject_id=of.pk)
    with at_work(office.school.pk):
        for handler in handlers[verb]:
            handler(event)
    [(name, arguments)] = queued(office.school.pk)
    assert name == f"kring.importing.jobs.{job}"
    assert arguments == {"school_id": str(office.school.pk), "import_id": str(of.pk)}


def test_imports_of_two_weeks_ago_are_put_away_and_old_ones_keep_counts(office: Office) -> None:
    office.take(roster(child("")))
    waiting, ended = office.begin(roster(child(""))), office.begin(roster(child("1", "Noor")))
    office.answer(waiting, {one.key: SKIP for one in waiting.shown_differences().found})
    assert office.again(waiting).answers
    refused = begin(office, Reading(roster=None, problems=(Problem(code="empty"),)))
    assert office.confirm(ended)
    office.apply(ended)
    ids = [waiting.pk, ended.pk, refused.pk]
    with unlocked():
        long_ago = clock.now() - timedelta(days=15)
        Import.objects.filter(pk__in=ids).update(created_at=long_ago)
        Import.objects.filter(pk=ended.pk).update(undo_until=long_ago)
    settle_old(school_id=str(office.school.pk), of=str(office.school.pk))
    waiting, ended, refused = map(office.again, (waiting, ended, refused))
    assert (waiting.state, waiting.roster, waiting.differences) == (S.DISCARDED, None, None)
    assert waiting.answers == {}  # their keys are names
    assert (ended.state, ended.differences) == (S.APPLIED, None)
    assert ended.counts["student"] == {"new": 1, "gone": 1}
    assert (refused.state, refused.problems) == (S.REFUSED, [])
    for of in (waiting, ended, refused):
        with override("en"):
            assert (of.file_names, of.shown, of.files) == ([""], "", "1 file")
    by = office.viewer
    assert not act(office, lambda: ended.undo(by=by))  # its day is over


def test_every_school_is_settled_at_night(office: Office, cast: Cast) -> None:
    with as_worker():
        settle_every_school(0)
    for school_id in (str(office.school.pk), str(cast.id("kompas"))):
        told = {"school_id": school_id, "of": school_id}
        assert queued(school_id) == [("kring.importing.jobs.settle_old", told)]


def test_an_import_and_its_rows_say_what_they_are(office: Office) -> None:
    office.take(roster(child("1")))
    assert str(office.last) == "edexml applied"
    with unlocked():
        row = ImportedRow.objects.filter(of=office.last, model="schools.student").get()
    assert str(row) == f"schools.student {row.row_id}"


def test_a_person_of_another_school_is_not_touched(office: Office, cast: Cast) -> None:
    factories.student(cast.id("kompas"), "Sam", source_id="1")
    assert office.take(roster(child("1"))).counts["student"] == {"new": 1}
