"""Who has read a post, family by family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from kring.accounts.models import User
from kring.audiences.families import Family
from kring.base import clock, saying
from kring.base.visibility import Viewer
from kring.feed.cards import Card, Reach, initials_of
from kring.feed.models import Confirmation, Post, Reading
from kring.feed.reach import day_of, families_of, known_of, neighbours_of
from kring.feed.thread import OneThread
from kring.schools.models import Student


@dataclass(frozen=True)
class Row:
    """A family as the list shows it."""

    name: str  # of its guardians
    children: str
    initials: str
    hue: str
    said: str = ""
    confirmed: bool = False  # by one of them, where that was asked


@dataclass(frozen=True)
class Readership:
    """The families of a post in three lists, and how many are informed only."""

    reach: Reach
    read: list[Row]
    unread: list[Row]
    unconnected: list[Row]
    informed: int

    @classmethod
    def of(cls, thread: OneThread, viewer: Viewer) -> Readership:
        """Raises Http404 for who may not know all of the families."""
        posts = known_of(thread.posts, viewer)
        if not posts:
            raise Http404
        around = neighbours_of(posts, viewer)
        families = families_of(posts, around)
        confirmations = _confirmations(posts, viewer)
        readings = confirmations | _first_readings(posts, viewer)
        readers = frozenset(readings)
        rows = _Rows(families, viewer, readings, thread.card, frozenset(confirmations))
        read = [family for family in families if family.has_read(readers)]
        others = [family for family in families if not family.has_read(readers)]
        return cls(
            reach=_reach(posts[0], read, families, frozenset(confirmations)),
            read=rows.of(read),
            unread=rows.of(family for family in others if family.joined),
            unconnected=rows.of(family for family in others if not family.joined),
            informed=len(around.informed([post.audience for post in posts], day_of(posts[0]))),
        )


def _reach(
    post: Post, read: list[Family], families: list[Family], confirmed: frozenset[UUID]
) -> Reach:
    """How many have read it; where it was asked also how many said so, and whom to call."""
    reach = Reach(len(read), len(families), "")
    if not post.asks_reading:
        return reach
    said = sum(family.has_read(confirmed) for family in families)
    return reach._replace(confirmed=said, calls_url=reverse("feed:calls", args=[post.pk]))


def _confirmations(posts: list[Post], viewer: Viewer) -> dict[UUID, datetime]:
    """Per person when it was said, where it was asked: one who did not open it here has read it."""
    if not any(post.asks_reading for post in posts):
        return {}
    pressed = Confirmation.objects.visible_to(viewer).filter(post__in=[post.pk for post in posts])
    return dict(pressed.order_by("-created_at").values_list("person_id", "created_at"))


def _first_readings(posts: Iterable[Post], viewer: Viewer) -> dict[UUID, datetime]:
    """Per reader the first moment; siblings of a broadcast count as one."""
    readings = Reading.objects.visible_to(viewer).filter(post__in=[post.pk for post in posts])
    latest_first = readings.order_by("-created_at").values_list("user_id", "created_at")
    return dict(latest_first)


class _Rows:
    """Names of the families, as far as this person may know them."""

    def __init__(
        self,
        families: Iterable[Family],
        viewer: Viewer,
        readings: Mapping[UUID, datetime],
        card: Card,
        confirmed: frozenset[UUID],
    ) -> None:
        families = list(families)
        children = {child for family in families for child in family.child_ids}
        guardians = {one for family in families for one in family.guardian_ids}
        self.students = Student.objects.visible_to(viewer).in_bulk(list(children))
        self.people = User.objects.visible_to(viewer).in_bulk(list(guardians))
        self.readings, self.hue, self.confirmed = readings, card.hue, confirmed

    def of(self, families: Iterable[Family]) -> list[Row]:
        return sorted(map(self._row, families), key=lambda row: (row.children, row.name))

    def _row(self, family: Family) -> Row:
        # One child in two organisations is two students with one name.
        children = {self.students[one].name for one in family.child_ids if one in self.students}
        guardians = {self.people[one].name for one in family.guardian_ids if one in self.people}
        name = ", ".join(sorted(guardians)) or ", ".join(sorted(children))
        moments = [self.readings[one] for one in family.guardian_ids if one in self.readings]
        said = saying.said(min(moments), now=clock.now()) if moments else ""
        confirmed = family.has_read(self.confirmed)
        return Row(name, ", ".join(sorted(children)), initials_of(name), self.hue, said, confirmed)
