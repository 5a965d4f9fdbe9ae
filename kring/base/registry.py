"""Where higher floors register themselves, so that lower ones need not know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django import forms
from django.db import models

from kring.base.viewer import Viewer


@dataclass(frozen=True)
class Retention:
    """How long rows of a model are kept, and why."""

    model: type[models.Model]
    because: str
    keep: timedelta | None  # None: as long as what it belongs to
    since: str  # the column that the term counts from


retentions: dict[type[models.Model], Retention] = {}


def retention(
    model: type[models.Model],
    *,
    because: str,
    keep: timedelta | None = None,
    since: str = "created_at",
) -> None:
    """Say how long a model's rows are kept. A system check refuses a table without."""
    retentions[model] = Retention(model, because, keep, since)


# ── the newsletter by mail ───────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Span:
    """What a digest tells of: what came out between two moments, and the days that follow."""

    since: datetime
    until: datetime
    first_day: date  # of the days ahead
    last_day: date


@dataclass(frozen=True, kw_only=True)
class DigestItem:
    """One thing in a digest: where to look. The text of it only where the section says so."""

    title: str
    said: str = ""
    path: str
    when: str = ""  # as people say it
    chip: str = ""  # the group or the school
    color: int = 0  # of the group; 0: none


@dataclass(frozen=True, kw_only=True)
class DigestSection:
    """A part of a digest, for one person."""

    title: str
    items: Sequence[DigestItem]
    more: int = 0  # that did not fit


type DigestWriter = Callable[[Viewer, Span], DigestSection | None]

digest_sections: list[tuple[int, DigestWriter]] = []


def digest_section(place: int) -> Callable[[DigestWriter], DigestWriter]:
    """Join the digest, at this place: read by ``viewer`` inside the own block, None for nothing.

    Last week's posts stand at 10, the agenda at 20, what is still to do at 30.
    """

    def register(writer: DigestWriter) -> DigestWriter:
        digest_sections.append((place, writer))
        digest_sections.sort(key=lambda one: one[0])
        return writer

    return register


# ── what hangs on a post, from apps beside the feed ──────────────────────────
@dataclass(frozen=True, kw_only=True)
class Sent:
    """A post as others may know of it: one card, for one or more audiences."""

    card_id: UUID
    audiences: Sequence[Any]  # kring.audiences.models.Audience
    published_at: datetime


class ComposerPart(Protocol):
    """A part of the composer: its own fields, and what is made of them when the post is sent."""

    template: str  # rendered in the composer with ``part`` (the form)

    def form(self, data: Mapping[str, Any] | None, viewer: Viewer) -> forms.Form:
        """Bound where the composer is; field names carry a prefix of the part's own."""

    def send(self, form: forms.Form, sent: Sent, *, by: Viewer) -> None:
        """Make what was asked for, in the transaction of the post. Again: changes nothing."""


composer_parts: list[ComposerPart] = []


class CardPart(Protocol):
    """What others show on a card of the feed, and beside the feed where the screen is wide."""

    template: str  # rendered on the card with ``part``
    beside: str  # rendered beside the feed with ``aside``

    def of(self, card_ids: Iterable[UUID], viewer: Viewer) -> Mapping[UUID, Any]:
        """Per card what this person may see of it: one query, however many cards."""

    def with_aside(
        self, card_ids: Iterable[UUID], viewer: Viewer
    ) -> tuple[Mapping[UUID, Any], Any]:
        """The same, and what stands beside the feed, or None: still one query."""


card_parts: list[CardPart] = []


type CardOf = Callable[[UUID], UUID | None]

cards_of_posts: list[CardOf] = []


def card_of_post(asked: CardOf) -> CardOf:
    """Say which card a post is, for others who hear of the post. In a service block."""
    cards_of_posts.append(asked)
    return asked


type MessageCount = Callable[
    [Sequence[UUID], date, date, UUID | None], Mapping[tuple[UUID, date], int]
]

message_counts: list[MessageCount] = []


def counts_messages(asked: MessageCount) -> MessageCount:
    """Say how many of an app's messages each of these groups gets on each day, first to last.

    Together they are what a school's number of a day is held against. The fourth is a card that
    does not count. For who works for the school of the groups.
    """
    message_counts.append(asked)
    return asked


# ── what is still to do ──────────────────────────────────────────────────────
type Todos = Callable[[Viewer], Sequence[DigestItem]]

todos: list[Todos] = []


def todo(asked: Todos) -> Todos:
    """Say what this person is still asked to do, bounded; for 'Te doen' and the newsletter."""
    todos.append(asked)
    return asked


# ── files that something still needs ─────────────────────────────────────────
type Holder = Callable[[UUID], Iterable[UUID]]

asset_holders: list[Holder] = []


def holds_assets(asked: Holder) -> Holder:
    """Say which files of a school something holds that hangs nowhere yet: the sweep leaves them.

    In a service block of that school.
    """
    asset_holders.append(asked)
    return asked
