"""One page of the feed, newest first, in a fixed number of queries."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from kring.base import clock
from kring.base.visibility import Viewer
from kring.feed.cards import Card, Chip, Surroundings, cards, group_hue, here
from kring.feed.models import Like, Post, Reading
from kring.feed.models.post import PostQuerySet
from kring.feed.reach import with_reach
from kring.schools.models import Enrollment, Group, School

SIZE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Cursor(NamedTuple):
    """Where the next page begins: after this card."""

    published_at: datetime
    card_id: UUID

    def __str__(self) -> str:
        microseconds = (self.published_at - EPOCH) // MICROSECOND
        packed = microseconds.to_bytes(8) + self.card_id.bytes
        return urlsafe_b64encode(packed).decode()

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """None for what is not a cursor of ours: then the page is the first."""
        try:
            packed = urlsafe_b64decode(text)
            moment = EPOCH + MICROSECOND * int.from_bytes(packed[:8])
            return cls(moment, UUID(bytes=packed[8:]))
        except (ValueError, OverflowError):
            return None


def with_marks(posts: PostQuerySet, viewer: Viewer) -> PostQuerySet:
    """Annotate whether this person likes it and has read it; select its school."""
    own = {"user": viewer.user_id, "post": OuterRef("pk")}
    return posts.select_related("school").annotate(
        liked=Exists(Like.objects.unscoped("one's own").filter(**own)),
        read=Exists(Reading.objects.unscoped("one's own").filter(**own)),
    )


@dataclass
class FeedPage:
    """What one person sees from a cursor on, all of it or about one child or group."""

    viewer: Viewer
    session_key: str
    before: Cursor | None = None
    about: str = ""

    @cached_property
    def cards(self) -> list[Card]:
        around = Surroundings(self.viewer, self.session_key, self._groups, clock.now())
        shown = self._threads[:SIZE]
        return with_reach(cards(shown, around), shown, self.viewer)

    @property
    def older_url(self) -> str | None:
        """The next page, or None at the end."""
        if len(self._threads) <= SIZE:
            return None
        last = self._threads[SIZE - 1][0]
        asked = {"before": str(Cursor(last.published_at, last.card_id))}
        if self.about:
            asked["about"] = self.about
        return f"{here()}?{urlencode(asked)}"

    @cached_property
    def filters(self) -> list[Chip]:
        """Everything, then each child with its group, each after-school care, each group taught."""
        chips = [_chip(str(one), name, hue, self.about) for one, name, hue in self._units]
        return [_chip("", _("All"), "school", self.about), *chips] if len(chips) > 1 else []

    @cached_property
    def _threads(self) -> list[list[Post]]:
        """The posts of one page and one more; siblings of a broadcast together."""
        newest = Post.objects.visible_to(self.viewer).filter(self._asked)
        pages = [newest.page(one, self.before, SIZE + 1) for one in sorted(self.viewer.school_ids)]
        if not pages:
            return []
        if len(pages) == 1:
            found = with_marks(pages[0], self.viewer)
        else:
            first, *others = (page.values("pk") for page in pages)
            chosen = Post.objects.unscoped("each branch of the union is visible_to")
            chosen = chosen.filter(pk__in=first.union(*others, all=True))
            found = with_marks(chosen, self.viewer).order_by("-published_at", "-card_id", "pk")
        threads: dict[UUID, list[Post]] = {}
        for post in found:
            threads.setdefault(post.card_id, []).append(post)
        return list(threads.values())[: SIZE + 1]

    @property
    def _asked(self) -> Q:
        """Of one unit: a group, a child with its group and school, or an after-school care."""
        try:
            unit = UUID(self.about)
        except ValueError:
            return Q()
        asked = Q(group_ids__contains=[unit]) | Q(student_ids__contains=[unit])
        for stay in self._stays:
            if unit == stay.student_id:
                asked |= Q(group_ids__contains=[stay.group_id])
                asked |= Q(whole_school=True, school=stay.school_id)
        return asked | (Q(school=unit) if unit in self.viewer.school_ids else Q(pk__in=()))

    @cached_property
    def _stays(self) -> Sequence[Enrollment]:
        """Where one's own children are today."""
        children = self.viewer.ids("child_ids", "informed_ids")
        if not children:
            return []
        stays = Enrollment.objects.visible_to(self.viewer).on(clock.today())
        stays = stays.filter(student__in=children).select_related("student", "group", "school")
        return list(stays.order_by("student__first_name", "group__name"))

    @cached_property
    def _groups(self) -> dict[UUID, Group]:
        """The groups that the posts name, and those of the staff that looks."""
        named = {one for siblings in self._threads for post in siblings for one in post.group_ids}
        wanted = Q(pk__in=named | self.viewer.taught_group_ids)
        if overseen := self.viewer.ids("leads", "administers", "coaches", "cares_for"):
            wanted |= Q(school__in=overseen, year__ends_on__gte=clock.today())
        groups = Group.objects.visible_to(self.viewer).filter(wanted)
        return {group.pk: group for group in groups.order_by("name")}

    @property
    def _units(self) -> Iterable[tuple[UUID, str, str]]:
        cares: dict[UUID, tuple[UUID, str, str]] = {}
        for stay in self._stays:
            if stay.school.kind == School.Kind.AFTERCARE:
                cares[stay.school_id] = (stay.school_id, stay.school.name, "bso")
            else:
                name = f"{stay.student.first_name} · {stay.group.name}"
                yield stay.student_id, name, group_hue(stay.group)
        yield from cares.values()
        overseen = self.viewer.ids("leads", "administers", "coaches", "cares_for")
        for group in self._groups.values():
            if group.pk in self.viewer.taught_group_ids or group.school_id in overseen:
                yield group.pk, group.name, group_hue(group)


def _chip(unit: str, name: str, hue: str, about: str) -> Chip:
    url = f"{here()}?{urlencode({'about': unit})}" if unit else here()
    return Chip(name, hue, url, current=unit == about)
