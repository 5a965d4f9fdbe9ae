"""The weekly note to the teachers of a group that heard little."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import Viewer, seen_by
from kring.events.jobs import dispatch
from kring.events.models import Event
from kring.feed import silence
from kring.feed.silence import VERB, monday_of, remind, remind_every_school
from kring.notifications import letters
from kring.notifications.kinds import Kind
from kring.notifications.models import Delivery, Notification
from kring.notifications.tests.conftest import waiting
from kring.schools.models import ClosedDay, Policy, WorkingHours
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked

WEEK = timedelta(days=7)


@pytest.fixture
def asked(cast: Cast) -> Cast:
    """A school that wants a message a week per group."""
    with unlocked():
        Policy.objects.filter(school=cast.id("wilgenhoek")).update(min_posts_a_week=1)
    return cast


def this_monday() -> date:
    return monday_of(clock.today())


def run(cast: Cast, school: str = "wilgenhoek", monday: date | None = None) -> list[Event]:
    """The job of one school, and what it put on the bus; told of all of that."""
    school_id = str(cast.id(school))
    with unlocked():
        before = set(Event.objects.filter(verb=VERB).values_list("pk", flat=True))
    remind(school_id=school_id, of=school_id, monday=str(monday or this_monday()))
    with unlocked():
        made = list(Event.objects.filter(verb=VERB).exclude(pk__in=before))
    for event in made:
        dispatch(school_id=school_id, event_id=str(event.pk))
    return made


def told(cast: Cast, group: str = "group_5") -> set[str | None]:
    """Who was told that this group was quiet."""
    with unlocked():
        notes = Notification.objects.filter(verb=VERB, subject_id=cast.id(group))
        return {cast.key(one.person_id) for one in notes}


def silent(events: list[Event]) -> set[UUID]:
    return {one.subject_id for one in events}


def test_the_teachers_of_a_quiet_group_are_told_once(asked: Cast) -> None:
    first = run(asked)
    assert asked.id("group_5") in silent(first)
    assert told(asked) == {"teacher", "duo_teacher"}  # no aide, nobody who is here for one day
    run(asked)
    run(asked)
    with unlocked():
        mine = Notification.objects.filter(verb=VERB, person=asked.id("teacher"))
        assert mine.filter(subject_id=asked.id("group_5")).count() == 1


def test_a_group_that_heard_enough_is_left_alone(asked: Cast) -> None:
    asked.post("group_5", "group_6", by="principal")
    assert silent(run(asked)).isdisjoint({asked.id("group_5"), asked.id("group_6")})


@pytest.mark.parametrize(
    "kind",
    ["of last week", "withdrawn", "urgent", "to the school", "to one family"],
)
def test_what_does_not_count(asked: Cast, kind: str) -> None:
    teacher: dict[str, Any] = {"by": "teacher"}
    match kind:
        case "of last week":
            asked.post("group_5", ago=WEEK, **teacher)
        case "withdrawn":
            gone: dict[str, Any] = {
                "withdrawn_at": clock.now(),
                "withdrawn_by_id": asked.id("teacher"),
            }
            asked.post("group_5", **teacher, **gone)
        case "urgent":
            asked.post("group_5", **teacher, is_urgent=True)
        case "to the school":
            asked.post("wilgenhoek", by="principal")
        case _:
            asked.post("sam", **teacher)
    assert asked.id("group_5") in silent(run(asked))


def test_the_note_and_the_meter_of_the_composer_count_the_same(
    asked: Cast, sign_in: Callable[[str], Client]
) -> None:
    with unlocked():
        Policy.objects.filter(school=asked.id("wilgenhoek")).update(min_posts_a_week=3)
    audience = {"audience": f"group:{asked.id('group_5')}"}
    teacher = sign_in("teacher")
    for count in range(4):
        shown = teacher.get(reverse("feed:reach"), audience).text
        lacks = bool(re.search(rf"{count} (of at least|van minstens) 3", shown))
        assert lacks is (asked.id("group_5") in silent(run(asked))) is (count < 3)
        asked.post("group_5", by="teacher")


def test_what_is_planned_for_the_rest_of_the_week_counts(asked: Cast) -> None:
    end = clock.end_of(this_monday() + timedelta(days=6)) - timedelta(minutes=1)
    asked.post("group_5", by="teacher", ago=clock.now() - end)
    assert asked.id("group_5") not in silent(run(asked))


def test_two_a_week_are_two(asked: Cast) -> None:
    with unlocked():
        Policy.objects.filter(school=asked.id("wilgenhoek")).update(min_posts_a_week=2)
    asked.post("group_5", "group_6", by="principal")
    assert asked.id("group_5") in silent(run(asked))
    asked.post("group_5", by="teacher")
    assert asked.id("group_5") not in silent(run(asked))


def test_without_a_rule_nobody_is_told(cast: Cast) -> None:
    assert run(cast) == []
    with unlocked():
        Policy.objects.filter(school=cast.id("wilgenhoek")).delete()
    assert run(cast) == []


@pytest.mark.parametrize(("days", "says"), [(5, False), (3, False), (2, True), (1, True)])
def test_a_week_with_little_school_asks_for_nothing(asked: Cast, days: int, says: bool) -> None:  # noqa: FBT001
    monday = this_monday()
    last = monday + timedelta(days=days - 1)
    here = {"school_id": asked.id("wilgenhoek"), "name": "Vrij"}
    factories.made(ClosedDay(starts_on=monday, ends_on=last, **here))
    assert bool(run(asked)) is says


def test_only_on_friday_afternoon_by_the_clock_of_the_school(asked: Cast) -> None:
    moments = {
        datetime(2026, 11, 20, 13, tzinfo=UTC): True,  # 14:00 in winter
        datetime(2026, 7, 3, 12, tzinfo=UTC): True,  # 14:00 in summer
        datetime(2026, 11, 20, 15, tzinfo=UTC): True,  # nobody was there at 14:00
        datetime(2026, 11, 20, 12, tzinfo=UTC): False,
        datetime(2026, 11, 20, 16, tzinfo=UTC): False,
        datetime(2026, 11, 19, 13, tzinfo=UTC): False,
        datetime(2026, 10, 25, 13, tzinfo=UTC): False,  # the night of summer time is a Sunday's
    }
    for moment, runs in moments.items():
        before = len(waiting(remind))
        with as_worker():
            remind_every_school(int(moment.timestamp()))
        assert (len(waiting(remind)) > before) is runs, moment


def test_two_schedulers_and_a_clock_that_jumped_tell_once(asked: Cast) -> None:
    friday = int(datetime(2026, 11, 20, 13, tzinfo=UTC).timestamp())
    with as_worker():
        for later in (0, 0, 3600, 7200):
            remind_every_school(friday + later)
    here = str(asked.id("wilgenhoek"))
    jobs = [one for one in waiting(remind) if one["of"] == here]
    assert {one["monday"] for one in jobs} == {"2026-11-16"}
    for _ in jobs:
        run(asked)
    with unlocked():
        rows = Notification.objects.filter(verb=VERB, subject_id=asked.id("group_5"))
        assert rows.count() == len(told(asked)) == 2


def test_the_next_week_is_another_week(asked: Cast) -> None:
    run(asked)
    with unlocked():
        connection.cursor().execute(
            "UPDATE notifications_notification SET created_at = created_at - interval '7 days',"
            " about_id = gen_random_uuid() WHERE verb = %s",
            [VERB],
        )
    run(asked)
    with unlocked():
        mine = Notification.objects.filter(verb=VERB, person=asked.id("teacher"))
        assert mine.filter(subject_id=asked.id("group_5")).count() == 2


def letter_to(cast: Cast, key: str) -> Any:
    with unlocked():
        note = Notification.objects.filter(verb=VERB, person=cast.id(key)).first()
    assert note
    return letters.write(note.pk, note.person_id)


def test_the_letter_names_the_group_and_goes_no_more_once_enough_was_said(asked: Cast) -> None:
    run(asked)
    _person, written = letter_to(asked, "teacher")
    assert asked.group_5.name in written.text
    assert asked.group_5.name in written.subject
    assert written.stops == Kind.SILENCE  # each teacher can do without
    asked.post("group_5", by="teacher")
    assert letter_to(asked, "teacher") is None


def test_who_teaches_the_group_no_more_hears_nothing(asked: Cast) -> None:
    run(asked)
    with unlocked():
        lessons = asked.teacher.assignments.all()
        lessons.update(ends_on=clock.today() - timedelta(days=1))
        note = Notification.objects.get(verb=VERB, person=asked.id("teacher"))
    assert letters.write(note.pk, note.person_id) is None
    with at_work(asked.id("wilgenhoek")):
        may = letters.entitled[VERB](note).values_list("pk", flat=True)
        assert set(may) == {asked.id("duo_teacher")}


def test_who_was_dismissed_hears_nothing_while_the_roster_still_names_her(asked: Cast) -> None:
    with unlocked():
        held = asked.teacher.employments.all()
        held.update(ends_on=clock.today() - timedelta(days=1))
    run(asked)
    assert told(asked) == {"duo_teacher"}


def test_the_list_shows_it_in_as_many_queries_for_many_as_for_one(
    asked: Cast, django_assert_num_queries: Any
) -> None:
    run(asked)
    viewer: Viewer = asked.viewer("teacher")
    with seen_by(viewer):
        notes = list(Notification.objects.visible_to(viewer).filter(verb=VERB))
        with django_assert_num_queries(3):  # the groups, their messages, their notices
            shown = silence.line_of_silence(notes, viewer)
        assert asked.group_5.name in shown[notes[0].pk].title
        with django_assert_num_queries(3):
            silence.line_of_silence(notes * 30, viewer)
    stranger = asked.viewer("teacher_next_door")
    with seen_by(stranger):
        assert silence.line_of_silence(notes, stranger) == {}


def test_who_does_not_work_now_is_told_when_she_does(asked: Cast) -> None:
    days = {1, 2, 3, 4, 5, 6, 7} - {clock.today().isoweekday()}
    for day in days:
        hours = {"weekday": day, "starts_at": "08:00", "ends_at": "16:30"}
        here = {"school_id": asked.id("wilgenhoek"), "person_id": asked.id("teacher")}
        factories.made(WorkingHours(**here, **hours))
    run(asked)
    with unlocked():
        mails = Delivery.objects.filter(notification__verb=VERB, channel="email")
        due = {asked.key(one.person_id): one.due_at for one in mails}
    assert due["teacher"] > clock.now()
    assert due["teacher"].astimezone(clock.SCHOOL_TIME).hour == 8
    assert due["duo_teacher"] <= clock.now()
