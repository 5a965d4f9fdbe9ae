"""How far the rights into a post go: photos, liking, commenting, seeing it as staff."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import pytest
from django.db import connection

from kring.base.visibility import POLICY, Reach, rule_of, seen_by
from kring.feed.models import Post
from tests.cast import EVERYBODY, Cast
from tests.circles import IN_CARE, INFORMED, LEADERS, NOBODY, OFFICE, STAFF, TEACHERS
from tests.unlocked import unlocked
from tests.visibility import scene

TAKE_PART = {
    "post to group 5": IN_CARE | TEACHERS | OFFICE,
    "post to group 6": {"teacher_next_door"} | OFFICE,
    "post to the school": IN_CARE | STAFF,
    "post to the staff": STAFF,
    "post to Sam's family": {"mother", "co_parent"} | TEACHERS | OFFICE,
    "post to Lina's and Milan's families": TEACHERS | OFFICE,
    "post to a group of the BSO": {"mother", "aftercare"},
    "post to a school elsewhere": {"guardian_elsewhere", "principal_elsewhere"},
    "post that is not out yet": NOBODY,
    "withdrawn post": NOBODY,
    "post from before the school year": TEACHERS | OFFICE,
}
SEE_AS_STAFF = {
    "post to group 5": TEACHERS | LEADERS,
    "post to group 6": {"teacher_next_door"} | LEADERS,
    "post to the school": STAFF,
    "post to Bram's family by the office": TEACHERS | LEADERS,  # never his mother, though a teacher
    "post to a group of the BSO": {"aftercare"},
    "post that is not out yet": {"teacher"},
    "withdrawn post": {"teacher"},
}
SEE_PHOTOS = {
    "post to group 5": IN_CARE | INFORMED | TEACHERS | LEADERS,
    "post to the BSO": {"mother", "aftercare"},
    "post that is not out yet": {"teacher"},
}
RIGHTS: dict[Reach, Mapping[str, AbstractSet[str]]] = {
    "taking_part": TAKE_PART,
    "commenting": TAKE_PART,  # where comments are on
    "staff": SEE_AS_STAFF,
    "photos": SEE_PHOTOS,
}


def who_reach(cast: Cast, posts: dict[str, Post], reach: Reach) -> dict[str, tuple[set[str], ...]]:
    """For each post whom our own query, and whom the database, lets this far."""
    rule = rule_of(Post, reach).sql(Post, "p", POLICY)
    found: dict[str, tuple[set[str], ...]] = {name: (set(), set()) for name in posts}
    for key in EVERYBODY:
        viewer = cast.viewer(key)
        with unlocked():
            first = set(Post.objects.reached_by(viewer, reach).values_list("pk", flat=True))
        with seen_by(viewer), connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM feed_post p WHERE {rule}")  # noqa: S608 - our own rule
            second = {pk for (pk,) in cursor.fetchall()}
        for name, post in posts.items():
            for people, lock in zip(found[name], (first, second), strict=True):
                people.update({key} if post.pk in lock else ())
    return found


@pytest.mark.parametrize("reach", RIGHTS)
def test_so_far_and_no_further(cast: Cast, reach: Reach) -> None:
    posts = {name: post for name, post in scene.posts(cast).items() if name in RIGHTS[reach]}
    assert who_reach(cast, posts, reach) == {
        name: (who, who) for name, who in RIGHTS[reach].items()
    }


def test_nobody_comments_where_comments_are_off(cast: Cast) -> None:
    post = {"silent": cast.post("group_5", by="teacher", allows_comments=False)}
    assert who_reach(cast, post, "commenting") == {"silent": (set(), set())}
    taking_part = TAKE_PART["post to group 5"]
    assert who_reach(cast, post, "taking_part") == {"silent": (taking_part, taking_part)}
