from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, ByParentQuerySet, Mine, Through, Viewer
from kring.feed.models.post import Post
from kring.schools.models import SchoolModel


class ConfirmationQuerySet(ByParentQuerySet["Confirmation"]):
    """Who said 'I have read this': oneself, and staff who see the post as staff."""

    family = Mine("person") & Through("post") | Through("post", "staff")
    acts = Acts(insert=Mine("person") & Through("post"))


class Confirmation(SchoolModel):
    """Somebody pressed 'Ik heb dit gelezen', first at ``created_at``.

    A broadcast asks once: a press is a row at each sibling that the person may see, so that each
    organisation knows of it by its own post.
    """

    class Way(models.TextChoices):
        APP = "app"
        MAIL = "mail"  # on the page that the link of the mail opens

    post = SchoolForeignKey(Post, models.CASCADE, related_name="confirmations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    way = models.CharField(max_length=5, choices=Way)

    person_id: UUID

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "person"], name="confirmed_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} confirmed {self.post_id}"

    @classmethod
    def give(cls, posts: Iterable[Post], *, by: Viewer, way: Way) -> None:
        """These were read, says this person. Twice is once; one's own posts ask nothing."""
        Confirmation.objects.bulk_create(
            [
                Confirmation(school_id=post.school_id, post=post, person_id=by.person_id, way=way)
                for post in posts
                if post.asks_reading and post.author_id != by.person_id
            ],
            ignore_conflicts=True,
        )
