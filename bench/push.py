"""Web Push to 10,000 endpoints of a service on this machine, of which 30 % are no good.

Ours: the worker's jobs, from taking the deliveries to what is noted of each: who may still know,
what it says and in which language, sealed, sent, answered. Six in a hundred endpoints answer 404,
as many 410, 429, 500, and as many nothing at all.

The floor is the bare encryption of as many messages, by the same library in the same process.
The second figure is how much later the last of them went than where all endpoints are good: what
all that are not delay it together, so that no single one can delay another for longer.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from urllib.request import urlopen
from uuid import UUID, uuid4

import psycopg
from django.test import override_settings

from bench import school
from bench.measure import Measure
from kring.audiences.models import Audience
from kring.base.visibility import seen_by
from kring.database import EmbeddedPostgres
from kring.events.jobs import dispatch
from kring.feed.models import Post
from kring.notifications.pushing.keys import new_pair
from kring.schools.viewers import viewer_of

ENDPOINTS = 10_000
BAD = ("404", "410", "429", "500", "hang")  # six in a hundred each
EACH = 6
GOAL, LONGEST_DELAY = 0.25, 2.0  # of the bare rate; seconds

PEOPLE = """
CREATE TEMPORARY TABLE reader AS
SELECT number, md5('push ' || number)::uuid AS id FROM generate_series(1, %(many)s) AS number;
INSERT INTO accounts_user (id, email, first_name, infix, last_name, sort_key, language, is_active,
    joined_at, created_at, password)
SELECT id, 'push' || number || '@kring.example', 'Ouder', '', 'Push', 'push', 'nl', true, now(),
    now(), '!' FROM reader;
INSERT INTO schools_guardianship (id, school_id, guardian_id, student_id, relation, has_authority,
    access, has_secret_address, telephone, starts_at, created_at)
SELECT gen_random_uuid(), md5('school')::uuid, id, md5('student ' || 1 + number %% 250)::uuid,
    'other', 'yes', 'in_care', false, '', now() - interval '1 year', now() FROM reader;
INSERT INTO notifications_preference (id, person_id, kind, channel, wanted, created_at)
SELECT gen_random_uuid(), id, 'school', 'email', false, now() FROM reader;
INSERT INTO django_session (session_key, session_data, expire_date)
SELECT 'push' || number, '', now() + interval '1 day' FROM reader;
INSERT INTO usersessions_usersession
    (user_id, session_key, ip, user_agent, created_at, last_seen_at, data)
SELECT id, 'push' || number, '127.0.0.1', '', now(), now(), '{}' FROM reader;
"""
DEVICES = """
INSERT INTO notifications_pushsubscription
    (id, person_id, created_at, session_id, endpoint, p256dh, auth, device)
SELECT md5('device ' || number)::uuid, reader.id, now(), session.id,
    %(origin)s || '/' || CASE WHEN number %% 100 < %(bad)s
        THEN (%(answers)s::text[])[1 + number %% 100 / %(each)s] ELSE '201' END || '/' || number,
    %(key)s, 'c2l4dGVlbiBvY3RldHMuLg', ''
FROM reader JOIN usersessions_usersession session ON session.session_key = 'push' || number;
"""
GONE = """
DELETE FROM notifications_delivery WHERE notification_id IN
    (SELECT id FROM notifications_notification WHERE subject_id = %(post)s);
DELETE FROM notifications_notification WHERE subject_id = %(post)s;
DELETE FROM feed_post WHERE id = %(post)s;
DELETE FROM events_event WHERE subject_id = %(post)s;
DELETE FROM procrastinate_jobs WHERE queue_name IN ('push', 'mail', 'events');
DELETE FROM notifications_pushsubscription;
"""
LEFT = """
DELETE FROM usersessions_usersession WHERE user_id IN (SELECT id FROM reader);
DELETE FROM django_session WHERE session_key LIKE 'push%';
DELETE FROM notifications_preference WHERE person_id IN (SELECT id FROM reader);
DELETE FROM schools_guardianship WHERE guardian_id IN (SELECT id FROM reader);
DELETE FROM accounts_user WHERE id IN (SELECT id FROM reader);
"""


def measure() -> Iterator[Measure]:
    """Messages a second, and the delay."""
    with (
        school.running() as postgres,
        psycopg.connect(postgres.url(), autocommit=True) as owner,
        _listening() as origin,
    ):
        cursor = psycopg.ClientCursor(owner)  # several statements at once
        cursor.execute(PEOPLE, {"many": ENDPOINTS})
        try:
            good = _pushed(postgres, cursor, origin, bad=0)
            mixed = _pushed(postgres, cursor, origin, bad=EACH * len(BAD))
        finally:
            cursor.execute(LEFT)
    rate, bare = mixed["rate"], mixed["bare"]
    yield Measure(name="push", value=rate, floor=bare, goal=GOAL, better="higher", unit="/s")
    yield Measure(
        name="push delay",
        value=max(0.0, mixed["last"] - good["last"]),
        goal=LONGEST_DELAY,
        unit="s",
    )
    yield Measure(name="push stall", value=mixed["stall"], goal=LONGEST_DELAY, unit="s")


def _pushed(
    postgres: EmbeddedPostgres, cursor: psycopg.ClientCursor, origin: str, *, bad: int
) -> dict[str, float]:
    told = {"origin": origin, "bad": bad, "each": EACH, "answers": list(BAD)}
    cursor.execute(DEVICES, told | {"key": new_pair()[0]})
    post_id = _published(cursor)
    try:
        cursor.execute("ANALYZE")
        run = _run(postgres, origin)
        with urlopen(f"{origin}/told") as answer:  # noqa: S310 - our own
            came = sorted(json.loads(answer.read()))
        assert len(came) == ENDPOINTS, len(came)
        gaps = (later - sooner for sooner, later in pairwise(came))
        return {
            "rate": ENDPOINTS / run["seconds"],
            "bare": run["bare"],
            "last": came[-1] - run["began"],
            "stall": max(gaps),
        }
    finally:
        cursor.execute(GONE, {"post": post_id})


def _published(cursor: psycopg.ClientCursor) -> UUID:
    """A post to the whole school, and everybody told: their push messages wait."""
    by = viewer_of(school.identity("principal"))
    audience = Audience(school.identity("school"), whole_school=True)
    with override_settings(UNDO_SECONDS=0), seen_by(by):
        post = Post.publish(
            audience, by=by, text="Morgen vrij.", key=uuid4(), byline=("Willem Bosch", "principal")
        )
    cursor.execute("SELECT school_id, id FROM events_event WHERE subject_id = %s", [post.pk])
    [(school_id, event_id)] = cursor.fetchall()
    dispatch(school_id=str(school_id), event_id=str(event_id))
    return post.pk


def _run(postgres: EmbeddedPostgres, origin: str) -> dict[str, float]:
    environment = school.environment(postgres.url("kring_worker"))
    device = school.identity("device 50")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bench.pushing", str(device)],
        env=environment | {"KRING_PUSH_SERVICES": origin, "KRING_LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


@contextmanager
def _listening() -> Iterator[str]:
    """The service, in a process of its own."""
    command = [sys.executable, "-m", "bench.push_stub"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as stub:  # noqa: S603
        assert stub.stdout
        try:
            yield f"http://127.0.0.1:{int(stub.stdout.readline())}"
        finally:
            stub.terminate()
