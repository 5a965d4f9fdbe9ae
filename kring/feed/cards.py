"""A post as a page shows it: plain values, so that templates ask nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from kring.base import saying
from kring.base.text import as_html
from kring.base.visibility import Viewer
from kring.feed.models import Post, PostPhoto
from kring.media.signing import sign
from kring.schools.models import Employment, Group, School

SHOWN_PHOTOS = 5


class Chip(NamedTuple):
    """A group or a school: its name in its colour, and where to read about it alone."""

    name: str
    hue: str
    url: str = ""
    current: bool = False


class Photo(NamedTuple):
    small: str
    large: str
    width: int
    height: int
    placeholder: str
    description: str = ""


class Reach(NamedTuple):
    """How many of the families have read it."""

    read: int
    families: int
    url: str


@dataclass(slots=True, kw_only=True)
class Card:
    """All that a page shows of a post."""

    id: UUID
    url: str
    byline: str
    role: str
    initials: str
    hue: str
    audience: Sequence[Chip]
    said: str
    full_time: str
    iso: str
    html: SafeString
    photos: Sequence[Photo]
    more_photos: int
    likes: int
    liked: bool
    may_like: bool
    comments: int
    allows_comments: bool
    edited: bool
    read: bool
    may_change: bool
    withdrawn: bool
    reach: Reach | None = None
    undo_until: datetime | None = None


class Surroundings(NamedTuple):
    """What all cards of a page have in common."""

    viewer: Viewer
    session_key: str
    groups: Mapping[UUID, Group]
    now: datetime


type Thread = Sequence[Post]  # a post, and its siblings in other organisations that one sees too


def cards(
    threads: Sequence[Thread], around: Surroundings, *, most: int | None = SHOWN_PHOTOS
) -> list[Card]:
    """Posts with ``liked`` and ``read`` annotated and the school selected; one query for photos."""
    photos = photos_of([thread[0] for thread in threads], around)
    return [_card(thread, photos.get(thread[0].pk, []), around, most) for thread in threads]


def photos_of(posts: Sequence[Post], around: Surroundings) -> Mapping[UUID, list[Photo]]:
    """Per post its photos, with addresses signed for this session."""
    found = defaultdict(list)
    rows = PostPhoto.objects.visible_to(around.viewer).filter(post__in=[post.pk for post in posts])
    columns = ("post_id", "asset_id", "width", "height", "placeholder")
    for post_id, asset_id, width, height, placeholder in rows.order_by("position").values_list(
        *columns
    ):
        small = sign(asset_id, "small", around.session_key)
        large = sign(asset_id, "large", around.session_key)
        found[post_id].append(Photo(small, large, width, height, placeholder))
    return found


def _card(thread: Thread, photos: list[Photo], around: Surroundings, most: int | None) -> Card:
    viewer, now, post = around.viewer, around.now, thread[0]
    shown = photos[:most]
    fresh = post.published_at > now and post.author_id == viewer.user_id
    return Card(
        id=post.pk,
        url=f"/posts/{post.pk}/",
        byline=post.byline,
        role=_role(post.byline_role, get_language()),
        initials=initials_of(post.byline),
        hue=_hue(post, around.groups),
        audience=[chip for one in thread for chip in _audience(one, around.groups)],
        said=saying.said(min(post.published_at, now), now=now),
        full_time=saying.said_fully(post.published_at),
        iso=post.published_at.isoformat(),
        html=as_html(post.text),
        photos=shown,
        more_photos=len(photos) - len(shown),
        likes=post.like_count,
        liked=post.liked,  # type: ignore[attr-defined]  # annotated
        may_like=takes_part(viewer, post),
        comments=sum(one.comment_count for one in thread),
        allows_comments=post.allows_comments,
        edited=post.edited_at is not None,
        read=post.read or post.author_id == viewer.user_id,  # type: ignore[attr-defined]
        may_change=may_change(viewer, post),
        withdrawn=post.withdrawn_at is not None,
        undo_until=post.published_at if fresh else None,
    )


def may_change(viewer: Viewer, post: Post) -> bool:
    """As row security has it for UPDATE: the writer, and who leads or administers the school."""
    own = post.author_id == viewer.user_id and post.school_id in viewer.staff_of
    return own or post.school_id in viewer.ids("leads", "administers")


def takes_part(viewer: Viewer, post: Post) -> bool:
    """A quick look for the page whether to offer a like; the rule itself is ``open_to``."""
    if post.school_id in viewer.ids("leads", "administers", "cares_for"):
        return True
    if not viewer.taught_group_ids.isdisjoint(post.group_ids):
        return True
    if (post.whole_school or post.staff_only) and post.school_id in viewer.staff_of:
        return True
    children = viewer.child_ids | viewer.pupil_ids
    units = {window.unit_id for window in viewer.windows if window.takes_part}
    addressed = {*post.group_ids, *([post.school_id] if post.whole_school else [])}
    return not (children.isdisjoint(post.student_ids) and units.isdisjoint(addressed))


def _audience(post: Post, groups: Mapping[UUID, Group]) -> list[Chip]:
    if post.whole_school:
        return [Chip(post.school.name, _school_hue(post.school))]
    if post.staff_only:
        return [Chip(gettext("team of %(school)s") % {"school": post.school.name}, "school")]
    if post.student_ids:
        count = len(post.student_ids)
        return [
            Chip(
                ngettext("%(count)d child", "%(count)d children", count) % {"count": count},
                "school",
            )
        ]
    named = [groups[one] for one in post.group_ids if one in groups]
    return [Chip(group.name, group_hue(group)) for group in sorted(named, key=_by_name)]


def _by_name(group: Group) -> str:
    return group.name


def _hue(post: Post, groups: Mapping[UUID, Group]) -> str:
    named = [groups[one] for one in post.group_ids if one in groups]
    return group_hue(named[0]) if len(named) == 1 else _school_hue(post.school)


def group_hue(group: Group) -> str:
    """The class that gives a group its colour."""
    return f"g{group.color}"


def _school_hue(school: School) -> str:
    return "bso" if school.kind == School.Kind.AFTERCARE else "school"


@cache
def _role(role: str, _language: str | None) -> str:
    return str(Employment.Role(role).label)


@cache
def initials_of(byline: str) -> str:
    words = [word for word in byline.split() if word[0].isupper()] or byline.split()
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else "?"
    return letters.upper()


@cache
def here() -> str:
    """The address of the feed."""
    return reverse("feed:feed")
