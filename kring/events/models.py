"""What happened: the bus of the product, and the trail of who changed what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kring.base import clock
from kring.base.ids import new_id
from kring.base.visibility import Acts, In, Mine, StaffOnlyQuerySet, Viewer


class EventQuerySet(StaffOnlyQuerySet["Event"]):
    """Read by jobs only."""

    school = "school_id"
    family = In("school_id", "works_for")
    acts = Acts(insert=Mine("actor_id") & In("school_id", "school_ids"))


class Event(models.Model):
    """Something that a person did, for whoever wants to know. Dies 30 days after it was told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    school_id = models.UUIDField()
    verb = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    subject_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=clock.now)  # when subscribers hear of it, or later

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["school_id", "due_at"], name="event_by_age")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_id}"


class AuditEntryQuerySet(StaffOnlyQuerySet["AuditEntry"]):
    """Read by the principal and the office of the school."""

    school = "school_id"
    family = In("school_id", "leads", "administers")
    acts = Acts(insert=Mine("actor_id") & In("school_id", "school_ids"))


class AuditEntry(models.Model):
    """Who changed what: ids and names of fields, never the values. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    school_id = models.UUIDField()
    verb = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    subject_id = models.UUIDField()
    fields = ArrayField(models.CharField(max_length=60), default=list)
    student_id = models.UUIDField(null=True)  # the child that it was about
    person_id = models.UUIDField(null=True)  # the adult that it was about
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            models.Index(fields=["school_id", "created_at"], name="audit_by_age"),
            models.Index(fields=["school_id", "student_id", "created_at"], name="audit_of_child"),
            models.Index(fields=["school_id", "person_id", "created_at"], name="audit_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_id}"

    @classmethod
    def note(
        cls,
        verb: str,
        subject: Any,
        *,
        by: Viewer,
        fields: Iterable[str] = (),
        student: UUID | None = None,
        person: UUID | None = None,
    ) -> Self:
        """Add a line to the trail, in the transaction of the change.

        ``student`` and ``person`` say whom it was about, so that the office can look it up.
        """
        entry = cls(
            school_id=subject.school_id,
            verb=verb,
            actor_id=by.user_id,
            subject_id=subject.pk,
            fields=list(fields),
            student_id=student,
            person_id=person,
        )
        entry.save(force_insert=True)
        return entry
