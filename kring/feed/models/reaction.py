from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, ByParentQuerySet, Mine, Through, Viewer
from kring.feed.models.post import Post
from kring.notifications.models import Notification
from kring.schools.models import SchoolModel


class LikeQuerySet(ByParentQuerySet["Like"]):
    """One's own: who else likes a post is nobody's business, how many stands on the post."""

    family = Mine("user") & Through("post")
    acts = Acts(
        insert=Mine("user") & Through("post", "taking_part"), delete=Mine("user") & Through("post")
    )


class Like(SchoolModel):
    """Somebody likes a post. Pages show how many, never who."""

    post = SchoolForeignKey(Post, models.CASCADE, related_name="likes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    objects = LikeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "user"], name="like_once")]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.post_id}"

    @classmethod
    def give(cls, posts: Iterable[Post], *, by: Viewer) -> None:
        """Like a card: every sibling of it that one may see. Twice is once."""
        Like.objects.bulk_create(
            [Like(school_id=post.school_id, post=post, user_id=by.person_id) for post in posts],
            ignore_conflicts=True,
        )

    @classmethod
    def take_back(cls, posts: Iterable[Post], *, by: Viewer) -> None:
        cls.objects.removable_by(by).filter(post__in=list(posts), user=by.person_id).delete()


class ReadingQuerySet(ByParentQuerySet["Reading"]):
    """Who has read: oneself, and staff who see the post as staff."""

    family = Mine("user") & Through("post") | Through("post", "staff")
    acts = Acts(insert=Mine("user") & Through("post"))


class Reading(SchoolModel):
    """Somebody has read a post, first at ``created_at``."""

    post = SchoolForeignKey(Post, models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    user_id: UUID

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "user"], name="reading_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.post_id}"

    @classmethod
    def mark(cls, posts: Iterable[Post], *, by: Viewer, opened: bool = False) -> None:
        """These were read by this person, now or before. One's own posts need no reading.

        What she was told of them is news no more; of a post that was ``opened``, nor its comments.
        """
        read = list(posts)
        Reading.objects.bulk_create(
            [
                Reading(school_id=post.school_id, post=post, user_id=by.person_id)
                for post in read
                if post.author_id != by.person_id
            ],
            ignore_conflicts=True,
        )
        verbs = () if opened else ("post.published",)
        Notification.look_at([post.card_id for post in read], by=by, verbs=verbs)
