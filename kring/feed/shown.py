"""A post as its card needs it, read without a model: a page of them is what everybody opens."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from kring.audiences.models import Audience
from kring.base.visibility import Viewer
from kring.feed.models import Confirmation, Like, Post, Reading
from kring.feed.models.post import PostQuerySet

# In the order of ``Shown``, of a ``post`` and the school that is its ``home``. OFFSET 0 keeps the
# marks a look in the index per post: without it all that one ever read might be gathered first.
COLUMNS = """
    post.id, post.school_id, post.card_id, post.author_id, post.published_at, post.text,
    post.byline, post.byline_role, post.whole_school, post.staff_only, post.group_ids,
    post.student_ids, post.allows_comments, post.like_count, post.comment_count,
    post.waits, post.has_files, post.edited_at IS NOT NULL, post.withdrawn_at IS NOT NULL,
    home.name, home.kind,
    EXISTS (SELECT FROM feed_like own
        WHERE own.post_id = post.id AND own.user_id = %(person)s OFFSET 0),
    EXISTS (SELECT FROM feed_reading own
        WHERE own.post_id = post.id AND own.user_id = %(person)s OFFSET 0),
    post.is_urgent, post.asks_reading, post.call_at,
    post.asks_reading AND EXISTS (SELECT FROM feed_confirmation own
        WHERE own.post_id = post.id AND own.person_id = %(person)s OFFSET 0)
"""


class Shown(NamedTuple):
    """A post, its school, and whether who looks likes it, has read it and has said so."""

    pk: UUID
    school_id: UUID
    card_id: UUID
    author_id: UUID
    published_at: datetime
    text: str
    byline: str
    byline_role: str
    whole_school: bool
    staff_only: bool
    group_ids: list[UUID]
    student_ids: list[UUID]
    allows_comments: bool
    like_count: int
    comment_count: int
    waits: bool
    has_files: bool
    edited: bool
    withdrawn: bool
    school_name: str
    school_kind: str
    liked: bool
    read: bool
    is_urgent: bool
    asks_reading: bool
    call_at: datetime | None
    confirmed: bool

    @property
    def audience(self) -> Audience:
        return Audience(
            self.school_id,
            self.whole_school,
            self.staff_only,
            tuple(self.group_ids),
            tuple(self.student_ids),
        )

    def may_be_changed_by(self, viewer: Viewer) -> bool:
        """As row security has it for UPDATE: the writer, and who leads the school."""
        own = self.author_id == viewer.user_id and self.school_id in viewer.staff_of
        return own or self.school_id in viewer.ids("leads", "administers")

    def may_be_rewritten_by(self, viewer: Viewer) -> bool:
        """As ``rewritable_by``: who may write to these readers today, not only take it back."""
        mine = viewer.taught_group_ids | viewer.pupil_ids
        readers = mine.issuperset([*self.group_ids, *self.student_ids]) and not self.whole_school
        all_of_it = self.school_id in viewer.ids("leads", "administers", "cares_for")
        return self.may_be_changed_by(viewer) and (readers or all_of_it)

    @classmethod
    def of(cls, post: Post) -> Self:
        """The same of a post ``with_marks``."""
        marks = {"edited": post.edited_at is not None, "withdrawn": post.withdrawn_at is not None}
        own = {name: getattr(post, name) for name in cls._fields if name not in marks}
        return cls(**own | marks)


def with_marks(posts: PostQuerySet, viewer: Viewer) -> PostQuerySet:
    """Annotate the school, and whether this person likes it and has read it."""
    own = {"user": viewer.user_id, "post": OuterRef("pk")}
    return posts.annotate(
        school_name=F("school__name"),
        school_kind=F("school__kind"),
        liked=Exists(Like.objects.unscoped("one's own").filter(**own)),
        read=Exists(Reading.objects.unscoped("one's own").filter(**own)),
        confirmed=Exists(
            Confirmation.objects.unscoped("one's own").filter(
                person=viewer.user_id, post=OuterRef("pk")
            )
        ),
    )
