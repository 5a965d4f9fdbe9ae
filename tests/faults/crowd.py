"""Thousands who are told of one thing, many of them on a telephone, too."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from kring.base.visibility import seen_by
from kring.events.bus import record
from kring.feed.models import Post
from kring.notifications.pushing.message import topic_of
from tests.cast import Cast
from tests.faults.running import Running
from tests.push_service import Phone

PEOPLE = int(os.environ.get("KRING_FAULT_PEOPLE", "1200"))  # two chunks: two lines of mail at once
WITHIN = 180 + PEOPLE / 5  # seconds in which all went, also where much else runs on two cores
PLACES = 2  # jobs that a lane does at a time

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
TELEPHONES = """
WITH chosen AS MATERIALIZED (
    SELECT id AS person_id, replace(gen_random_uuid()::text, '-', '') AS key FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS number FROM accounts_user
        WHERE email LIKE 'menigte%%'
    ) AS people WHERE number %% %s = 0
), signed_in AS (
    INSERT INTO django_session (session_key, session_data, expire_date)
    SELECT key, '', now() + interval '1 day' FROM chosen
), browser AS (
    INSERT INTO usersessions_usersession
        (user_id, session_key, ip, user_agent, data, created_at, last_seen_at)
    SELECT person_id, key, '127.0.0.1', '', '{}', now(), now() FROM chosen
    RETURNING id, user_id, session_key
)
INSERT INTO notifications_pushsubscription
    (id, person_id, created_at, session_id, endpoint, p256dh, auth, device)
SELECT gen_random_uuid(), user_id, now(), id, %s || session_key, %s, %s, '' FROM browser
"""
TOLD = """
SELECT id, person_id, created_at FROM notifications_notification WHERE about_id = ANY (%s)
"""
DELIVERIES = """
SELECT delivery.id, delivery.notification_id, delivery.channel, delivery.chunk, device.endpoint,
    delivery.state, delivery.trouble, delivery.done_at
FROM notifications_delivery delivery
JOIN notifications_notification notification ON notification.id = delivery.notification_id
LEFT JOIN notifications_pushsubscription device ON device.id = delivery.subscription_id
WHERE notification.about_id = ANY (%s)
"""
PROGRESS = """
SELECT count(*) FILTER (WHERE delivery.done_at IS NULL), count(delivery.done_at)
FROM notifications_delivery delivery
JOIN notifications_notification notification ON notification.id = delivery.notification_id
WHERE notification.about_id = ANY (%s) AND delivery.channel = ANY (%s)
"""
BOTH = ("email", "push")


@dataclass(frozen=True, kw_only=True)
class Going:
    """A delivery, and the name under which the other side knows it."""

    name: str  # the Message-ID; or the endpoint and the topic
    channel: str
    chunk: UUID
    state: str
    trouble: str
    done_at: datetime | None


class Crowd:
    """A school with thousands of guardians of one child, so that one post is one fan-out."""

    def __init__(self, running: Running, *, people: int = PEOPLE, a_telephone_per: int = 2) -> None:
        self.running, self.cast = running, Cast()
        phone = Phone("")  # all have the same keys: nobody here opens anything
        with psycopg.connect(running.postgres.url(), autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(CROWD, [people, self.cast.id("wilgenhoek"), self.cast.id("sam")])
            place = f"{running.telephones.origin}/201/"
            owner.execute(TELEPHONES, [a_telephone_per, place, phone.p256dh, phone.auth])

    def publish(self, to: str = "sam", *, urgent: bool = False) -> UUID:
        """A post that is out, with its dispatch in the queue; what the notifications are about."""
        post: Post = self.cast.post(to, by="teacher", is_urgent=urgent)
        teacher = self.cast.viewer("teacher")
        with seen_by(teacher):
            record("post.published", post, by=teacher, urgent=urgent)
        return post.card_id

    # ── how far it is ────────────────────────────────────────────────────────
    def told(self, *about: UUID) -> list[tuple[UUID, UUID, datetime]]:
        """Per notification: its id, the person, and when it was made."""
        return self.running.rows(TOLD, list(about))

    def deliveries(self, *about: UUID) -> list[Going]:
        """All of them, as they stand now."""
        return [
            Going(
                name=f"{endpoint} {topic_of(told)}" if endpoint else f"<{key}@localhost>",
                channel=channel,
                chunk=chunk,
                state=state,
                trouble=trouble,
                done_at=done_at,
            )
            for key, told, channel, chunk, endpoint, state, trouble, done_at in self.running.rows(
                DELIVERIES, list(about)
            )
        ]

    def progress(self, *about: UUID, channels: tuple[str, ...] = BOTH) -> tuple[int, int]:
        """How many are left, and how many are done."""
        ((left, done),) = self.running.rows(PROGRESS, list(about), list(channels))
        return int(left), int(done)

    def is_done(self, *about: UUID, channels: tuple[str, ...] = BOTH) -> bool:
        """Whether people were told, and everything went."""
        left, done = self.progress(*about, channels=channels)
        return not left and bool(done)

    def wait_for(self, ready: Callable[[], bool]) -> float:
        """How many seconds it took."""
        return self.running.wait_until(ready, WITHIN)
