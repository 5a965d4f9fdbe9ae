"""The floor of the feed page: its rows in raw SQL, and a bare response of the same size.

A WSGI application for the same server. It logs in as the owner, whom row security does not bind,
keeps its connections and their prepared statements, and knows beforehand what the page has to
find out: which person this is, and which schools, groups and children are hers.
"""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

TOLD = json.loads(os.environ.get("BENCH_BARE", "{}"))  # session, person, schools, groups, bytes
PERSON = """
SELECT s.session_data, s.expire_date, u.* FROM django_session s, accounts_user u
WHERE s.session_key = %s AND s.expire_date > now() AND u.id = %s
"""
STAYS = """
SELECT s.id, s.first_name, g.id, g.name, g.color, o.id, o.name, o.kind
FROM schools_guardianship t
JOIN schools_enrollment e USING (school_id, student_id)
JOIN schools_student s ON s.id = e.student_id
JOIN schools_group g ON g.id = e.group_id
JOIN schools_school o ON o.id = e.school_id
WHERE t.guardian_id = %s
"""
POSTS = """
SELECT p.id, p.card_id, p.school_id, p.author_id, p.byline, p.byline_role, p.whole_school,
    p.staff_only, p.group_ids, p.student_ids, p.published_at, p.withdrawn_at, p.edited_at, p.text,
    p.allows_comments, p.like_count, p.comment_count, o.name, o.kind,
    EXISTS (SELECT FROM feed_like l WHERE l.post_id = p.id AND l.user_id = %(person)s),
    EXISTS (SELECT FROM feed_reading r WHERE r.post_id = p.id AND r.user_id = %(person)s)
FROM unnest(%(schools)s::uuid[]) AS school, LATERAL (
    SELECT * FROM feed_post
    WHERE school_id = school AND withdrawn_at IS NULL AND published_at <= now()
        AND (whole_school OR group_ids && %(groups)s::uuid[])
    ORDER BY published_at DESC, card_id DESC LIMIT 21
) AS p JOIN schools_school o ON o.id = p.school_id
ORDER BY p.published_at DESC, p.card_id DESC LIMIT 21
"""
PHOTOS = """
SELECT post_id, asset_id, width, height, placeholder FROM feed_postphoto
WHERE post_id = ANY (%s) ORDER BY position
"""

pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=4,
    kwargs={"autocommit": True, "prepare_threshold": 0},
    open=False,
)


def application(
    request: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """The rows of one page; then as many bytes as the page has."""
    length = int(request["QUERY_STRING"] or 0)
    if length:
        rows()
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(length))])
    return [bytes(length)]


def rows() -> None:
    """Fetch what the page needs."""
    pool.open()
    with pool.connection() as connection:
        person = UUID(TOLD["person"])
        connection.execute(PERSON, [TOLD["session"], person]).fetchall()
        connection.execute(STAYS, [person]).fetchall()
        ids = {name: [UUID(one) for one in TOLD[name]] for name in ("schools", "groups")}
        posts = connection.execute(POSTS, {"person": person, **ids}).fetchall()
        photos = connection.execute(PHOTOS, [[post[0] for post in posts[:20]]]).fetchall()
        assert (len(posts), len(photos)) == (21, 60)
