"""Who is addressed is who may see: the audience stands as columns on the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kring.schools.models import SchoolModel


@dataclass(frozen=True)
class Audience:
    """Exactly one of: the whole school, its staff, some groups, the families of some children."""

    school_id: UUID
    whole_school: bool = False
    staff_only: bool = False
    group_ids: tuple[UUID, ...] = ()
    student_ids: tuple[UUID, ...] = ()

    def columns(self) -> dict[str, object]:
        """The same as columns of an addressed row."""
        return {
            "school_id": self.school_id,
            "whole_school": self.whole_school,
            "staff_only": self.staff_only,
            "group_ids": sorted(self.group_ids),
            "student_ids": sorted(self.student_ids),
        }


def _one_audience() -> Q:
    none: dict[str, object] = {
        "whole_school": False,
        "staff_only": False,
        "group_ids": [],
        "student_ids": [],
    }
    found = Q(**(none | {"whole_school": True})) | Q(**(none | {"staff_only": True}))
    for name in ("group_ids", "student_ids"):
        others = {key: value for key, value in none.items() if key != name}
        found |= Q(**others) & ~Q(**{name: []})
    return found


class Addressed(SchoolModel):
    """Seen by its audience from ``published_at`` on, until it is withdrawn."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    whole_school = models.BooleanField(default=False)
    staff_only = models.BooleanField(default=False)
    group_ids = ArrayField(models.UUIDField(), default=list)
    student_ids = ArrayField(models.UUIDField(), default=list)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    author_id: UUID
    withdrawn_by_id: UUID | None

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_audience(), name="%(app_label)s_%(class)s_one_audience"
            )
        ]

    @property
    def audience(self) -> Audience:
        return Audience(
            self.school_id,
            self.whole_school,
            self.staff_only,
            tuple(self.group_ids),
            tuple(self.student_ids),
        )
