from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from kring.base.names import full_name, sort_key
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import AboutStudentQuerySet
from kring.schools.models.base import SchoolModel
from kring.schools.models.school import Group, School


class StudentQuerySet(AboutStudentQuerySet["Student"]):
    """A child's name: also for who comes later, and for who may fetch it."""

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

    objects = StudentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "source_id"],
                condition=~Q(source_id=""),
                name="student_once_per_source",
            )
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


class DaysRange(Func):
    """Days from and to, both included, as a range."""

    function = "daterange"
    output_field = DateRangeField()


class EnrollmentQuerySet(AboutStudentQuerySet["Enrollment"]):
    """Which group a child is in; also a former one, and one that begins later."""

    kinds = ("child_ids", "informed_ids", "coming_ids", "followed_ids")

    def on(self, day: Any) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Enrollment(SchoolModel):
    """Plaatsing: a child in a group, from a day, to a day (included) or for now."""

    student = SchoolForeignKey(Student, models.CASCADE, related_name="enrollments")
    group = SchoolForeignKey(Group, models.PROTECT, related_name="enrollments")
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
