"""What becomes of a job when its worker, or the worker's way to the database, is gone half-way."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from kring.base.visibility import seen_by
from kring.events.bus import record
from kring.feed.models import Post
from tests.cast import Cast
from tests.faults.running import Running

pytestmark = pytest.mark.slow

LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'mail'"
GIVE_BACK = "UPDATE procrastinate_jobs SET status = 'todo' WHERE queue_name = 'mail' RETURNING id"
HOLD = b"SELECT FROM procrastinate_jobs WHERE queue_name = 'mail' FOR UPDATE"
END_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND query LIKE '%finish_job%'
"""
TOLD = """
SELECT email, state FROM notifications_notification notification
JOIN accounts_user person ON person.id = person_id AND joined_at IS NOT NULL
LEFT JOIN notifications_delivery delivery ON notification_id = notification.id
WHERE subject_id = %s ORDER BY email
"""
BOUND = 60  # seconds in which every job is done, whatever was lost
HELD = 60


def publish() -> Post:
    """A post that is out, with its dispatch in the queue."""
    cast = Cast()
    post, teacher = cast.post("sam", by="teacher"), cast.viewer("teacher")
    with seen_by(teacher):
        record("post.published", post, by=teacher)
    return post


class Held:
    """The first mail of a post, on its way for as long as we like."""

    def __init__(self, running: Running, *, taken: bool) -> None:
        self.running, self.go = running, threading.Event()
        office = running.post_office
        moment = office.after if taken else office.before
        moment.append(lambda: self.go.wait(HELD))
        self.post = publish()
        running.wait_until(lambda: not moment, BOUND)

    def let_go(self) -> None:
        """Let it arrive, and wait until all have."""
        self.go.set()
        self.running.wait_until(lambda: self.running.rows(LEFT) == [(0,)], BOUND)

    def each_went_once(self) -> bool:
        """Whether all who were told got their mail, and nobody got two."""
        mails = self.running.post_office.mails
        taken = sorted(mail.to for mail in mails if mail.post_id == self.post.pk)
        told = self.running.rows(TOLD, self.post.pk)
        return len(taken) > 1 and told == [(address, "sent") for address in taken]


def test_a_job_given_back_while_its_worker_lives_sends_nothing_twice(running: Running) -> None:
    held = Held(running, taken=False)
    running.rows(GIVE_BACK)
    time.sleep(3)  # the worker has a second place free, and looks every second
    held.let_go()
    assert held.each_went_once()


def test_a_job_whose_end_could_not_be_written_down_is_not_held_for_ever(running: Running) -> None:
    held = Held(running, taken=True)
    with psycopg.connect(running.postgres.url()) as other:
        other.execute(HOLD)
        held.go.set()
        running.wait_until(lambda: bool(running.rows(END_WHO_WAITS)), BOUND)
    held.let_go()
    assert held.each_went_once()


def test_a_worker_that_was_taken_for_dead_starts_anew_and_loses_nothing(running: Running) -> None:
    held = Held(running, taken=False)
    running.rows("DELETE FROM procrastinate_workers RETURNING id")
    held.let_go()
    later = Held(running, taken=False)
    later.let_go()
    assert held.each_went_once()
    assert later.each_went_once()


def test_what_was_sent_while_no_worker_lived_is_told_when_one_does(running: Running) -> None:
    with running.lock:  # nobody mends meanwhile
        (worker,) = (child for child in running.children if child.name == "worker")
        assert worker.process
        worker.process.kill()
        worker.process.wait()
        post = publish()
        time.sleep(1)
    assert not running.rows(TOLD, post.pk)
    running.wait_until(
        lambda: {"sent"} == {state for _, state in running.rows(TOLD, post.pk)}, BOUND
    )
