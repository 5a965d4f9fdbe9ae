"""The locks and the way back agree: for every model, every person and every thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import Count, Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from kring.accounts.models import User
from kring.base.visibility import POLICY, Reach, Rule, rule_of, seen_by
from kring.feed.models import Comment, Post
from tests.cast import EVERYBODY, Cast
from tests.unlocked import unlocked
from tests.visibility import scene
from tests.visibility.looking import (
    OURS,
    Model,
    by_name,
    things,
    through_the_first_lock,
    through_the_second_lock,
)

REACHES: list[Reach] = ["seeing", "photos", "taking_part", "commenting", "staff"]


@pytest.fixture
def world(cast: Cast) -> Cast:
    scene.everything(cast)
    return cast


def the_way_back(rule: Rule, model: Model) -> Iterator[tuple[str, str]]:
    """Who sees what, by asking each thing for its people."""
    for thing in things(model):
        with unlocked(), CaptureQueriesContext(connection) as asked:
            people = list(User.objects.filter(rule.people(thing)).values_list("pk", flat=True))
        assert len(asked) <= 1
        yield from ((key, str(thing.pk)) for pk in people if (key := Cast().key(pk)))


@pytest.mark.parametrize("model", OURS, ids=by_name)
def test_both_locks_and_the_way_back_agree(world: Cast, model: Model) -> None:
    first, second = set(), set()
    for key in EVERYBODY:
        viewer = world.viewer(key)
        first |= {(key, str(pk)) for pk in through_the_first_lock(viewer, model)}
        second |= {(key, str(pk)) for pk in through_the_second_lock(viewer, model)}
    assert first == second
    assert first == set(the_way_back(rule_of(model), model))


@pytest.mark.parametrize("reach", REACHES)
def test_the_three_ways_agree_on_each_reach_into_a_post(world: Cast, reach: Reach) -> None:
    rule, first, second = rule_of(Post, reach), set(), set()
    for key in EVERYBODY:
        viewer = world.viewer(key)
        with unlocked():
            reached = Post.objects.reached_by(viewer, reach)
            first |= {(key, str(pk)) for pk in reached.values_list("pk", flat=True)}
        with seen_by(viewer), connection.cursor() as cursor:
            condition = rule.sql(Post, "p", POLICY)
            cursor.execute(f"SELECT id FROM feed_post p WHERE {condition}")  # noqa: S608 - our own
            second |= {(key, str(pk)) for (pk,) in cursor.fetchall()}
    assert first == second
    assert first == set(the_way_back(rule, Post))


def test_the_rule_follows_its_row_wherever_a_query_puts_it(world: Cast) -> None:
    mother, teacher = world.viewer("mother"), world.viewer("teacher")
    with unlocked():
        seen, taught = (set(Post.objects.visible_to(one)) for one in (mother, teacher))
        comments = set(Comment.objects.visible_to(mother))
        mine = Post.objects.visible_to(mother)
        everything = Post.objects.unscoped("to look at it from outside")
        own = Comment.objects.visible_to(mother).filter(post=OuterRef("pk"))
        assert seen != taught
        assert set(everything.filter(pk__in=mine.values("pk"))) == seen
        assert set(everything.exclude(pk__in=mine.values("pk"))) == set(everything) - seen
        assert set(everything.filter(Exists(own))) == {one.post for one in _with_posts(comments)}
        assert set(mine | Post.objects.visible_to(teacher)) == seen | taught
        assert set(mine & Post.objects.visible_to(teacher)) == seen & taught
        assert set(mine.union(Post.objects.visible_to(teacher))) == seen | taught
        assert mine.count() == len(seen) == mine.aggregate(n=Count("pk"))["n"]
        assert set(Comment.objects.visible_to(mother).filter(post__in=mine)) == comments
        assert set(mine.filter(comments__isnull=False).distinct()) <= seen
        assert set(mine.order_by("author__first_name").select_related("author")) == seen


def _with_posts(comments: set[Comment]) -> list[Comment]:
    ids = [one.pk for one in comments]
    return list(
        Comment.objects.unscoped("with their posts").filter(pk__in=ids).select_related("post")
    )


def test_the_three_ways_agree_on_who_may_change_a_name_card(world: Cast) -> None:
    rule, first, second = rule_of(User, "changing"), set(), set()
    for key in EVERYBODY:
        viewer = world.viewer(key)
        with unlocked():
            allowed = User.objects.changeable_by(viewer)
            first |= {(key, str(pk)) for pk in allowed.values_list("pk", flat=True)}
        with seen_by(viewer), connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM accounts_user u WHERE {rule.sql(User, 'u', POLICY)}")  # noqa: S608 - our own
            second |= {(key, str(pk)) for (pk,) in cursor.fetchall()}
    assert first == second
    assert first == set(the_way_back(rule, User))
