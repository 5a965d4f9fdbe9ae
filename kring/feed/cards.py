"""A post as a page shows it: plain values, so that templates ask nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import NamedTuple, Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from kring.base import clock, saying
from kring.base.clock import SCHOOL_TIME
from kring.base.statement import Statement
from kring.base.text import as_html
from kring.base.viewer import Viewer, array
from kring.feed.models import PostPhoto
from kring.feed.shown import Shown
from kring.media.signing import sign_both
from kring.schools.models import Employment, School

SHOWN_PHOTOS = 5

PHOTOS = Statement(
    """
    SELECT photo.post_id, photo.asset_id, photo.width, photo.height, photo.placeholder
    FROM feed_postphoto photo
    WHERE photo.post_id = ANY (%(posts)s::uuid[]) AND {photo}
    ORDER BY photo.position
    """,
    photo=PostPhoto,
)


class Colored(Protocol):
    """Something of a group."""

    @property
    def color(self) -> int: ...


class Named(Colored, Protocol):
    """A group, as far as a chip shows it."""

    @property
    def name(self) -> str: ...


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


@dataclass
class Surroundings:
    """What all cards of a page have in common, worked out once."""

    viewer: Viewer
    session_key: str
    groups: Mapping[UUID, Named]
    now: datetime = field(default_factory=clock.now)

    def __post_init__(self) -> None:
        viewer = self.viewer
        self.today, self.language = self.now.astimezone(SCHOOL_TIME).date(), get_language()
        self.changing = viewer.ids("leads", "administers")
        self.partaking = self.changing | viewer.cares_for
        self.units = viewer.taught_group_ids | viewer.pupil_ids
        self.units |= {
            window.unit_id
            for window in viewer.windows
            if window.takes_part and window.until_at > self.now
        }

    def may_change(self, post: Shown) -> bool:
        """As row security has it for UPDATE: the writer, and who leads the school."""
        own = post.author_id == self.viewer.user_id and post.school_id in self.viewer.staff_of
        return own or post.school_id in self.changing

    def may_like(self, post: Shown) -> bool:
        """A quick look for the page whether to offer it; the rule itself is ``open_to``."""
        school = post.school_id
        if school in self.partaking or (post.whole_school and school in self.units):
            return True
        if (post.whole_school or post.staff_only) and school in self.viewer.staff_of:
            return True
        return not self.units.isdisjoint([*post.group_ids, *post.student_ids])


type Thread = Sequence[Shown]  # a post, and its siblings in other organisations that one sees too


def cards(
    threads: Sequence[Thread], around: Surroundings, *, most: int | None = SHOWN_PHOTOS
) -> list[Card]:
    """One query, for the photos."""
    photos = photos_of([thread[0] for thread in threads], around)
    return [_card(thread, photos.get(thread[0].pk, []), around, most) for thread in threads]


def photos_of(posts: Sequence[Shown], around: Surroundings) -> Mapping[UUID, list[Photo]]:
    """Per post its photos, with addresses signed for this session."""
    found = defaultdict(list)
    rows = PHOTOS.run(around.viewer, posts=array(post.pk for post in posts))
    for post_id, asset_id, width, height, placeholder in rows:
        small, large = sign_both(asset_id, around.session_key)
        found[post_id].append(Photo(small, large, width, height, placeholder))
    return found


def _card(thread: Thread, photos: list[Photo], around: Surroundings, most: int | None) -> Card:
    post, mine = thread[0], thread[0].author_id == around.viewer.user_id
    waits = post.published_at > around.now
    moment = around.now if waits else post.published_at
    said, full_time = _said(moment, around.today, around.language)
    shown = photos[:most]
    return Card(
        id=post.pk,
        url=f"/posts/{post.pk}/",
        byline=post.byline,
        role=_role(post.byline_role, around.language),
        initials=initials_of(post.byline),
        hue=_hue(post, around.groups),
        audience=[chip for one in thread for chip in _audience(one, around.groups)],
        said=said,
        full_time=full_time,
        iso=post.published_at.isoformat(),
        html=as_html(post.text),
        photos=shown,
        more_photos=len(photos) - len(shown),
        likes=post.like_count,
        liked=post.liked,
        may_like=not waits and around.may_like(post),
        comments=sum(one.comment_count for one in thread),
        allows_comments=post.allows_comments,
        edited=post.edited,
        read=post.read or mine,
        may_change=around.may_change(post),
        withdrawn=post.withdrawn,
        undo_until=post.published_at if waits and mine else None,
    )


@lru_cache(maxsize=4096)  # the same for all who see the post that day
def _said(moment: datetime, today: date, _language: str | None) -> tuple[str, str]:
    now = clock.start_of(today)  # of now, only the day counts
    return saying.said(moment, now=now), saying.said_fully(moment)


def _audience(post: Shown, groups: Mapping[UUID, Named]) -> list[Chip]:
    if post.whole_school:
        return [Chip(post.school_name, _school_hue(post))]
    if post.staff_only:
        return [Chip(gettext("team of %(school)s") % {"school": post.school_name}, "school")]
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


def _by_name(group: Named) -> str:
    return group.name


def _hue(post: Shown, groups: Mapping[UUID, Named]) -> str:
    named = [groups[one] for one in post.group_ids if one in groups]
    return group_hue(named[0]) if len(named) == 1 else _school_hue(post)


def group_hue(group: Colored) -> str:
    """The class that gives a group its colour."""
    return f"g{group.color}"


def _school_hue(post: Shown) -> str:
    return "bso" if post.school_kind == School.Kind.AFTERCARE else "school"


@cache
def _role(role: str, _language: str | None) -> str:
    return str(Employment.Role(role).label)


@lru_cache(maxsize=4096)  # of names: bounded, for they are people
def initials_of(byline: str) -> str:
    """For the avatar: of the names in a byline, at most two."""
    words = [word for word in byline.split() if word[0].isupper()] or byline.split()
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else "?"
    return letters.upper()


@cache
def here() -> str:
    """The address of the feed."""
    return reverse("feed:feed")
