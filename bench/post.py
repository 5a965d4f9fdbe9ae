"""A post to 400 guardians: all that is written from the button to the queue of mails, in wall time.

Ours: the principal publishes to the whole school inside her block (post, event, job), and the
worker's job tells everybody who may see it (a notification and a delivery each, and the job that
sends them): two transactions, both locks, recipients worked out by the rules.

The floor: exactly the rows that this left, copied in by their owner in one transaction, with the
same keys, indexes, triggers and fsync, but no row security and nothing to work out.
"""

import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
from django.test import override_settings

from bench import school
from bench.measure import Measure
from kring.audiences.models import Audience
from kring.base.visibility import Viewer, seen_by
from kring.events.jobs import dispatch
from kring.feed.models import Post
from kring.schools.viewers import viewer_of

type Told = dict[str, UUID | int | None]

ROUNDS = 25  # the two sides take turns; of each the best
GUARDIANS = 400
MS = 1000
WRITTEN = {  # what a post leaves behind, in the order of its keys
    "feed_post": "id = %(post)s",
    "events_event": "subject_id = %(post)s",
    "procrastinate_jobs": "id > %(job)s",
    "notifications_notification": "subject_id = %(post)s",
    "notifications_delivery": "notification_id IN"
    " (SELECT id FROM notifications_notification WHERE subject_id = %(post)s)",
}


def measure() -> Measure:
    """Milliseconds for one post, both sides warm."""
    with school.running() as postgres, psycopg.connect(postgres.url(), autocommit=True) as owner:
        rounds = list(_rounds(owner))[1:]
    value, floor = map(min, zip(*rounds, strict=True))
    return Measure(name="post", value=MS * value, floor=MS * floor, goal=5, unit="ms")


def _rounds(owner: psycopg.Connection) -> Iterator[tuple[float, float]]:
    by = viewer_of(school.identity("principal"))
    for _ in range(ROUNDS + 1):
        told: Told = {"post": None, "job": _last_job(owner)}
        value = _publish(by, told) + _tell(owner, told)
        rows = _taken_out(owner, told)
        yield value, _put_in(owner, rows)
        _taken_out(owner, told)


def _publish(by: Viewer, told: Told) -> float:
    audience = Audience(school.identity("school"), whole_school=True)
    before = time.perf_counter()
    with override_settings(UNDO_SECONDS=0), seen_by(by):
        post = Post.publish(
            audience,
            by=by,
            text="Woensdag is er studiedag: alle groepen zijn dan vrij.",
            key=uuid4(),
            byline=("Willem Bosch", "principal"),
        )
    told["post"] = post.pk
    return time.perf_counter() - before


def _tell(owner: psycopg.Connection, told: Told) -> float:
    """Run the job, as the worker does."""
    found = owner.execute(
        "SELECT school_id, id FROM events_event WHERE subject_id = %(post)s", told
    ).fetchall()
    [(school_id, event_id)] = found
    before = time.perf_counter()
    dispatch(school_id=str(school_id), event_id=str(event_id))
    return time.perf_counter() - before


def _taken_out(owner: psycopg.Connection, told: Told) -> dict[str, list[bytes]]:
    """The rows, as they stood in their tables."""
    rows: dict[str, list[bytes]] = {}
    for table, where in WRITTEN.items():
        read = f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT"  # noqa: S608 - our own words
        with owner.cursor().copy(read, told) as out:
            rows[table] = [bytes(row) for row in out]
    for table, where in reversed(WRITTEN.items()):
        owner.execute(f"DELETE FROM {table} WHERE {where}", told)  # noqa: S608 - our own words
    assert len(rows["notifications_delivery"]) >= GUARDIANS
    return rows


def _put_in(owner: psycopg.Connection, rows: dict[str, list[bytes]]) -> float:
    before = time.perf_counter()
    with owner.transaction():
        for table, lines in rows.items():
            with owner.cursor().copy(f"COPY {table} FROM STDIN") as into:
                for line in lines:
                    into.write(line)
    return time.perf_counter() - before


def _last_job(owner: psycopg.Connection) -> int:
    [(last,)] = owner.execute("SELECT coalesce(max(id), 0) FROM procrastinate_jobs").fetchall()
    return int(last)
