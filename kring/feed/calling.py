"""The call list: the families that an important message did not reach, and who calls them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kring.audiences.families import Family, Neighbourhood
from kring.base import clock, saying
from kring.base.visibility import Viewer
from kring.events.bus import record
from kring.events.models import AuditEntry
from kring.feed.call_lines import Line, Lines, key_of
from kring.feed.models import Call, Post
from kring.feed.reach import day_of, families_of, neighbours_of, thread_of
from kring.feed.sendings import on_their_way, sendings_of

LATELY = timedelta(days=7)
MOST_LISTS = 5
TO_BE_TOLD = timedelta(minutes=1)  # that the worker has to plan the mails and pushes


@dataclass
class CallList:
    """The families of a post and its siblings, for who may know them all."""

    viewer: Viewer
    posts: list[Post]  # the one that was asked for first

    @classmethod
    def of(cls, viewer: Viewer, post_id: UUID) -> CallList:
        """Raises Http404 for what asks no reading, and for who may not know all families."""
        seen = Post.objects.visible_to(viewer).out().filter(asks_reading=True)
        return cls(viewer, thread_of(post_id, seen, viewer))

    @property
    def post(self) -> Post:
        """The one that was asked for."""
        return self.posts[0]

    @property
    def is_open(self) -> bool:
        """Before that only those are called whom nothing else can reach."""
        return self.post.call_at is not None and self.post.call_at <= clock.now()

    @property
    def may_open(self) -> bool:
        """The writer, and who leads the school."""
        return self.post.author_id == self.viewer.user_id or self.may_keep_books

    @property
    def may_keep_books(self) -> bool:
        """Who enters numbers."""
        return self.post.school_id in self.viewer.ids("leads", "administers")

    @cached_property
    def lines(self) -> list[Line]:
        """Every family, in the order in which they are called."""
        return Lines(self._families, self.posts, self.viewer).all()

    @property
    def own(self) -> list[Line]:
        """Those that this person calls now."""
        return [line for line in self.lines if line.mine]

    @property
    def left(self) -> list[Line]:
        """Those that somebody must call, but for one's own."""
        left = [line for line in self.lines if not line.reached and not line.mine]
        return left if self.is_open else [one for one in left if self._is_out_of_reach(one)]

    @property
    def reached(self) -> list[Line]:
        """Those that were reached."""
        return [line for line in self.lines if line.reached and not line.mine]

    @property
    def families(self) -> int:
        """How many they are."""
        return len(self.lines)

    @property
    def done(self) -> int:
        """How many of them were reached."""
        return sum(line.reached for line in self.lines)

    @property
    def unreached(self) -> int:
        """How many are left."""
        return self.families - self.done

    @property
    def opens_said(self) -> str:
        """When calling begins, as people say it."""
        assert self.post.call_at
        return saying.said(self.post.call_at, now=clock.now())

    @cached_property
    def informed(self) -> int:
        """People who are informed only: counted apart."""
        audiences = [post.audience for post in self.posts]
        return len(self._around.informed(audiences, day_of(self.post)))

    def open(self) -> bool:
        """Let calling begin now, for all siblings that one may change. False: it had begun."""
        now = clock.now()
        later = Post.objects.changeable_by(self.viewer).filter(Q(call_at=None) | Q(call_at__gt=now))
        with transaction.atomic():
            ours = later.filter(pk__in=[post.pk for post in self.posts]).select_for_update()
            opened = list(ours.order_by("pk"))
            for post in opened:
                post.call_at = now
                post.save(update_fields=["call_at"])
                AuditEntry.note("calls.opened", post, by=self.viewer, fields=("call_at",))
                record("post.call_due", post, by=self.viewer)
        return bool(opened)

    def take(self, key: UUID) -> Call | None:
        """Call this family from now on; None where it was reached, or is not on the list.

        Raises TakenError where somebody else calls it.
        """
        asked = {line.key for line in self.left if not line.for_office}
        family = next((one for one in self._families if key_of(one) == key), None)
        if family is None or key not in asked:
            return None
        post, student_id = self._addressing(family)
        return Call.claim(
            post,
            family=key,
            student_id=student_id,
            guardian_ids=family.guardian_ids,
            by=self.viewer,
        )

    def key(self, asked: str) -> UUID | None:
        """The family of the list that a form names."""
        return next((line.key for line in self.lines if str(line.key) == asked), None)

    def caller_of(self, key: UUID | None) -> str:
        """Who calls this family now, as far as one may know."""
        return next((line.by for line in self.lines if line.key == key), "")

    def _is_out_of_reach(self, line: Line) -> bool:
        """Whether no mail and no push goes there, or all of it came back."""
        if not line.joined or line.by_hand:
            return True
        if self.post.published_at > clock.now() - TO_BE_TOLD:
            return False
        return self._going.isdisjoint(line.guardian_ids)

    @cached_property
    def _going(self) -> frozenset[UUID]:
        """To whom something went, or is on its way; and who wrote it, and need not be told."""
        writers = {post.author_id for post in self.posts}
        return on_their_way(sendings_of(self.post.card_id)) | writers

    def _addressing(self, family: Family) -> tuple[Post, UUID]:
        """Of the siblings the first that this family is addressed by, through which child."""
        return next(
            (post, min(children))
            for post in self.posts
            if (children := self._around.children(post.audience, day_of(post)) & family.child_ids)
        )

    @cached_property
    def _around(self) -> Neighbourhood:
        return neighbours_of(self.posts, self.viewer)

    @cached_property
    def _families(self) -> list[Family]:
        return families_of(self.posts, self._around)


def call_lists(viewer: Viewer, school_id: UUID) -> list[Post]:
    """What this office may be calling about: of this week, the newest first, one of a card."""
    since = clock.now() - LATELY
    seen = Post.objects.visible_to(viewer).out().filter(school=school_id, call_at__gt=since)
    asked = seen.filter(asks_reading=True, staff_only=False)
    return list(asked.order_by("-published_at")[:MOST_LISTS])
