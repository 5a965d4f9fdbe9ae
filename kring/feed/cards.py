"""A post as a page shows it: plain values, so that templates ask nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from kring.base import clock, saying
from kring.base.clock import SCHOOL_TIME
from kring.base.statement import Statement
from kring.base.text import as_html
from kring.base.viewer import Viewer, array
from kring.feed.models import PostFile, PostPhoto
from kring.feed.shown import Shown
from kring.media.answers import name_of
from kring.media.models import Asset
from kring.media.photo import Reason
from kring.media.sentences import sentence
from kring.media.signing import sign_all, sign_saved
from kring.schools.models import Employment, School

SHOWN_PHOTOS = 5
PHOTO, FILM = Asset.Kind.PHOTO.value, Asset.Kind.FILM.value
READY, FAILED = Asset.State.READY.value, Asset.State.FAILED.value

# With the rule of the school on sharing, in the version that holds.
PHOTOS = Statement(
    """
    SELECT photo.post_id, photo.asset_id, photo.kind, photo.state, photo.width, photo.height,
        photo.placeholder, photo.colour, photo.seconds, photo.has_original, photo.description,
        photo.trouble, photo.school_id, rules.families_save_photos, rules.sharing_rule
    FROM feed_postphoto photo
    LEFT JOIN LATERAL (
        SELECT families_save_photos, sharing_rule FROM schools_policy policy
        WHERE policy.school_id = photo.school_id ORDER BY policy.version DESC LIMIT 1
    ) rules ON TRUE
    WHERE photo.post_id = ANY (%(posts)s::uuid[]) AND {photo}
    ORDER BY photo.position
    """,
    photo=PostPhoto,
)
FILES = Statement(
    """
    SELECT file.post_id, file.asset_id, file.name, file.extension, file.bytes
    FROM feed_postfile file
    WHERE file.post_id = ANY (%(posts)s::uuid[]) AND {file}
    ORDER BY file.position
    """,
    file=PostFile,
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
    """A picture or film; its addresses hold for minutes. Without a ``medium``: an older picture."""

    small: str
    medium: str
    large: str
    width: int
    height: int
    placeholder: str  # ThumbHash
    colour: str
    description: str
    kind: str = "photo"
    state: str = "ready"
    film: str = ""
    seconds: int = 0
    save: str = ""  # where one may save it
    rule: str = ""  # of the school, on sharing
    trouble: str = ""  # why a film did not come along, for the staff


class Hung(NamedTuple):
    """A row of ``PHOTOS``."""

    post_id: UUID
    asset_id: UUID
    kind: str
    state: str
    width: int
    height: int
    placeholder: str
    colour: str
    seconds: int
    whole: bool
    description: str
    trouble: str
    school_id: UUID
    saving: bool | None
    rule: str | None


class Paper(NamedTuple):
    """A document to save."""

    url: str
    name: str
    extension: str
    bytes: int


class Reach(NamedTuple):
    """How many of the families have read it, and how many of them said so where it was asked."""

    read: int
    families: int
    url: str
    confirmed: int | None = None
    calls_url: str = ""  # the list of whom to call


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
    files: Sequence[Paper]
    awaited: bool  # its films are being made, and the writer chose to wait
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
    more_films: int = 0  # of those that are left out
    may_rewrite: bool = False  # and not withdraw only
    is_urgent: bool = False
    asks: bool = False  # this person to say 'I have read this'
    confirmed: bool = False  # and that was said
    parts: list[tuple[str, Any]] = field(default_factory=list)  # of other apps: template, value


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
        self.partaking = viewer.ids("leads", "administers", "cares_for")
        self.units = viewer.taught_group_ids | viewer.pupil_ids
        self.units |= {
            window.unit_id
            for window in viewer.windows
            if window.takes_part and window.until_at > self.now
        }

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
    """One query for the photos, and one for the documents where there are any."""
    posts = [thread[0] for thread in threads]
    photos, files = photos_of(posts, around), files_of(posts, around)
    return [
        _card(thread, photos.get(thread[0].pk, []), files.get(thread[0].pk, []), around, most)
        for thread in threads
    ]


def photos_of(posts: Sequence[Shown], around: Surroundings) -> Mapping[UUID, list[Photo]]:
    """Per post its photos and films, with addresses signed for this session.

    A film that failed is told to the staff only; to others it was never there.
    """
    found = defaultdict(list)
    rows = PHOTOS.run(around.viewer, posts=array(post.pk for post in posts))
    for row in rows:
        hung = Hung(*row)
        staff = hung.school_id in around.viewer.staff_of
        if hung.state == FAILED:
            if staff:
                found[hung.post_id].append(_failed(hung))
            continue
        may_save = staff or bool(hung.saving)
        found[hung.post_id].append(shown_photo(hung, around, may_save=may_save))
    return found


def shown_photo(hung: Hung, around: Surroundings, *, may_save: bool) -> Photo:
    """With addresses signed for this session."""
    small, medium, large, film = sign_all(hung.asset_id, around.session_key)
    photo = Photo(
        small,
        medium if hung.colour else "",
        large,
        hung.width,
        hung.height,
        hung.placeholder,
        hung.colour,
        hung.description,
    )
    save = _saved(hung.asset_id, large, around, whole=hung.whole) if may_save else ""
    if hung.kind != PHOTO:
        shown = film if hung.kind == FILM and hung.state == READY else ""
        photo = photo._replace(kind=hung.kind, state=hung.state, seconds=hung.seconds, film=shown)
        save = shown if save and hung.kind == FILM else save
    return photo._replace(save=save, rule=hung.rule or "")


def _failed(hung: Hung) -> Photo:
    """A film that did not come along, and why."""
    why = sentence(Reason(hung.trouble or Reason.BROKEN), gettext("The film"))
    nothing = Photo("", "", "", 0, 0, "", "", hung.description)
    return nothing._replace(kind=hung.kind, state=hung.state, trouble=why)


def _saved(asset_id: UUID, large: str, around: Surroundings, *, whole: bool) -> str:
    """At full size where the school keeps that."""
    if not whole:
        return large
    name = name_of(asset_id, "original")
    return sign_saved(asset_id, "original", name, around.session_key)


def files_of(posts: Sequence[Shown], around: Surroundings) -> Mapping[UUID, list[Paper]]:
    """Per post its documents, with addresses signed for this session."""
    found = defaultdict(list)
    having = [post.pk for post in posts if post.has_files]
    rows = FILES.run(around.viewer, posts=array(having)) if having else ()
    for post_id, asset_id, name, extension, size in rows:
        url = sign_saved(asset_id, "document", name, around.session_key)
        found[post_id].append(Paper(url, name, extension, size))
    return found


def _card(
    thread: Thread,
    photos: list[Photo],
    files: list[Paper],
    around: Surroundings,
    most: int | None,
) -> Card:
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
        more_films=sum(photo.kind == FILM for photo in photos[len(shown) :]),
        files=files,
        awaited=waits and post.waits,
        likes=post.like_count,
        liked=post.liked,
        may_like=not waits and around.may_like(post),
        comments=sum(one.comment_count for one in thread),
        allows_comments=post.allows_comments,
        edited=post.edited,
        read=post.read or mine,
        may_change=post.may_be_changed_by(around.viewer),
        may_rewrite=post.may_be_rewritten_by(around.viewer),
        withdrawn=post.withdrawn,
        undo_until=post.published_at if waits and mine else None,
        is_urgent=post.is_urgent,
        asks=post.asks_reading and not mine and not waits and not post.withdrawn,
        confirmed=any(one.confirmed for one in thread),
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
