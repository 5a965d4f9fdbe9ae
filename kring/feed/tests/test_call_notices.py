"""Who hears that the call list opened: the writer and the office, where families are left."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.jobs import dispatch, dispatch_first
from kring.events.models import Event
from kring.feed.models import Call, Post
from kring.feed.notices_calls import VERB, show_the_list, who_may_still_call
from kring.feed.tests.urgent import urgent
from kring.notifications.channels.email import compose
from kring.notifications.letters import write
from kring.notifications.models import Notification
from kring.schools.models import Guardianship
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

LATER = timedelta(minutes=25)


def come_out(post: Post) -> None:
    """The worker tells of a post that came out."""
    event = factories.event(post)
    dispatch(school_id=str(post.school_id), event_id=str(event.pk))


def due(post: Post) -> list[Event]:
    with unlocked():
        return list(Event.objects.filter(verb=VERB, subject_id=post.pk))


def open_the_list(post: Post) -> None:
    """The moment came: the worker looks who is left."""
    ids = {"school_id": post.school_id, "subject_id": post.pk}
    event = factories.made(Event(verb=VERB, **ids))
    dispatch_first(school_id=str(post.school_id), event_id=str(event.pk))


def told(post: Post) -> dict[str | None, Notification]:
    with unlocked():
        rows = Notification.objects.filter(verb=VERB, about_id=post.card_id)
        return {Cast().key(one.person_id): one for one in rows}


def test_the_look_is_planned_once_for_the_moment_that_the_sender_chose(cast: Cast) -> None:
    post = urgent(cast, call_at=clock.now() + LATER)
    for _ in range(2):
        come_out(post)
    assert len(due(post)) == 1
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE args ->> 'event_id' = %s",
            [str(due(post)[0].pk)],
        )
        assert cursor.fetchall() == [(post.call_at,)]


@pytest.mark.parametrize("why", ["no list", "withdrawn"])
def test_nothing_is_planned_where_nobody_calls(cast: Cast, why: str) -> None:
    gone = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    post = urgent(cast, **{"call_at": None} if why == "no list" else gone)
    come_out(post)
    assert due(post) == []


def test_the_writer_and_the_office_hear_how_many_are_left(cast: Cast) -> None:
    post = urgent(cast, text="Sam moet worden opgehaald.")
    for _ in range(2):
        open_the_list(post)
    assert told(post).keys() == {"teacher", "principal", "administrator"}
    written = write(told(post)["administrator"].pk, cast.id("administrator"))
    assert written
    person, letter = written
    mail = compose(letter, person, uuid4())
    assert "24" in mail.subject
    assert letter.path == f"/posts/{post.pk}/calls/"
    assert letter.stops == ""
    assert "Sam" not in mail.body


def test_nobody_hears_when_all_were_reached(cast: Cast) -> None:
    post = urgent(cast, "sam")
    factories.reading(post, cast.id("mother"))
    factories.confirmation(post, cast.id("co_parent"), way="mail")
    open_the_list(post)
    assert told(post) == {}


def test_who_was_told_gets_no_mail_when_the_last_was_reached_meanwhile(cast: Cast) -> None:
    post = urgent(cast, "sam")
    open_the_list(post)
    for who in ("mother", "co_parent"):
        guardian, fields = cast.id(who), {"outcome": Call.Outcome.REACHED, "ended_at": clock.now()}
        factories.call(
            post, cast.id("sam"), cast.id("teacher"), family=guardian, guardian_ids=[guardian],
            **fields,
        )  # fmt: skip
    assert write(told(post)["administrator"].pk, cast.id("administrator")) is None


def test_a_message_that_was_withdrawn_calls_nobody(cast: Cast) -> None:
    post = urgent(cast)
    open_the_list(post)
    notification = told(post)["principal"]
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by=cast.id("teacher"))
    assert write(notification.pk, cast.id("principal")) is None
    with unlocked():
        assert not who_may_still_call(notification).exists()
    other = urgent(cast, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("teacher"))
    open_the_list(other)
    assert told(other) == {}


def test_a_writer_who_may_not_know_all_families_is_sent_nowhere(cast: Cast) -> None:
    post = urgent(cast, "wilgenhoek", by="teacher")
    open_the_list(post)
    assert write(told(post)["teacher"].pk, cast.id("teacher")) is None
    for who, seen in (("teacher", False), ("principal", True)):
        viewer = cast.viewer(who)
        with seen_by(viewer):
            assert bool(show_the_list([told(post)[who]], viewer)) is seen


def test_a_writer_who_was_dismissed_is_told_of_nothing(cast: Cast) -> None:
    post = urgent(cast)
    open_the_list(post)
    with unlocked():
        cast.teacher.employments.update(ends_on=clock.today() - timedelta(days=1))
        may = who_may_still_call(told(post)["teacher"]).values_list("pk", flat=True)
        assert {cast.key(one) for one in may} == {"principal", "administrator"}


def test_a_guardian_who_ended_is_nobody_to_call(cast: Cast) -> None:
    post = urgent(cast, "sam")
    factories.reading(post, cast.id("mother"))
    with unlocked():
        ties = Guardianship.objects.filter(guardian=cast.co_parent)
        ties.update(ends_at=clock.now() - factories.MINUTE)
    open_the_list(post)
    assert told(post) == {}
