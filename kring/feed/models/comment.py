from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models, transaction

from kring.base import clock
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, ByParentQuerySet, Empty, Mine, Through, Viewer
from kring.events.bus import record
from kring.events.models import AuditEntry
from kring.feed.models.post import Post
from kring.schools.models import SchoolModel

LONGEST_COMMENT = 2_000  # characters


class CommentQuerySet(ByParentQuerySet["Comment"]):
    """As the post; a hidden one by its writer and by staff who see the post as staff."""

    family = Through("post", moment="created_at")
    narrowed = Empty("hidden_at") | Mine("author") | Through("post", "staff")
    acts = Acts(
        insert=Mine("author") & Through("post", "commenting"),
        update=Through("post", "staff"),
        delete=Mine("author") & Empty("hidden_at") & Through("post"),
        columns=("hidden_at", "hidden_by"),
    )


class Comment(SchoolModel):
    """A short answer under a post, seen by all who see the post."""

    post = SchoolForeignKey(Post, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    byline = models.CharField(max_length=200)
    text = models.TextField()
    key = models.UUIDField()
    hidden_at = models.DateTimeField(null=True, editable=False)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    author_id: UUID

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "author", "key"], name="comment_once_per_form")
        ]
        indexes: ClassVar = [
            models.Index(fields=["post", "created_at"], name="comment_of_post"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    @transaction.atomic
    def say(cls, post: Post, *, by: Viewer, text: str, byline: str, key: UUID) -> None:
        """Answer a post. The same form again makes no second comment."""
        comment = cls(
            school_id=post.school_id,
            post=post,
            author_id=by.person_id,
            byline=byline,
            text=text,
            key=key,
        )
        try:
            with transaction.atomic():
                comment.save(force_insert=True)
        except IntegrityError as error:
            if "comment_once_per_form" not in str(error):
                raise
        else:
            record("comment.said", comment, by=by)

    @transaction.atomic
    def hide(self, *, by: Viewer) -> None:
        """Staff take it out of the sight of families; it can be shown again."""
        self._show(clock.now(), by)

    @transaction.atomic
    def reveal(self, *, by: Viewer) -> None:
        self._show(None, by)

    @transaction.atomic
    def take_away(self, *, by: Viewer) -> None:
        """Its writer takes it back."""
        AuditEntry.note("comment.taken_away", self, by=by)
        self.delete()

    def _show(self, hidden_at: object, by: Viewer) -> None:
        changed = type(self).objects.filter(pk=self.pk, hidden_at__isnull=bool(hidden_at))
        if changed.update(hidden_at=hidden_at, hidden_by=by.person_id if hidden_at else None):
            AuditEntry.note("comment.hidden" if hidden_at else "comment.shown", self, by=by)
