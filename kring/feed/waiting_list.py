"""What a writer has standing: planned messages by their moment, drafts by their last touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Count
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.base import clock, saying
from kring.base.visibility import Viewer
from kring.feed.begun import own_posts
from kring.feed.cards import Chip, group_hue
from kring.feed.models import Draft, Post
from kring.feed.models.draft import MOST_DRAFTS
from kring.schools.models import Group, School

MOST_SHOWN = 100
_HUNG = Count("photos", distinct=True) + Count("files", distinct=True)
SHOWN_WORDS = 160  # characters of a text


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A card that goes later."""

    id: UUID
    key: UUID  # of the form that sends it now: a second try makes no second message
    said: str
    fully: str
    iso: str
    text: str
    audience: Sequence[Chip]
    files: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A draft."""

    id: UUID
    said: str
    iso: str
    text: str
    files: str


def planned_of(viewer: Viewer) -> list[Planned]:
    """In the order in which they go; siblings of a broadcast as one. Three queries."""
    found = own_posts(viewer).planned().select_related("school").annotate(hung=_HUNG)
    posts = list(found.order_by("planned_at", "card_id", "pk")[:MOST_SHOWN])
    named = {one for post in posts for one in post.group_ids}
    groups = Group.objects.visible_to(viewer).in_bulk(list(named)) if named else {}
    cards: dict[UUID, list[Post]] = {}
    for post in posts:
        cards.setdefault(post.card_id, []).append(post)
    return [_planned(siblings, groups) for siblings in cards.values()]


def drafts_of(viewer: Viewer) -> list[Kept]:
    """The last touched first."""
    drafts = Draft.objects.visible_to(viewer).loose().order_by("-touched_at")[:MOST_DRAFTS]
    return [
        Kept(
            id=draft.pk,
            said=saying.said(draft.touched_at, now=clock.now()),
            iso=draft.touched_at.isoformat(),
            text=_short(draft.text),
            files=_files(len(draft.asset_ids)),
        )
        for draft in drafts
    ]


def _planned(siblings: Sequence[Post], groups: dict[UUID, Group]) -> Planned:
    post = siblings[0]
    moment = post.planned_at
    assert moment
    return Planned(
        id=post.pk,
        key=uuid4(),
        said=_moment(moment),
        fully=saying.said_fully(moment),
        iso=moment.isoformat(),
        text=_short(post.text),
        audience=[chip for one in siblings for chip in _readers(one, groups)],
        files=_files(post.hung),  # type: ignore[attr-defined]
    )


def _moment(moment: datetime) -> str:
    """With its time, however far away."""
    local = moment.astimezone(clock.SCHOOL_TIME)
    day = saying.said_day(local.date(), today=clock.today())
    return f"{day} {local:%H:%M}"


def _readers(post: Post, groups: dict[UUID, Group]) -> list[Chip]:
    school = post.school
    if post.whole_school:
        return [Chip(school.name, "bso" if school.kind == School.Kind.AFTERCARE else "school")]
    if post.staff_only:
        return [Chip(_("team of %(school)s") % {"school": school.name}, "school")]
    if count := len(post.student_ids):
        said = ngettext("%(count)d child", "%(count)d children", count)
        return [Chip(said % {"count": count}, "school")]
    named = sorted((groups[one] for one in post.group_ids if one in groups), key=str)
    return [Chip(group.name, group_hue(group)) for group in named]


def _short(text: str) -> str:
    return str(Truncator(" ".join(text.split())).chars(SHOWN_WORDS))


def _files(count: int) -> str:
    return ngettext("%(count)d file", "%(count)d files", count) % {"count": count} if count else ""
