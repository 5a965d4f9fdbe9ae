"""A note on paper, for a family that an important message did not reach in another way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, ByParentQuerySet, Mine, Viewer
from kring.events.models import AuditEntry
from kring.feed.models.call import CALLERS
from kring.feed.models.post import Post
from kring.schools.models import SchoolModel, Student


class SlipQuerySet(ByParentQuerySet["Slip"]):
    """Staff of the post who may know the family, as for its calls."""

    family = CALLERS
    acts = Acts(insert=Mine("printed_by") & CALLERS)


class Slip(SchoolModel):
    """A family's slip was printed, to be handed out with this child.

    As of a call, the family is found again by any of ``guardian_ids``, or by its child alone.
    """

    post = SchoolForeignKey(Post, models.CASCADE, related_name="slips")
    student = SchoolForeignKey(Student, models.CASCADE, related_name="+")
    guardian_ids = ArrayField(models.UUIDField(), default=list)
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    post_id: UUID
    student_id: UUID

    objects = SlipQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["post"], name="slips_of_post")]

    def __str__(self) -> str:
        return f"slip of {self.post_id}"

    @classmethod
    @transaction.atomic
    def note(cls, post: Post, slips: Iterable[Self], *, by: Viewer) -> None:
        """These were printed, for this post and its siblings."""
        cls.objects.bulk_create(slips)
        AuditEntry.note("slips.printed", post, by=by)
