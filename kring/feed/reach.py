"""Who has read: for staff, per family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from kring.audiences.families import Family, Neighbourhood, knows_all
from kring.base.clock import SCHOOL_TIME
from kring.base.visibility import Viewer
from kring.feed.cards import Card, Reach, Thread
from kring.feed.models import Post, Reading
from kring.feed.shown import Shown


def with_reach(cards: list[Card], threads: Sequence[Thread], viewer: Viewer) -> list[Card]:
    """Add "read by 21 of 24 families" where this person may know them all: 3 queries, or none."""
    if not viewer.staff_of:
        return cards
    known = [
        (card, posts)
        for card, thread in zip(cards, threads, strict=True)
        if (posts := known_of(thread, viewer))
    ]
    if known:
        shown = [post for _card, posts in known for post in posts]
        neighbours = neighbours_of(shown, viewer)
        readers = readers_of(shown, viewer)
        for card, posts in known:
            families = families_of(posts, neighbours)
            read = frozenset[UUID]().union(*(readers[post.pk] for post in posts))
            count = sum(family.has_read(read) for family in families)
            card.reach = Reach(count, len(families), f"{card.url}families/") if families else None
    return cards


def known_of[P: (Post, Shown)](thread: Iterable[P], viewer: Viewer) -> list[P]:
    """Those of these siblings of which this person may know all families."""
    return [post for post in thread if knows_all(viewer, post.audience)]


def neighbours_of(posts: Iterable[Post | Shown], viewer: Viewer) -> Neighbourhood:
    """All families that these posts can be about."""
    shown = list(posts)
    return Neighbourhood(viewer, {post.school_id for post in shown}, map(day_of, shown))


def day_of(post: Post | Shown) -> date:
    """The school's day on which it came out."""
    return post.published_at.astimezone(SCHOOL_TIME).date()


def families_of(posts: Sequence[Post | Shown], neighbours: Neighbourhood) -> list[Family]:
    """The families of a broadcast, each once."""
    return neighbours.families([post.audience for post in posts], day_of(posts[0]))


def readers_of(posts: Iterable[Shown], viewer: Viewer) -> defaultdict[UUID, frozenset[UUID]]:
    """Per post who has read it."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    readings = Reading.objects.visible_to(viewer).filter(post__in=[post.pk for post in posts])
    for post_id, user_id in readings.values_list("post_id", "user_id"):
        found[post_id].add(user_id)
    return defaultdict(frozenset, {key: frozenset(users) for key, users in found.items()})
