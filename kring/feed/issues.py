"""A newsletter as a page and a mail show it: each message through its own rule, at that moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from kring.base.saying import said_date
from kring.base.viewer import Viewer
from kring.feed.cards import Card, Photo, Surroundings, cards
from kring.feed.models import Newsletter, NewsletterItem, Post
from kring.feed.models.post import PostQuerySet
from kring.feed.pictured import counted, pictures_of
from kring.feed.shown import Shown, with_marks

NONE: Mapping[UUID, int] = {}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One of its parts: words of the office, or the card of a message."""

    id: UUID
    anchor: str
    title: str
    text: str = ""
    gathered: bool = False  # a message; else the office wrote it
    card: Card | None = None
    photos: Sequence[Photo] = ()  # with words of the office
    pictured: int = 0  # how many photos there are to see, whose ever they are
    gone: bool = False  # a message that was withdrawn: the office is told so, others see nothing


def titles_of(newsletter: Newsletter, viewer: Viewer) -> list[Item]:
    """What stands in it, by name: for the mail, and for arranging. Four queries."""
    items = _items(newsletter, viewer)
    posts = _posts(items, viewer).in_bulk()
    counts = counted((item.pk for item in items), posts, viewer)
    return [_named(item, posts, counts) for item in items]


def parts_of(newsletter: Newsletter, viewer: Viewer, session_key: str) -> list[Item]:
    """The same with the messages as they stand in the feed; in a fixed number of queries."""
    items = _items(newsletter, viewer)
    posts = list(with_marks(_posts(items, viewer), viewer))
    by_id = {post.pk: post for post in posts}
    around = Surroundings(viewer, session_key, {})  # for all: no groups
    shown = cards([[Shown.of(post)] for post in posts], around, most=None)
    of_post = dict(zip(by_id, shown, strict=True))
    photos = pictures_of((item.pk for item in items), around)
    named = ((item, _named(item, by_id)) for item in items)
    return [
        replace(one, card=of_post.get(item.post_id or item.pk), photos=photos.get(item.pk, ()))
        for item, one in named
        if not one.gone
    ]


def _items(newsletter: Newsletter, viewer: Viewer) -> list[NewsletterItem]:
    own = NewsletterItem.objects.visible_to(viewer).filter(newsletter=newsletter.pk)
    return list(own.order_by("position", "pk"))


def _posts(items: Sequence[NewsletterItem], viewer: Viewer) -> PostQuerySet:
    ids = [item.post_id for item in items if item.post_id]
    return Post.objects.visible_to(viewer).filter(pk__in=ids, whole_school=True).out()


def _named(
    item: NewsletterItem, posts: Mapping[UUID, Post], counts: Mapping[UUID, int] = NONE
) -> Item:
    post = posts.get(item.post_id) if item.post_id else None
    title = item.title
    if post and not title:
        named = {"name": post.byline, "day": said_date(post.published_at)}
        title = _("Message of %(name)s, %(day)s") % named
    return Item(
        id=item.pk,
        anchor=f"item-{item.pk}",
        title=title or _("A message that was withdrawn"),
        text=item.text,
        gathered=item.post_id is not None,
        pictured=counts.get(item.post_id or item.pk, 0),
        gone=item.post_id is not None and post is None,
    )
