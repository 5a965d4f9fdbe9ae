from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, ProtectedError, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.base.ids import new_id
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, In, SchoolWideQuerySet, StaffOnlyQuerySet, Viewer
from kring.events.models import AuditEntry
from kring.schools.models.base import SchoolModel

LEADING = In("school", "leads", "administers")  # who arranges the school


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


SCHOOL_FIELDS = (
    "brin",
    "region",
    "street",
    "postcode",
    "city",
    "telephone",
    "email",
    "website",
    "about",
)


class SchoolQuerySet(SchoolWideQuerySet["School"]):
    """A school is known to its families and staff."""

    school = "id"
    family = In("id", "school_ids")
    acts = Acts(update=In("id", "leads", "administers"), columns=SCHOOL_FIELDS)


class School(models.Model):
    """A school or an after-school care (BSO): the organisation that rows belong to."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("school")
        AFTERCARE = "aftercare", _("after-school care")

    class Region(models.TextChoices):
        """Of the school holidays (WPO art. 15): it goes by municipality, not by province."""

        NORTH = "noord", _("North")
        MIDDLE = "midden", _("Middle")
        SOUTH = "zuid", _("South")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    board = models.ForeignKey(SchoolBoard, models.PROTECT, related_name="schools")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SCHOOL)
    brin = models.CharField(max_length=6, blank=True)  # with the number of the location
    region = models.CharField(max_length=6, choices=Region, blank=True, db_default="")
    street = models.CharField(max_length=200, blank=True, db_default="")
    postcode = models.CharField(max_length=10, blank=True, db_default="")
    city = models.CharField(max_length=100, blank=True, db_default="")
    telephone = models.CharField(max_length=20, blank=True, db_default="")  # E.164
    email = models.EmailField(blank=True, db_default="")
    website = models.URLField(blank=True, db_default="")
    about = models.TextField(
        max_length=2000, blank=True, db_default=""
    )  # for its families: how to reach whom
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SchoolQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def school_id(self) -> UUID:
        """Itself: what is noted of a school is noted in that school."""
        return self.pk

    @transaction.atomic
    def describe(self, *, by: Viewer, **told: str) -> list[str]:
        """Change what families read of the school, and its number; says which fields changed."""
        changed = [name for name, value in told.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, told[name])
        if changed:
            self.save(update_fields=changed)
            AuditEntry.note("school.described", self, by=by, fields=changed)
        return changed


AUGUST, JULY = 8, 7


class SchoolYearQuerySet(SchoolWideQuerySet["SchoolYear"]):
    acts = Acts(insert=LEADING, update=LEADING)

    def on(self, day: date) -> Self:
        """That of a day."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


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

    @classmethod
    @transaction.atomic
    def open(cls, first: int, *, school_id: UUID, by: Viewer) -> SchoolYear:
        """The school year that begins in August of a year; the same one when it is there."""
        made = cls(
            school_id=school_id,
            name=f"{first}-{first + 1}",
            starts_on=date(first, AUGUST, 1),
            ends_on=date(first + 1, JULY, 31),
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:  # it is there already
            return cls.objects.visible_to(by).get(school=school_id, name=made.name)
        AuditEntry.note("school_year.opened", made, by=by, fields=("name",))
        return made


class GroupQuerySet(SchoolWideQuerySet["Group"]):
    acts = Acts(insert=LEADING, update=LEADING, delete=LEADING)


class Group(SchoolModel):
    """Groep, klas, stamgroep: of one school year, with one or more grades."""

    year = SchoolForeignKey(SchoolYear, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=64)
    grades = ArrayField(models.PositiveSmallIntegerField(), default=list)
    # Stamgroep; else a plus class, a Latin club.
    is_homeroom = models.BooleanField(default=True, db_default=True)
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

    @classmethod
    @transaction.atomic
    def make(
        cls,
        year: SchoolYear,
        *,
        by: Viewer,
        name: str,
        grades: Sequence[int],
        color: int,
        is_homeroom: bool,
    ) -> Group:
        """A group of a school year. Raises ValidationError where the name is taken."""
        made = cls(
            school_id=year.school_id,
            year=year,
            name=name,
            grades=list(grades),
            color=color,
            is_homeroom=is_homeroom,
        )
        made._keep(force_insert=True)
        AuditEntry.note("group.made", made, by=by, fields=("name",))
        return made

    @transaction.atomic
    def revise(
        self, *, by: Viewer, name: str, grades: Sequence[int], color: int, is_homeroom: bool
    ) -> None:
        """Another name, other grades, another colour. Raises ValidationError as ``make``."""
        told = {"name": name, "grades": list(grades), "color": color, "is_homeroom": is_homeroom}
        changed = [field for field, value in told.items() if getattr(self, field) != value]
        for field in changed:
            setattr(self, field, told[field])
        if changed:
            self._keep(update_fields=changed)
            AuditEntry.note("group.changed", self, by=by, fields=changed)

    def _keep(self, **how: Any) -> None:
        try:
            with transaction.atomic():
                self.save(**how)
        except IntegrityError as error:
            if "group_once_a_year" not in str(error):
                raise
            taken = gettext("There is a group with this name in this school year already.")
            raise ValidationError({"name": taken}) from error

    @transaction.atomic
    def remove(self, *, by: Viewer) -> None:
        """Away with it. Raises ValidationError where children or colleagues are or were in it."""
        AuditEntry.note("group.removed", self, by=by, fields=("name",))
        try:
            self.delete()
        except ProtectedError as error:
            kept = gettext("Children or colleagues are in this group, or were. So it stays.")
            raise ValidationError(kept) from error


class ClosedDayQuerySet(SchoolWideQuerySet["ClosedDay"]):
    acts = Acts(insert=LEADING, update=LEADING, delete=LEADING)

    def on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def between(self, first: date, last: date) -> Self:
        """Those that touch these days, both included."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class ClosedDay(SchoolModel):
    """Vakantie, studiedag: nobody is expected."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        PUBLIC = "public", _("public holiday")
        STUDY = "study", _("study day")
        OTHER = "other", _("closed")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER, db_default=Kind.OTHER)
    name = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = ClosedDayQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["school", "starts_on"], name="closed_day_of_school"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="closed_day_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def keep(
        cls,
        school: School,
        *,
        by: Viewer,
        instead_of: ClosedDay | None = None,
        **told: str | date,
    ) -> bool:
        """Say when nobody is expected, ``instead_of`` what was said; False where it was so.

        ``told``: kind, name, starts_on, ends_on.
        """
        kept = instead_of or cls(school_id=school.pk)
        changed = [name for name, value in told.items() if getattr(kept, name) != value]
        if instead_of and not changed:
            return False
        for name in changed:
            setattr(kept, name, told[name])
        if instead_of:
            kept.save(update_fields=changed)
        else:
            kept.save(force_insert=True)
        AuditEntry.note("closed_day.kept", kept, by=by, fields=sorted(told))
        return True

    @transaction.atomic
    def remove(self, *, by: Viewer) -> None:
        """It is a day like others after all."""
        AuditEntry.note("closed_day.removed", self, by=by, fields=("starts_on", "ends_on"))
        self.delete()
