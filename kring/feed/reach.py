"""Who has read: for staff, per family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.http import Http404

from kring.audiences.families import Family, Neighbourhood, knows_all
from kring.base.clock import SCHOOL_TIME
from kring.base.visibility import Viewer
from kring.feed.cards import Card, Reach, Thread
from kring.feed.models import Confirmation, Post, Reading
from kring.feed.models.post import PostQuerySet
from kring.feed.shown import Shown

_NOBODY: Mapping[UUID, frozenset[UUID]] = {}


def with_reach(cards: list[Card], threads: Sequence[Thread], viewer: Viewer) -> list[Card]:
    """Add "read by 21 of 24 families" where this person may know them all: 3 queries, or none.

    One more where a post asks for 'I have read this': who said so was reached, too.
    """
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
        asking = [post for post in shown if post.asks_reading]
        confirmers = confirmers_of(asking, viewer) if asking else _NOBODY
        for card, posts in known:
            families = families_of(posts, neighbours)
            read, confirmed = _of_all(posts, readers), _of_all(posts, confirmers)
            reached = sum(family.has_read(read | confirmed) for family in families)
            card.reach = Reach(reached, len(families), f"{card.url}families/") if families else None
            if card.reach and posts[0].asks_reading:
                card.reach = card.reach._replace(
                    confirmed=sum(family.has_read(confirmed) for family in families),
                    calls_url=f"{card.url}calls/",
                )
    return cards


def _of_all(posts: Iterable[Shown], found: Mapping[UUID, frozenset[UUID]]) -> frozenset[UUID]:
    """The people of all siblings together."""
    return frozenset[UUID]().union(*(found.get(post.pk, frozenset()) for post in posts))


def known_of[P: (Post, Shown)](thread: Iterable[P], viewer: Viewer) -> list[P]:
    """Those of these siblings of which this person may know all families."""
    return [post for post in thread if knows_all(viewer, post.audience)]


def thread_of(post_id: UUID, seen: PostQuerySet, viewer: Viewer) -> list[Post]:
    """A post, and then its siblings of whose readers this person may know all families.

    ``seen`` are the posts that it may be among. Raises Http404 where it is not.
    """
    card = seen.filter(pk=post_id).values("card_id")
    siblings = seen.filter(card_id__in=card).select_related("school")
    posts = known_of(siblings.order_by("pk"), viewer)
    posts.sort(key=lambda post: post.pk != post_id)
    if not posts or posts[0].pk != post_id:
        raise Http404
    return posts


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


def readers_of(posts: Iterable[Shown], viewer: Viewer) -> Mapping[UUID, frozenset[UUID]]:
    """Per post who has read it."""
    readings = Reading.objects.visible_to(viewer).filter(post__in=[post.pk for post in posts])
    return _per_post(readings.values_list("post_id", "user_id"))


def confirmers_of(posts: Iterable[Shown], viewer: Viewer) -> Mapping[UUID, frozenset[UUID]]:
    """Per post who said to have read it."""
    pressed = Confirmation.objects.visible_to(viewer)
    pressed = pressed.filter(post__in=[post.pk for post in posts])
    return _per_post(pressed.values_list("post_id", "person_id"))


def _per_post(rows: Iterable[tuple[UUID, UUID]]) -> Mapping[UUID, frozenset[UUID]]:
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for post_id, person_id in rows:
        found[post_id].add(person_id)
    return {key: frozenset(people) for key, people in found.items()}
