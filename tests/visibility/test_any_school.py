"""The three ways agree on any school: made-up places, ties and lessons, posts at every border."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from hypothesis.strategies import SearchStrategy

from kring.accounts.models import User
from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import POLICY, Reach, rule_of, seen_by
from kring.feed.models import Post
from kring.schools.models import (
    Employment,
    Enrollment,
    Guardianship,
    Policy,
    Student,
    TeachingAssignment,
)
from kring.schools.viewers import viewer_of
from tests.cast import Cast
from tests.unlocked import unlocked

type Drawn = dict[str, Any]

SCHOOL, GROUPS = Cast().id("wilgenhoek"), [Cast().id("group_5"), Cast().id("group_6")]
CHILDREN = [UUID(int=number) for number in (1, 2, 3)]
PEOPLE = [UUID(int=number) for number in (11, 12, 13)]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY, NOW = clock.today(), clock.now()
# Around today, and around the days that have 23 and 25 hours.
DAYS = [
    *(TODAY + count * DAY for count in (-40, -2, -1, 0, 1, 30)),
    *(date(2025, 3, day) for day in (29, 30, 31)),
    *(date(2025, 10, day) for day in (25, 26, 27)),
]
MOMENTS = [
    *(
        start + step
        for day in DAYS
        for start in [clock.start_of(day)]
        for step in (-DAY / 86400, 0 * DAY, 12 * HOUR)
    ),
    NOW - HOUR,
    NOW + HOUR,
]

days = some.sampled_from(DAYS)
maybe_later = some.none() | some.integers(0, 3)


def lasting(**fields: SearchStrategy[Any]) -> SearchStrategy[Drawn]:
    """From a day, to a day or for now."""
    return some.fixed_dictionaries({"starts_on": days, "lasts": maybe_later, **fields})


places = lasting(student_id=some.sampled_from(CHILDREN), group_id=some.sampled_from(GROUPS))
lessons = lasting(user_id=some.sampled_from(PEOPLE), group_id=some.sampled_from(GROUPS))
jobs = lasting(
    user_id=some.sampled_from(PEOPLE),
    role=some.sampled_from(["teacher", "counselor", "principal", "administrator"]),
)
ties: SearchStrategy[Drawn] = some.fixed_dictionaries(
    {
        "guardian_id": some.sampled_from(PEOPLE),
        "student_id": some.sampled_from(CHILDREN),
        "access": some.sampled_from(Guardianship.Access.values),
        "lasting": some.sampled_from(
            [
                (NOW - 90 * DAY, None),
                (NOW - HOUR, None),
                (NOW - HOUR, NOW - HOUR / 2),
                (NOW - HOUR, NOW + HOUR),
                (NOW + HOUR, None),
            ]
        ),
    }
)
audiences = some.one_of(
    some.just(Audience(SCHOOL, whole_school=True)),
    some.just(Audience(SCHOOL, staff_only=True)),
    some.sets(some.sampled_from(GROUPS), min_size=1).map(
        lambda ids: Audience(SCHOOL, group_ids=tuple(ids))
    ),
    some.sets(some.sampled_from(CHILDREN), min_size=1).map(
        lambda ids: Audience(SCHOOL, student_ids=tuple(ids))
    ),
)
posts = some.fixed_dictionaries(
    {
        "audience": audiences,
        "author_id": some.sampled_from(PEOPLE),
        "published_at": some.sampled_from(MOMENTS),
        "withdrawn_at": some.sampled_from([None, None, None, NOW]),
        "allows_comments": some.booleans(),
    }
)
policies = some.sampled_from([(True, True), (True, False), (False, False)])


def once(strategy: SearchStrategy[Drawn], *key: str, most: int) -> SearchStrategy[list[Drawn]]:
    """A few of them, each key once."""
    return some.lists(strategy, max_size=most, unique_by=lambda one: tuple(one[k] for k in key))


schools = some.fixed_dictionaries(
    {
        "places": once(places, "student_id", "group_id", most=4),
        "ties": once(ties, "guardian_id", "student_id", most=5),
        "lessons": once(lessons, "user_id", "group_id", most=2),
        "jobs": once(jobs, "user_id", "role", most=2),
        "policy": policies,
        "posts": some.lists(posts, min_size=1, max_size=4),
    }
)


def with_end(row: Drawn) -> Drawn:
    lasts, others = row["lasts"], {name: value for name, value in row.items() if name != "lasts"}
    return others | {"ends_on": None if lasts is None else row["starts_on"] + lasts * DAY}


def at_moments(tie: Drawn) -> Drawn:
    starts_at, ends_at = tie["lasting"]
    others = {name: value for name, value in tie.items() if name != "lasting"}
    return others | {"starts_at": starts_at, "ends_at": ends_at}


def build(drawn: Drawn) -> list[Post]:
    """All of it as rows; the posts come back."""
    seen_posts, seen_photos = drawn["policy"]
    here: Drawn = {"school_id": SCHOOL}
    said: Drawn = {"text": "Dag.", "byline": "Juf", "byline_role": "teacher"}
    User.objects.bulk_create(User(id=one, first_name="N", last_name="N") for one in PEOPLE)
    Student.objects.bulk_create(Student(id=one, **here, first_name="N") for one in CHILDREN)
    Policy.objects.create(
        **here, version=2, informed_sees_posts=seen_posts, informed_sees_photos=seen_photos
    )
    dated: list[tuple[Any, str]] = [
        (Enrollment, "places"),
        (TeachingAssignment, "lessons"),
        (Employment, "jobs"),
    ]
    for model, name in dated:
        model.objects.bulk_create(model(**here, **with_end(row)) for row in drawn[name])
    Guardianship.objects.bulk_create(
        Guardianship(**here, **at_moments(tie)) for tie in drawn["ties"]
    )
    made = [dict(post) for post in drawn["posts"]]
    return Post.objects.bulk_create(
        Post(**post.pop("audience").columns(), **post, **said, key=uuid4(), card_id=uuid4())
        for post in made
    )


def who_sees(reach: Reach) -> set[tuple[UUID, UUID]]:
    """Person and post, through the locks; which must agree."""
    condition = rule_of(Post, reach).sql(Post, "p", POLICY)
    first, second = set(), set()
    for person in PEOPLE:
        viewer = viewer_of(person)
        with unlocked():
            reached = Post.objects.reached_by(viewer, reach)
            first |= {(person, pk) for pk in reached.values_list("pk", flat=True)}
        with seen_by(viewer), connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM feed_post p WHERE {condition}")  # noqa: S608 - our own
            second |= {(person, pk) for (pk,) in cursor.fetchall()}
    assert first == second
    return first


def whom_it_lets(made: list[Post], reach: Reach) -> set[tuple[UUID, UUID]]:
    """Person and post, by the way back."""
    with unlocked():
        return {
            (pk, post.pk)
            for post in made
            for pk in User.objects.filter(
                rule_of(Post, reach).people(post), pk__in=PEOPLE
            ).values_list("pk", flat=True)
        }


@pytest.mark.usefixtures("cast")
@settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=schools)
def test_the_three_ways_agree_on_any_school(drawn: Drawn) -> None:
    with transaction.atomic():
        with unlocked():
            made = build(drawn)
        for reach in get_args(Reach):
            if reach == "changing":
                continue  # an act, not a way of seeing
            assert who_sees(reach) == whom_it_lets(made, reach), reach
        transaction.set_rollback(True)
