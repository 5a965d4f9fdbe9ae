"""What the list in the app says of messages, of many at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _

from kring.base.visibility import Viewer
from kring.feed.models import Post
from kring.notifications.letters import Line, lines
from kring.notifications.models import Notification
from kring.notifications.standing import standing
from kring.schools.models import Group

MOST_WORDS = 90  # characters of what was written
MOST_NAMES = 3  # of groups; more of them are the school

# One of the siblings stands. It was read where one of them was, also a moment before the row came.
CARD_STANDS = """EXISTS (
    SELECT FROM feed_post post WHERE post.card_id = note.about_id
        AND post.withdrawn_at IS NULL AND {post} OFFSET 0)"""
CARD_READ = """EXISTS (
    SELECT FROM feed_reading mine JOIN feed_post one ON one.id = mine.post_id
    WHERE one.card_id = note.about_id AND mine.user_id = note.person_id OFFSET 0)"""

standing("post.published", stands=CARD_STANDS, read=CARD_READ, post=Post)
standing("film.failed", stands=CARD_STANDS, post=Post)


@lines("post.published")
def say_who_wrote(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """Who wrote, to whom, and how it begins: the sibling that this person may see."""
    posts = posts_of(told, viewer)
    names = _names(posts.values(), viewer)
    return {
        one.pk: Line(
            title=_title(posts[one.pk]),
            said=" · ".join(filter(None, (names[posts[one.pk].pk], begin_of(posts[one.pk])))),
            path=reverse("feed:post", args=[posts[one.pk].pk]),
            icon="triangle-alert" if posts[one.pk].is_urgent else "newspaper",
        )
        for one in told
        if one.pk in posts
    }


@lines("film.failed")
def say_which_film(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """In which message a film is missing; to its writer."""
    posts = posts_of(told, viewer)
    return {
        one.pk: Line(
            title=_("A film did not come along"),
            said=begin_of(posts[one.pk]),
            path=reverse("feed:post", args=[posts[one.pk].pk]),
            icon="film",
        )
        for one in told
        if one.pk in posts
    }


def posts_of(told: Sequence[Notification], viewer: Viewer) -> dict[UUID, Post]:
    """Per notification the post that it tells of, or else a sibling that this person may see."""
    seen = Post.objects.visible_to(viewer).filter(withdrawn_at=None)
    found = seen.filter(card_id__in={one.about_id for one in told}).select_related("school")
    cards: dict[UUID, dict[UUID, Post]] = {}
    for post in found.order_by("pk"):
        cards.setdefault(post.card_id, {})[post.pk] = post
    return {
        one.pk: siblings.get(one.subject_id) or next(iter(siblings.values()))
        for one in told
        if (siblings := cards.get(one.about_id))
    }


def begin_of(post: Post) -> str:
    """How a message begins, in one line; of photos alone, that."""
    text = " ".join(post.text.split())
    return Truncator(text).chars(MOST_WORDS) if text else _("Photos, films or files")


def _title(post: Post) -> str:
    if post.is_urgent:
        return _("Urgent message from %(name)s") % {"name": post.byline}
    return _("Message from %(name)s") % {"name": post.byline}


def _names(posts: Collection[Post], viewer: Viewer) -> dict[UUID, str]:
    """To whom: the groups, where they are few, or else the school."""
    ids = {one for post in posts for one in post.group_ids}
    groups = Group.objects.visible_to(viewer).in_bulk(list(ids))
    return {post.pk: _to_whom(post, groups) for post in posts}


def _to_whom(post: Post, groups: Mapping[UUID, Group]) -> str:
    names = sorted(groups[one].name for one in post.group_ids if one in groups)
    if names and len(names) <= MOST_NAMES:
        return get_text_list(names, _("and"))
    return _("Just for some families") if post.student_ids else post.school.name
