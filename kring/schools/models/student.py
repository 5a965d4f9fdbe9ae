from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from kring.base.names import full_name, sort_key
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import AboutStudentQuerySet, Acts, In, Viewer
from kring.events.models import AuditEntry
from kring.schools.models.base import SchoolModel
from kring.schools.models.refusing import refusing_in_words
from kring.schools.models.school import Group, School

OFFICE = In("school", "administers")  # who keeps the books of the school


class StudentQuerySet(AboutStudentQuerySet["Student"]):
    """A child's name: also for who comes later, and for who may fetch it."""

    acts = Acts(
        insert=OFFICE,
        update=OFFICE,
        columns=("first_name", "infix", "last_name", "sort_key", "born_on", "source_id", "eck_id"),
    )

    student = "id"
    kinds = ("child_ids", "informed_ids", "pick_up_ids", "coming_ids", "followed_ids")


class Student(SchoolModel):
    """A child as one school knows it. The citizen service number (BSN) is never stored."""

    first_name = models.CharField(max_length=64)  # roepnaam
    infix = models.CharField(max_length=20, blank=True)
    last_name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=300, editable=False)
    born_on = models.DateField(null=True, blank=True)
    source_id = models.CharField(max_length=256, blank=True)
    # The pseudonym of the chain of education, opaque.
    eck_id = models.CharField(max_length=256, blank=True, db_default="")

    objects = StudentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "source_id"],
                condition=~Q(source_id=""),
                name="student_once_per_source",
            ),
            models.UniqueConstraint(
                fields=["school", "eck_id"],
                condition=~Q(eck_id=""),
                name="student_once_per_eck_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.infix, self.last_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the key that lists are sorted by (the embedded PostgreSQL has no ICU)."""
        self.sort_key = sort_key(self.first_name, self.last_name)
        super().save(*args, **kwargs)

    @classmethod
    def add(cls, group: Group, first_day: date, *, by: Viewer, **facts: Any) -> Self:
        """Write a child in by hand, in its first group."""
        with refusing_in_words():
            child = cls(school_id=group.school_id, **facts)
            child.save(force_insert=True)
            AuditEntry.note("student.added", child, by=by, fields=facts, student=child.pk)
            child.place(group, first_day, by=by)
        return child

    def correct(self, changes: Mapping[str, Any], *, by: Viewer) -> None:
        """Change the facts that were wrong, and no others."""
        for name, value in changes.items():
            setattr(self, name, value)
        if changes:
            self.save(update_fields=[*changes, "sort_key"])
            AuditEntry.note("student.changed", self, by=by, fields=changes, student=self.pk)

    def place(self, group: Group, first_day: date, *, by: Viewer) -> Enrollment:
        """Put it in a group from a day on.

        A child is in one homeroom at a time: the one before ends the day before, and what was
        planned in this school year makes way. A club stands beside it.
        """
        stays = [
            stay
            for stay in self._stays(by).select_related("group")
            if stay.group.is_homeroom and group.is_homeroom
        ]
        later = [stay for stay in stays if first_day <= stay.starts_on]
        planned = [stay for stay in later if stay.group.year_id != group.year_id]
        until = min((stay.starts_on for stay in planned), default=None)
        new = Enrollment(
            school_id=self.school_id,
            student=self,
            group=group,
            starts_on=first_day,
            ends_on=until and until - timedelta(days=1),
        )
        with refusing_in_words():
            for stay in stays:
                if stay not in planned:
                    stay.stop(first_day - timedelta(days=1), by=by)
            new.save(force_insert=True)
            AuditEntry.note(
                "student.placed", new, by=by, fields=("group", "starts_on"), student=self.pk
            )
        return new

    def leave(self, last_day: date, *, by: Viewer) -> None:
        """Be in no group after this day."""
        with refusing_in_words():
            for stay in self._stays(by):
                stay.stop(last_day, by=by)
            AuditEntry.note("student.left", self, by=by, fields=("ends_on",), student=self.pk)

    def _stays(self, by: Viewer) -> EnrollmentQuerySet:
        """Its places, so that nobody else changes them meanwhile."""
        mine = Enrollment.objects.changeable_by(by).filter(student=self.pk)
        return mine.select_for_update(of=("self",)).order_by("starts_on")


class DaysRange(Func):
    """Days from and to, both included, as a range."""

    function = "daterange"
    output_field = DateRangeField()


class EnrollmentQuerySet(AboutStudentQuerySet["Enrollment"]):
    """Which group a child is in; also a former one, and one that begins later."""

    kinds = ("child_ids", "informed_ids", "coming_ids", "followed_ids")
    acts = Acts(
        insert=OFFICE,
        update=OFFICE,
        delete=OFFICE,
        columns=("grade", "weekdays", "starts_on", "ends_on"),
    )

    def on(self, day: Any) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Enrollment(SchoolModel):
    """Plaatsing: a child in a group, from a day, to a day (included) or for now."""

    student = SchoolForeignKey(Student, models.CASCADE, related_name="enrollments")
    group = SchoolForeignKey(Group, models.PROTECT, related_name="enrollments")
    grade = models.PositiveSmallIntegerField(null=True, blank=True)  # in a group of several
    # Days of care, 1 is Monday; none: every day that the school is open.
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, db_default=[], blank=True
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="enrollment_ends_after_start"
            ),
            ExclusionConstraint(
                name="enrollment_once_at_a_time",
                expressions=[
                    ("student", RangeOperators.EQUAL),
                    ("group", RangeOperators.EQUAL),
                    (DaysRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.group_id}"

    def stop(self, last_day: date, *, by: Viewer) -> None:
        """End with this day; what would have begun later never was."""
        if self.starts_on > last_day:
            type(self).objects.removable_by(by).filter(pk=self.pk).delete()
        elif self.ends_on is None or self.ends_on > last_day:
            self.ends_on = last_day
            self.save(update_fields=["ends_on"])


class SameChildQuerySet(AboutStudentQuerySet["SameChild"]):
    pass


class SameChild(SchoolModel):
    """A child of the school and a child of the after-school care are one child.

    The one key that points into another organisation, by its nature; both stand under one board.
    """

    student = SchoolForeignKey(Student, models.CASCADE, related_name="elsewhere")
    other_school = models.ForeignKey(School, models.PROTECT, related_name="+")
    other_student = models.ForeignKey(Student, models.CASCADE, related_name="+")

    objects = SameChildQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "same children"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student", "other_school"], name="same_child_once"),
            models.CheckConstraint(
                condition=~Q(school=F("other_school")), name="same_child_elsewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} is {self.other_student_id}"
