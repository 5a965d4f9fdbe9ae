"""When a member of staff works: parents read it, and nothing is sent to her outside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q

from kring.base.visibility import Acts, In, Mine, SchoolWideQuerySet, Viewer
from kring.events.models import AuditEntry
from kring.schools.models.base import SchoolModel

OWN = Mine("person") & In("school", "staff_of") | In("school", "leads", "administers")


class WorkingHoursQuerySet(SchoolWideQuerySet["WorkingHours"]):
    """Families may know when somebody reads."""

    acts = Acts(insert=OWN, update=OWN, delete=OWN)


class WorkingHours(SchoolModel):
    """From when until when one works on a day of the week. No row at all: nothing is held back."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField()  # 1 = Monday (ISO 8601)
    starts_at = models.TimeField()  # school time
    ends_at = models.TimeField()

    person_id: UUID

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "working hours"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "person", "weekday"], name="working_hours_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)), name="working_hours_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="working_hours_end_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.weekday}"

    @classmethod
    @transaction.atomic
    def keep(
        cls,
        school_id: UUID,
        person_id: UUID,
        days: Mapping[int, tuple[time, time]],
        *,
        by: Viewer,
    ) -> None:
        """From now on these: per day of the week from when until when. None: no hours are kept.

        One after the other, so that two at once do not mix.
        """
        with connection.cursor() as cursor:
            key = f"working hours {school_id} {person_id}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        cls.objects.removable_by(by).filter(school=school_id, person=person_id).delete()
        whose = {"school_id": school_id, "person_id": person_id}
        kept = [
            cls(weekday=weekday, starts_at=starts_at, ends_at=ends_at, **whose)
            for weekday, (starts_at, ends_at) in sorted(days.items())
        ]
        for one in kept:
            one.save(force_insert=True)
        AuditEntry.note("working_hours.kept", cls(**whose), by=by, person=person_id)
