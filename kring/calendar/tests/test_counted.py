"""Messages and notices of the agenda are counted together: what a group gets in a day."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event as Signal
from time import sleep
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.audiences.messages import messages_of
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.calendar.models import CALM, CalendarEntry
from kring.calendar.tests.test_planning import changed, planned, told, verbs, withdrawn
from kring.events.models import Event
from kring.feed.budget import Budget
from kring.feed.models import Post
from kring.feed.tests.sheets import COMPOSE, SignIn, agree, hidden_fields, mark_of, sheet, standing
from kring.feed.tests.test_rules import publish
from tests.cast import Cast
from tests.database import Urls
from tests.unlocked import unlocked

DAY = timedelta(days=1)
REACH = reverse("feed:reach")
A_MOMENT, A_MINUTE = 0.3, 60  # seconds


def announced(cast: Cast, *to: str, by: str = "teacher") -> CalendarEntry:
    return planned(cast, by, *(to or ["group_5"]), tell=True)


def got(cast: Cast, who: str = "teacher", group: str = "group_5", **how: UUID) -> list[int]:
    """Of yesterday, today and tomorrow."""
    days, key = [clock.today() + ahead * DAY for ahead in (-1, 0, 1)], cast.id(group)
    with seen_by(cast.viewer(who)):
        counted = messages_of([key], days[0], days[-1], **how)
    return [counted[key, day] for day in days]


def was_told(entry: CalendarEntry, at: datetime) -> None:
    """As if all that was told of it had been told then."""
    with unlocked():
        Event.objects.filter(subject_id=entry.pk).update(created_at=at, due_at=at)
        CalendarEntry.objects.filter(pk=entry.pk).update(told_at=at)


# ── a school of one a day ────────────────────────────────────────────────────
def test_a_message_after_a_notice_is_one_too_many_and_another_day_is_offered(
    cast: Cast, sign_in: SignIn
) -> None:
    agree(cast, max_posts_a_day=1)
    announced(cast)
    with pytest.raises(ValidationError):
        publish(cast, "teacher", "group_5")
    teacher, form = sign_in("teacher"), sheet(cast)
    answer = teacher.post(COMPOSE, form)
    assert answer.status_code == 422
    tomorrow = (clock.today() + DAY).isoformat()
    assert f'name="on_free_day" value="{tomorrow}"' in answer.content.decode()
    assert teacher.post(COMPOSE, form | {"on_free_day": tomorrow}).status_code == 303
    next_door = sheet(cast, audience=[f"group:{cast.id('group_6')}"])
    assert sign_in("teacher_next_door").post(COMPOSE, next_door).status_code == 303
    assert len(standing()) == 2


def test_a_notice_after_a_message_is_one_too_many(cast: Cast) -> None:
    agree(cast, max_posts_a_day=1)
    publish(cast, "teacher", "group_5")
    with pytest.raises(ValidationError, match="groep 5"):
        announced(cast)
    with unlocked():
        assert not CalendarEntry.objects.exists()  # nothing of it
        assert not Event.objects.filter(verb__startswith="calendar.").exists()


def test_who_leads_and_what_is_urgent_do_not_ask_after_a_notice_either(
    cast: Cast, sign_in: SignIn
) -> None:
    agree(cast, max_posts_a_day=1, urgent_roles=["principal", "teacher"])
    announced(cast)
    teacher = sign_in("teacher")
    page = teacher.post(COMPOSE, sheet(cast, urgent="on")).content.decode()
    sent = teacher.post(COMPOSE, hidden_fields(page) | {"confirmed": mark_of(page)})
    assert sent.status_code == 303
    assert sign_in("principal").post(COMPOSE, sheet(cast)).status_code == 303


def test_the_meter_counts_a_notice(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=1, min_posts_a_week=1)
    teacher, asked = sign_in("teacher"), {"audience": f"group:{cast.id('group_5')}"}
    assert ' class="full"' not in teacher.get(REACH, asked).content.decode()
    announced(cast)
    page = teacher.get(REACH, asked).content.decode()
    assert ' class="full"' in page
    assert page.count("<li") == 1  # the week has its message, too


def test_a_message_and_a_notice_at_once_do_not_both_take_the_last_place(
    own_database: Urls,
) -> None:
    cast, held = Cast(), Signal()
    agree(cast, max_posts_a_day=1)
    here = cast.audience("group_5")

    def notice(by: Viewer) -> None:
        with seen_by(by):
            CalendarEntry.plan(here, by=by, key=uuid4(), told=told(), tell=True)
            held.set()
            sleep(A_MOMENT)  # the other looks before this is committed

    def message(by: Viewer) -> None:
        held.wait(A_MINUTE)
        with seen_by(by):
            Post.publish(here, by=by, text="Dag.", key=uuid4(), byline=("Juf", "teacher"))

    def went(act: Callable[[Viewer], None], who: str) -> bool:
        try:
            act(cast.viewer(who))
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(went, notice, "duo_teacher")
        second = threads.submit(went, message, "teacher")
        assert (first.result(), second.result()) == (True, False)


# ── what counts ──────────────────────────────────────────────────────────────
def test_what_is_told_at_nine_and_moved_at_three_counts_twice(cast: Cast) -> None:
    entry = announced(cast)
    was_told(entry, clock.start_of(clock.today()))
    assert got(cast) == [0, 1, 0]
    assert changed(cast, entry, "teacher", tell=True, place="de gymzaal")
    assert sum(got(cast)) == 2  # tomorrow, where the clock strikes twelve in a while
    assert got(cast)[1] >= 1


def test_a_notice_counts_on_the_day_that_it_goes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Near midnight a change is told tomorrow, and asks whether tomorrow has room."""
    agree(cast, max_posts_a_day=1)
    entry, other = (planned(cast, "teacher", "group_5") for _ in range(2))
    publish(cast, "teacher", "group_5")
    with pytest.raises(ValidationError):
        changed(cast, entry, "teacher", tell=True, place="de gymzaal")
    monkeypatch.setattr("kring.calendar.models.CALM", CALM + DAY)
    assert changed(cast, entry, "teacher", tell=True, place="de gymzaal")
    assert got(cast)[1:] == [1, 1]
    with pytest.raises(ValidationError, match="groep 5"):
        changed(cast, other, "teacher", tell=True, place="de gymzaal")


def test_a_day_is_a_day_at_school(cast: Cast) -> None:
    entry, before = announced(cast), timedelta(seconds=1)
    for moment, expected in (
        (clock.start_of(clock.today()) - before, [1, 0, 0]),
        (clock.start_of(clock.today()), [0, 1, 0]),
        (clock.end_of(clock.today()) - before, [0, 1, 0]),
        (clock.end_of(clock.today()), [0, 0, 1]),
    ):
        was_told(entry, moment)
        assert got(cast) == expected


def test_what_is_gone_does_not_count_and_what_is_called_off_does(cast: Cast) -> None:
    gone, off = announced(cast), announced(cast)
    assert got(cast) == [0, 2, 0]
    assert withdrawn(cast, gone, "teacher")
    assert withdrawn(cast, off, "teacher", called_off=True)
    assert got(cast) == [0, 1, 0]


def test_what_nobody_is_told_of_and_what_is_for_others_does_not_count(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5")
    assert changed(cast, entry, "teacher", place="de gymzaal")
    announced(cast, "group_6", by="principal")
    announced(cast, "wilgenhoek", by="principal")
    announced(cast, "staff of wilgenhoek")
    announced(cast, "sam")
    assert "calendar.moved" not in verbs(entry)
    assert got(cast) == [0, 0, 0]


def test_what_goes_by_itself_counts_for_who_comes_after(cast: Cast) -> None:
    soon = planned(cast, "teacher", "group_5", told=told(2 * DAY))
    assert changed(cast, soon, "teacher", place="de gymzaal")
    assert sum(got(cast)) == 1


def test_messages_and_notices_are_added(cast: Cast) -> None:
    cast.post("group_5", "group_6", by="principal", ago=timedelta())
    announced(cast, "group_5", "group_6", by="principal")
    announced(cast)
    assert (got(cast)[1], got(cast, group="group_6")[1]) == (3, 2)


def test_what_came_with_a_card_does_not_count_beside_it(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher", ago=timedelta())
    planned(cast, "teacher", "group_5", tell=True, card_id=post.card_id)
    announced(cast)
    assert got(cast)[1] == 3
    assert got(cast, besides=post.card_id)[1] == 1


@pytest.mark.parametrize("who", ["mother", "principal_elsewhere", "operator", "anonymous"])
def test_the_count_answers_who_works_for_the_school_only(cast: Cast, who: str) -> None:
    announced(cast)
    assert got(cast, who) == [0, 0, 0]
    assert got(cast, "teacher_next_door") == [0, 1, 0]


def test_a_job_counts_them_in_the_week_of_a_group(cast: Cast) -> None:
    announced(cast)
    key = cast.id("group_5")
    with seen_by(Viewer.service(cast.id("wilgenhoek"))):
        assert Budget.around(_monday(), [key]).this_week(key) == 1
    with seen_by(Viewer.service(cast.id("vijver"))):
        assert Budget.around(_monday(), [key]).this_week(key) == 0


def _monday() -> date:
    return clock.today() - clock.today().weekday() * DAY


def test_counting_is_a_query_for_messages_and_one_for_notices(cast: Cast) -> None:
    groups = [cast.id(one) for one in ("group_2", "group_5", "group_6")]
    for expected in (3, 30):
        while sum(got(cast)) < expected:
            announced(cast, "group_2", "group_5", "group_6", by="principal")
        with seen_by(cast.viewer("teacher")), CaptureQueriesContext(connection) as asked:
            counted = messages_of(groups, clock.today(), clock.today())
        assert set(counted.values()) == {expected}
        assert len(asked) == 2
    with seen_by(cast.viewer("teacher")), CaptureQueriesContext(connection) as asked:
        assert not messages_of([], clock.today(), clock.today())
    assert not asked.captured_queries
