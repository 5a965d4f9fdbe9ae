"""Kill -9 of the worker during a fan-out to thousands, at random instants.

Afterwards each is told once in the app, and of the mails at most the one in flight at each kill
went again, under the same name. A worker that is left alone goes on within a minute of the kill.

By itself it is short. The whole of it: fifty kills, five thousand people, some ten minutes::

    KRING_FAULT_KILLS=50 KRING_FAULT_PEOPLE=5000 bin/test tests/faults/test_fanout.py

``KRING_FAULT_SEED`` repeats what was drawn.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from uuid import UUID

import psycopg
import pytest
from pytest_django.plugin import DjangoDbBlocker

from kring.base.visibility import seen_by
from kring.events.bus import record
from kring.feed.models import Post
from tests.cast import Cast
from tests.faults.running import Running

KILLS = int(os.environ.get("KRING_FAULT_KILLS", "6"))
PEOPLE = int(os.environ.get("KRING_FAULT_PEOPLE", "1200"))
SEED = os.environ.get("KRING_FAULT_SEED") or str(random.randrange(10**6))  # noqa: S311
LONGEST_LIFE = 3.0  # seconds of a worker before it is killed; it takes one or two to come
GOES_ON_WITHIN = 60  # seconds after a kill the next delivery went, if nobody kills meanwhile
LEFT_ALONE = 1 / 2  # of the workers, until they did something; the others may die as they come
AT_REST_WITHIN = 60 + PEOPLE / 50  # seconds after the last kill: a minute, and then the mails

pytestmark = pytest.mark.slow

CROWD = """
WITH person AS (
    INSERT INTO accounts_user (id, email, first_name, infix, last_name, sort_key, language, about,
        is_active, joined_at, created_at, password)
    SELECT gen_random_uuid(), 'menigte' || number || '@kring.example', 'Ouder', '', 'Nummer',
        'nummer', 'nl', '', true, now(), now(), '!'
    FROM generate_series(1, %s) AS number RETURNING id
)
INSERT INTO schools_guardianship (id, school_id, guardian_id, student_id, relation, has_authority,
    access, has_secret_address, telephone, starts_at, created_at)
SELECT gen_random_uuid(), %s, id, %s, 'other', 'yes', 'in_care', false, '',
    now() - interval '1 day', now() FROM person
"""
LEFT = """
SELECT count(*) FROM notifications_delivery WHERE state IN ('queued', 'sending')
"""
WENT = """
SELECT count(*) FROM notifications_delivery delivery
JOIN notifications_notification notification ON notification.id = delivery.notification_id
WHERE notification.about_id = %s AND delivery.done_at IS NOT NULL
"""
TOLD = """
SELECT notification.person_id, delivery.id, delivery.state
FROM notifications_notification notification
LEFT JOIN notifications_delivery delivery ON delivery.notification_id = notification.id
WHERE notification.about_id = %s
"""


class Crowded:
    """A school with thousands of guardians of one child, so that one post is one fan-out."""

    def __init__(self, running: Running) -> None:
        self.running, self.cast = running, Cast()
        with psycopg.connect(running.postgres.url(), autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(CROWD, [PEOPLE, self.cast.id("wilgenhoek"), self.cast.id("sam")])

    def publish(self, to: str = "sam", *, urgent: bool = False) -> Post:
        """A post that is out, with its dispatch in the queue."""
        post = self.cast.post(to, by="teacher", is_urgent=urgent)
        teacher = self.cast.viewer("teacher")
        with seen_by(teacher):
            record("post.published", post, by=teacher, urgent=urgent)
        return post

    def told(self, post: Post) -> list[tuple[UUID, UUID | None, str | None]]:
        """Per notification of a post: the person, and the delivery with its state."""
        return self.running.rows(TOLD, post.card_id)

    def went(self, post: Post) -> int:
        """How many of its deliveries are done."""
        ((count,),) = self.running.rows(WENT, post.card_id)
        return int(count)

    def goes_on(self, post: Post) -> float:
        """How many seconds it takes until another went; raises TimeoutError after a minute."""
        before = self.went(post)

        def another_went() -> bool:
            return self.went(post) > before or (bool(self.told(post)) and self.is_at_rest())

        return self.running.wait_until(another_went, GOES_ON_WITHIN)

    def is_at_rest(self) -> bool:
        """Whether everything went."""
        return self.running.rows(LEFT) == [(0,)]


@pytest.fixture(scope="module")
def crowded(running: Running, django_db_blocker: DjangoDbBlocker) -> Crowded:
    with django_db_blocker.unblock():
        return Crowded(running)


def test_whenever_the_worker_dies_everybody_is_told_once(
    crowded: Crowded, running: Running
) -> None:
    print(f"KRING_FAULT_SEED={SEED} KRING_FAULT_KILLS={KILLS}")  # noqa: T201
    chance = random.Random(SEED)  # noqa: S311
    post, kills, slowest = crowded.publish(), 0, 0.0
    while kills < KILLS:
        time.sleep(chance.uniform(0.2, LONGEST_LIFE))
        running.kill("worker")
        kills += 1
        if kills == KILLS or chance.random() < LEFT_ALONE:
            slowest = max(slowest, crowded.goes_on(post))
        if crowded.told(post) and crowded.is_at_rest():  # all went: another, for the kills left
            check(crowded, post, kills)
            post = crowded.publish()
    waited = running.wait_until(
        lambda: bool(crowded.told(post)) and crowded.is_at_rest(), AT_REST_WITHIN
    )
    check(crowded, post, kills)
    print(  # noqa: T201
        f"{KILLS} kills; went on within {slowest:.0f} s; at rest {waited:.0f} s after the last"
    )


def check(crowded: Crowded, post: Post, kills: int) -> None:
    """Each once, all sent, and of the mails at most one for each kill twice."""
    told = crowded.told(post)
    people = Counter(person for person, _, _ in told)
    assert len(people) >= PEOPLE
    assert set(people.values()) == {1}
    sent = {f"<{delivery}@localhost>" for _, delivery, _ in told if delivery}
    assert {state for _, delivery, state in told if delivery} == {"sent"}
    mails = [mail for mail in crowded.running.post_office.mails if mail.post_id == post.pk]
    names = Counter(mail.message_id for mail in mails)
    assert set(names) == sent
    assert len(mails) - len(sent) <= kills
    assert len({(mail.to, mail.message_id) for mail in mails}) == len(sent)


def test_what_is_urgent_overtakes_thousands(crowded: Crowded, running: Running) -> None:
    running.wait_until(crowded.is_at_rest, AT_REST_WITHIN)
    many = crowded.publish()
    running.wait_until(lambda: bool(crowded.told(many)), AT_REST_WITHIN)
    first = crowded.publish("lina", urgent=True)
    running.wait_until(lambda: _all_sent(crowded, first), AT_REST_WITHIN)
    assert not crowded.is_at_rest()
    assert running.wait_until(crowded.is_at_rest, AT_REST_WITHIN)


def _all_sent(crowded: Crowded, post: Post) -> bool:
    told = [state for _, delivery, state in crowded.told(post) if delivery]
    return bool(told) and set(told) == {"sent"}
