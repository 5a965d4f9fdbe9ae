"""What the questions of pages cost among 20,000 posts: short walks along indexes, no table read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kring.base.visibility import Viewer, seen_by
from kring.feed.page import FeedPage
from kring.feed.thread import OneThread
from kring.notifications.models import Notification
from kring.schools.middleware import ViewerRequest
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type Plan = dict[str, Any]

POSTS = 20_000
GROUPS = 20  # beside those of the cast; most posts are to one of them
MANY = {"feed_post", "feed_comment", "feed_like", "feed_reading", "notifications_notification"}
SESSION = SimpleNamespace(session_key="session")
READ_AT_MOST = 2_500  # rows of those tables, for one page

FILL = """
    INSERT INTO schools_group (id, school_id, created_at, year_id, name, grades, color, source_id)
    SELECT gen_random_uuid(), school_id, now(), year_id, 'groep ' || n, '{}', 1, ''
    FROM schools_group, generate_series(100, %(more)s) AS n WHERE id = %(group)s;
    INSERT INTO feed_post (id, school_id, created_at, author_id, whole_school, staff_only,
        group_ids, student_ids, published_at, card_id, text, byline, byline_role, allows_comments,
        key, like_count, comment_count)
    SELECT gen_random_uuid(), %(school)s, now(), %(author)s, n %% 10 = 0, false,
        CASE WHEN n %% 10 = 0 THEN '{}'::uuid[] ELSE groups[n %% array_length(groups, 1) + 1 :
            n %% array_length(groups, 1) + 1] END, '{}',
        now() - n * interval '1 minute', gen_random_uuid(), 'Dag.', 'Juf', 'teacher', true,
        gen_random_uuid(), 0, 0
    FROM generate_series(1, %(posts)s) AS n, (SELECT array_agg(id ORDER BY name) AS groups
         FROM schools_group WHERE school_id = %(school)s) AS all_groups;
    INSERT INTO feed_comment (id, school_id, created_at, post_id, author_id, byline, text, key)
    SELECT gen_random_uuid(), %(school)s, now(), id, %(author)s, 'Juf', 'Dag.', gen_random_uuid()
    FROM feed_post LIMIT %(posts)s / 5;
    INSERT INTO notifications_notification (id, school_id, created_at, person_id, event_id, verb,
        about_id, subject_id)
    SELECT gen_random_uuid(), %(school)s, now(), %(author)s, gen_random_uuid(), 'post.published',
        gen_random_uuid(), gen_random_uuid() FROM generate_series(1, %(posts)s);
    SET LOCAL session_replication_role = replica;
    INSERT INTO feed_like (id, school_id, created_at, post_id, user_id)
    SELECT gen_random_uuid(), %(school)s, now(), id, %(author)s FROM feed_post LIMIT %(posts)s / 10;
    SET LOCAL session_replication_role = origin;
    INSERT INTO feed_reading (id, school_id, created_at, post_id, user_id)
    SELECT gen_random_uuid(), %(school)s, now(), id, %(author)s FROM feed_post;
    ANALYZE feed_post, feed_comment, feed_like, feed_reading, notifications_notification;
    """


@pytest.fixture
def school(cast: Cast) -> Cast:
    """Two years of posts."""
    ids = {
        "school": cast.id("wilgenhoek"),
        "author": cast.id("teacher"),
        "group": cast.id("group_5"),
    }
    with unlocked(), connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(statement, {**ids, "posts": POSTS, "more": 99 + GROUPS})
    return cast


def plans(viewer: Viewer, act: Callable[[], object]) -> list[Plan]:
    """How the database answers each question that ``act`` asks."""
    found = []
    with seen_by(viewer), connection.cursor() as cursor:
        with CaptureQueriesContext(connection) as asked:
            act()
        for query in asked:
            if any(table in query["sql"] for table in MANY) and "SELECT" in query["sql"]:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                (told,) = cursor.fetchone()
                found.append((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])
    return found


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def rows_read(plan: Plan) -> int:
    """Of the large tables, also those that were put aside again."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan)
        if node.get("Relation Name") in MANY
    )


def check(found: list[Plan]) -> None:
    assert found
    for plan in found:
        whole = [node for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
        assert not [node for node in whole if node["Relation Name"] in MANY], plan
        assert rows_read(plan) <= READ_AT_MOST, plan


def asked_per_post(plan: Plan) -> set[str]:
    """The tables that deciding on one post asks again, for each post that is looked at."""
    return {
        inner["Relation Name"]
        for node in nodes(plan)
        if node.get("Relation Name") == "feed_post"
        for condition in node.get("Plans", ())
        if str(condition.get("Subplan Name", "")).startswith("SubPlan")
        for inner in nodes(condition)
        if "Relation Name" in inner
    }


def used_by(found: list[Plan]) -> set[str]:
    return {node["Index Name"] for plan in found for node in nodes(plan) if "Index Name" in node}


def test_a_page_of_the_feed_is_a_short_walk_along_an_index(school: Cast) -> None:
    for key in ("mother", "informed_father", "teacher", "principal"):
        viewer = school.viewer(key)
        found = plans(viewer, partial(getattr, FeedPage(viewer, "session"), "cards"))
        check(found)
        assert "post_feed" in used_by(found)
        assert not any(asked_per_post(plan) for plan in found)
    nobody = school.viewer("operator")
    found = plans(nobody, lambda: FeedPage(nobody, "session").cards)
    assert sum(map(rows_read, found)) == 0


def test_what_is_urgent_is_found_by_an_index_of_its_own(school: Cast) -> None:
    """Hundreds of them, of years; and most were confirmed."""
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE feed_post SET is_urgent = true, asks_reading = true"
            " WHERE id IN (SELECT id FROM feed_post ORDER BY published_at LIMIT 300)"
        )
        cursor.execute("ANALYZE feed_post")
    urgent: dict[str, Any] = {"is_urgent": True, "asks_reading": True}
    waiting = school.post("group_5", by="principal", **urgent)
    for key in ("mother", "teacher", "administrator"):
        viewer = school.viewer(key)
        page = FeedPage(viewer, "session")
        found = plans(viewer, partial(getattr, page, "cards"))
        check(found)
        assert "post_urgent" in used_by(found)
        assert page.cards[0].id == waiting.pk


def thread(request: ViewerRequest, post_id: UUID) -> dict[str, Any]:
    return OneThread.of(request, post_id).context()


def test_what_hangs_on_a_post_and_what_is_ones_own_is_found_by_an_index(school: Cast) -> None:
    post = school.post("group_5", by="teacher")
    factories.comment(post, school.id("mother"))
    for key in ("mother", "teacher", "principal"):
        viewer = school.viewer(key)
        request = cast(ViewerRequest, SimpleNamespace(viewer=viewer, session=SESSION))
        check(plans(viewer, partial(thread, request, post.pk)))
        own = Notification.objects.visible_to(viewer).filter(person=viewer.user_id)
        check(plans(viewer, partial(list, own.order_by("-created_at")[:20])))
