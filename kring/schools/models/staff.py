from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import SchoolWideQuerySet
from kring.schools.models.base import SchoolModel
from kring.schools.models.school import Group


class EmploymentQuerySet(SchoolWideQuerySet["Employment"]):
    def on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Employment(SchoolModel):
    """A person works at a school, in a role, from a day."""

    class Role(models.TextChoices):
        TEACHER = "teacher", _("teacher")
        AIDE = "aide", _("teaching assistant")
        COUNSELOR = "counselor", _("internal supervisor")
        PRINCIPAL = "principal", _("principal")
        ADMINISTRATOR = "administrator", _("administrator")
        AFTERCARE = "aftercare", _("after-school carer")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="employments")
    role = models.CharField(max_length=20, choices=Role)
    called = models.CharField(max_length=60, blank=True)  # as children say it: "juf Sanne"
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "user", "role"],
                condition=Q(ends_on=None),
                name="employment_once_per_role",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="employment_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class TeachingAssignmentQuerySet(SchoolWideQuerySet["TeachingAssignment"]):
    def on(self, day: date) -> Self:
        """Those that hold on a day; weekdays route notices, never access."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class TeachingAssignment(SchoolModel):
    """A person teaches a group, from a day; a substitute always has a last day."""

    class Kind(models.TextChoices):
        TEACHER = "teacher", _("teacher")
        AIDE = "aide", _("teaching assistant")
        SUBSTITUTE = "substitute", _("substitute")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    group = SchoolForeignKey(Group, models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEACHER)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)  # 1 is Monday
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = TeachingAssignmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="assignment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(kind="substitute") | Q(ends_on__isnull=False),
                name="substitute_has_a_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} teaches {self.group_id}"
