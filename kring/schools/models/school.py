from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kring.base.ids import new_id
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import In, SchoolWideQuerySet, StaffOnlyQuerySet
from kring.schools.models.base import SchoolModel


class SchoolBoardQuerySet(StaffOnlyQuerySet["SchoolBoard"]):
    """A board is known to the staff of its schools."""

    school = None
    family = In("id", "board_ids")


class SchoolBoard(models.Model):
    """Bestuur: answers for one or more schools (the controller of the AVG)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SchoolBoardQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class SchoolQuerySet(SchoolWideQuerySet["School"]):
    """A school is known to its families and staff."""

    school = "id"
    family = In("id", "school_ids")


class School(models.Model):
    """A school or an after-school care (BSO): the organisation that rows belong to."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("school")
        AFTERCARE = "aftercare", _("after-school care")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    board = models.ForeignKey(SchoolBoard, models.PROTECT, related_name="schools")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SCHOOL)
    brin = models.CharField(max_length=6, blank=True)  # with the number of the location
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SchoolQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class SchoolYearQuerySet(SchoolWideQuerySet["SchoolYear"]):
    pass


class SchoolYear(SchoolModel):
    """From 1 August to 31 July, unless the school says otherwise."""

    name = models.CharField(max_length=9)  # 2026-2027
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = SchoolYearQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "name"], name="school_year_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="school_year_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupQuerySet(SchoolWideQuerySet["Group"]):
    pass


class Group(SchoolModel):
    """Groep, klas, stamgroep: of one school year, with one or more grades."""

    year = SchoolForeignKey(SchoolYear, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=64)
    grades = ArrayField(models.PositiveSmallIntegerField(), default=list)
    color = models.PositiveSmallIntegerField(default=1)  # one of twelve that all can tell apart
    source_id = models.CharField(max_length=256, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "year", "name"], name="group_once_a_year"),
            models.CheckConstraint(condition=Q(color__range=(1, 12)), name="group_has_a_color"),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyQuerySet(SchoolWideQuerySet["Policy"]):
    def current(self) -> Self:
        """The newest of each school."""
        return self.order_by("school", "-version").distinct("school")


class Policy(SchoolModel):
    """What this school lets people see (the • of the rights table). A change is a new version."""

    school = models.ForeignKey(School, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    informed_sees_posts = models.BooleanField(default=True)
    informed_sees_photos = models.BooleanField(default=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "version"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(informed_sees_posts=True) | Q(informed_sees_photos=False),
                name="policy_no_photos_without_posts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.version}"


class ClosedDayQuerySet(SchoolWideQuerySet["ClosedDay"]):
    pass


class ClosedDay(SchoolModel):
    """Vakantie, studiedag: nobody is expected."""

    name = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = ClosedDayQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="closed_day_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name
