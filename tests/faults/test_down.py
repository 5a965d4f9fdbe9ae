"""A mail server or push service that is down delays only what goes over it.

It refuses, or asks for patience, or takes the line and says nothing, which is worse: with
``patient`` settings the worker waits for a mail server longer than a test does, so what goes
meanwhile waits for no mail. More posts than a lane has places, so that each place may be taken by
somebody who waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.faults.crowd import PLACES, Crowd
from tests.faults.running import Running

SETTINGS = "tests.faults.patient"
TIME_PASSES = """
WITH due AS (
    UPDATE notifications_delivery SET due_at = now() WHERE state = 'queued' RETURNING id
), taken_up AS (
    UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' RETURNING id
)
SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM taken_up)
"""
# Of the mails about these things: whether each was put off so often, and what follows stands ready.
PUT_OFF = """
SELECT coalesce(bool_and(
    delivery.state = 'queued' AND delivery.trouble = '451' AND delivery.tries = %s
), false) AND NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing')
FROM notifications_delivery delivery
JOIN notifications_notification notification ON notification.id = delivery.notification_id
WHERE notification.about_id = ANY (%s) AND delivery.channel = 'email'
"""
OF_TEN_MINUTES = 3  # tries: at once, after one minute, after six

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crowd(running: Running, django_db_blocker: DjangoDbBlocker) -> Crowd:
    with django_db_blocker.unblock():
        return Crowd(running, people=60, a_telephone_per=3)


def several(crowd: Crowd, *, urgent: bool) -> list[UUID]:
    return [crowd.publish(urgent=urgent) for _ in range(PLACES + 1)]


@pytest.mark.parametrize("how", ["closed", "silent", "busy"])
@pytest.mark.parametrize("urgent", [False, True])
def test_a_dead_mail_server_does_not_delay_push(crowd: Crowd, how: str, *, urgent: bool) -> None:
    office = crowd.running.post_office
    down: Callable[[], AbstractContextManager[None]] = getattr(office, how)
    before = len(office.mails)
    with down():
        posts = several(crowd, urgent=urgent)
        crowd.wait_for(lambda: all_are_done(crowd, posts, "push"))
        assert len(office.mails) == before
        assert crowd.progress(*posts, channels=("email",))[1] == 0
    all_went_once(crowd, posts)


def test_a_mail_server_that_says_later_for_ten_minutes_gets_all_then_and_once(
    crowd: Crowd,
) -> None:
    office = crowd.running.post_office
    before = len(office.mails)
    with office.busy():
        posts = several(crowd, urgent=False)
        for tries in range(1, OF_TEN_MINUTES + 1):
            wait_until_put_off(crowd, posts, tries)
            crowd.running.rows(TIME_PASSES)
        assert len(office.mails) == before
    all_went_once(crowd, posts)


def wait_until_put_off(crowd: Crowd, posts: list[UUID], tries: int) -> None:
    """By the worker, so many times in a row."""
    crowd.wait_for(lambda: crowd.running.rows(PUT_OFF, tries, posts) == [(True,)])


@pytest.mark.parametrize("how", ["503", "hang"])
@pytest.mark.parametrize("urgent", [False, True])
def test_a_push_service_that_is_down_does_not_delay_mail(
    crowd: Crowd, how: str, *, urgent: bool
) -> None:
    telephones = crowd.running.telephones
    before = len(telephones.taken)
    with telephones.out_of_order(how):
        posts = several(crowd, urgent=urgent)
        crowd.wait_for(lambda: all_are_done(crowd, posts, "email"))
        crowd.wait_for(lambda: telephones.asked > 0)
        assert len(telephones.taken) == before
        assert crowd.progress(*posts, channels=("push",))[1] == 0
    all_went_once(crowd, posts)


def all_are_done(crowd: Crowd, posts: list[UUID], channel: str) -> bool:
    return all(crowd.is_done(about, channels=(channel,)) for about in posts)


def all_went_once(crowd: Crowd, posts: list[UUID]) -> None:
    """When it is well again, and the waits are over."""

    def over() -> bool:
        crowd.running.rows(TIME_PASSES)
        return crowd.is_done(*posts)

    crowd.running.wait_until(over, 300, every=2)
    went = crowd.deliveries(*posts)
    assert {one.state for one in went} == {"sent"}
    times = Counter(mail.message_id for mail in crowd.running.post_office.mails)
    times.update(crowd.running.telephones.names())
    assert {times[one.name] for one in went} == {1}
