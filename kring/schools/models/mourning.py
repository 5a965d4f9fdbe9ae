"""Rouw: a family that nothing may reach by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q

from kring.base import clock
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, OwnedQuerySet, Viewer
from kring.events.models import AuditEntry
from kring.schools.models.base import SchoolModel
from kring.schools.models.family import Household
from kring.schools.models.school import LEADING
from kring.schools.models.student import Student


class MourningQuerySet(OwnedQuerySet["Mourning"]):
    """Known to the office; others only meet that nothing goes."""

    family = LEADING
    acts = Acts(insert=LEADING, update=LEADING, columns=("ended_at", "ended_by_id"))

    def standing(self) -> Self:
        """Those that were not ended."""
        return self.filter(ended_at=None)


class Mourning(SchoolModel):
    """From now on no automatic message, letter or reminder goes to this family, from any school.

    Around a child (every guardian of it, in both homes) or around one home.
    """

    student = SchoolForeignKey(Student, models.CASCADE, null=True, related_name="+")
    household = SchoolForeignKey(Household, models.CASCADE, null=True, related_name="+")
    begun_by_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.UUIDField(null=True)

    student_id: UUID | None
    household_id: UUID | None

    objects = MourningQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(student=None) ^ Q(household=None), name="mourning_of_one"
            ),
            models.UniqueConstraint(
                fields=["school", "student"],
                condition=Q(ended_at=None),
                name="one_mourning_of_a_child",
            ),
            models.UniqueConstraint(
                fields=["school", "household"],
                condition=Q(ended_at=None),
                name="one_mourning_of_a_home",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    @transaction.atomic
    def begin(cls, around: Student | Household, *, by: Viewer) -> Mourning:
        """Stop everything at once; the one that stands where it does already."""
        name = "student" if isinstance(around, Student) else "household"
        made = cls(school_id=around.school_id, begun_by_id=by.user_id, **{f"{name}_id": around.pk})
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            if "one_mourning_of" not in str(error):
                raise
            return cls.objects.visible_to(by).standing().get(**{name: around.pk})
        child = around.pk if isinstance(around, Student) else None
        AuditEntry.note("mourning.begun", made, by=by, student=child)
        return made

    @transaction.atomic
    def end(self, *, by: Viewer) -> bool:
        """Let messages go again; what was held back stays unsent. False: it was ended already."""
        standing = type(self).objects.changeable_by(by).standing().filter(pk=self.pk)
        if not standing.update(ended_at=clock.now(), ended_by_id=by.user_id):
            return False
        AuditEntry.note("mourning.ended", self, by=by, student=self.student_id)
        return True


def in_mourning(people: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these people whom nothing may reach by itself, whatever school said so.

    For jobs: it tells no school why.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kring_in_mourning(%s::uuid[])", [list(people)])
        return frozenset(person for (person,) in cursor.fetchall())
