from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import FromGuardianQuerySet, In, OwnedQuerySet
from kring.schools.models.base import SchoolModel
from kring.schools.models.student import Student


class HouseholdQuerySet(OwnedQuerySet["Household"]):
    """An address is for who lives there and for the office; never for the co-parent."""

    family = In("id", "household_ids") | In("school", "leads", "administers")


class Household(SchoolModel):
    """A home. Two homes for one child are normal; the counts of families are counts of these."""

    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=100, blank=True)

    objects = HouseholdQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class MomentsRange(Func):
    """From a moment up to, not including, another."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class GuardianshipQuerySet(FromGuardianQuerySet["Guardianship"]):
    def at(self, moment: datetime) -> Self:
        """Those that hold at a moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment)


class Guardianship(SchoolModel):
    """One adult's tie with one child: what the school lets this person see and decide."""

    class Relation(models.TextChoices):
        MOTHER = "mother", _("mother")
        FATHER = "father", _("father")
        GUARDIAN = "guardian", _("guardian")
        FOSTER_PARENT = "foster_parent", _("foster parent")
        STEP_PARENT = "step_parent", _("step-parent")
        GRANDPARENT = "grandparent", _("grandparent")
        OTHER = "other", _("carer")

    class Authority(models.TextChoices):
        YES = "yes", _("has authority")
        NO = "no", _("has no authority")
        UNKNOWN = "unknown", _("not known yet")

    class Access(models.TextChoices):
        IN_CARE = "in_care", _("parent or carer")
        INFORMED = "informed", _("informed only")  # BW 1:377c: on request, important facts
        PICK_UP = "pick_up", _("may only fetch")
        WITHHELD = "withheld", _("withheld")

    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="guardianships"
    )
    student = SchoolForeignKey(Student, models.CASCADE, related_name="guardianships")
    household = SchoolForeignKey(
        Household, models.PROTECT, related_name="guardianships", null=True, blank=True
    )
    relation = models.CharField(max_length=20, choices=Relation, default=Relation.OTHER)
    has_authority = models.CharField(max_length=7, choices=Authority, default=Authority.UNKNOWN)
    access = models.CharField(max_length=10, choices=Access, default=Access.IN_CARE)
    has_secret_address = models.BooleanField(default=False)
    telephone = models.CharField(max_length=20, blank=True)  # E.164
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="guardianship_ends_after_start"
            ),
            ExclusionConstraint(
                name="guardianship_once_at_a_time",
                expressions=[
                    ("guardian", RangeOperators.EQUAL),
                    ("student", RangeOperators.EQUAL),
                    (MomentsRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guardian_id} for {self.student_id}"
