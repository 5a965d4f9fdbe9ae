"""One post on its page, with its siblings of the same broadcast and all that hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.safestring import SafeString

from kring.base import clock, saying
from kring.base.text import as_html
from kring.base.visibility import Viewer
from kring.feed.cards import Card, Surroundings, cards, initials_of
from kring.feed.forms import CommentForm
from kring.feed.hanging import with_parts
from kring.feed.models import Comment, Post
from kring.feed.reach import with_reach
from kring.feed.shown import Shown, with_marks
from kring.schools.middleware import ViewerRequest
from kring.schools.models import Group

MOST_COMMENTS = 200  # on one page, the newest


@dataclass(slots=True, kw_only=True)
class Said:
    """A comment as the page shows it."""

    id: UUID
    key: UUID  # of the form that said it
    byline: str
    initials: str
    hue: str
    said: str
    iso: str
    html: SafeString
    mine: bool
    hidden: bool
    may_hide: bool


@dataclass
class OneThread:
    """The post first, then its siblings that this person sees too."""

    viewer: Viewer
    session_key: str
    posts: Sequence[Post]

    @classmethod
    def of(cls, request: ViewerRequest, post_id: UUID) -> OneThread:
        """Raises Http404 for what is not there, or not for this person."""
        seen = Post.objects.visible_to(request.viewer).filter(withdrawn_at=None)
        card = seen.filter(pk=post_id).values("card_id")
        posts = list(with_marks(seen.filter(card_id__in=card), request.viewer).order_by("pk"))
        posts.sort(key=lambda post: post.pk != post_id)
        if not posts:
            raise Http404
        return cls(request.viewer, request.session.session_key or "", posts)

    @cached_property
    def card(self) -> Card:
        named = {one for post in self.posts for one in post.group_ids}
        groups = Group.objects.visible_to(self.viewer).in_bulk(list(named))
        around = Surroundings(self.viewer, self.session_key, groups)
        thread = [Shown.of(post) for post in self.posts]
        shown = with_reach(cards([thread], around, most=None), [thread], self.viewer)
        return with_parts(shown, [thread], self.viewer)[0]

    @cached_property
    def is_open(self) -> bool:
        """Whether this person may comment."""
        open_ones = Post.objects.reached_by(self.viewer, "commenting")
        return open_ones.filter(pk=self.posts[0].pk).exists()

    def context(self, form: CommentForm | None = None) -> dict[str, Any]:
        """For the template; with the form as it was sent, where it was wrong."""
        fresh = CommentForm() if self.is_open else None
        return {"card": self.card, "comments": self.comments, "form": form or fresh}

    @cached_property
    def comments(self) -> list[Said]:
        tended = {
            post.pk
            for post in Post.objects.tended_by(self.viewer).filter(pk__in=self._ids).only("pk")
        }
        comments = Comment.objects.visible_to(self.viewer).filter(post__in=self._ids)
        newest = list(comments.order_by("-created_at")[:MOST_COMMENTS])
        return [self._said(one, may_hide=one.post_id in tended) for one in reversed(newest)]

    @property
    def _ids(self) -> list[UUID]:
        return [post.pk for post in self.posts]

    def _said(self, comment: Comment, *, may_hide: bool) -> Said:
        return Said(
            id=comment.pk,
            key=comment.key,
            byline=comment.byline,
            initials=initials_of(comment.byline),
            hue=self.card.hue,
            said=saying.said(comment.created_at, now=clock.now()),
            iso=comment.created_at.isoformat(),
            html=as_html(comment.text),
            mine=comment.author_id == self.viewer.user_id,
            hidden=comment.hidden_at is not None,
            may_hide=may_hide,
        )
