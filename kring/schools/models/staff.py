from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.base import clock
from kring.base.names import full_name
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, SchoolWideQuerySet, StaffOnlyQuerySet, Viewer
from kring.events.models import AuditEntry
from kring.schools.models.base import SchoolModel
from kring.schools.models.school import LEADING, Group, School

A_DAY = timedelta(days=1)


def at_once() -> date:
    """The last day of what ends at once: it holds no more today."""
    return clock.today() - A_DAY


def _last(day: date, starts_on: date) -> date:
    """What has not begun by that day never holds, which an end on the day before its start says."""
    return max(day, starts_on - A_DAY)


def _not_over(day: date) -> Q:
    return Q(ends_on=None) | Q(ends_on__gte=day) & Q(ends_on__gte=F("starts_on"))


class EmploymentQuerySet(SchoolWideQuerySet["Employment"]):
    acts = Acts(insert=LEADING, update=LEADING)

    def on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def not_over(self, day: date) -> Self:
        """Those that hold on a day, or begin later."""
        return self.filter(_not_over(day))

    def staying(self, day: date) -> Self:
        """Roles by which somebody who came in leads or administers from a day on, without end."""
        return self.filter(
            role__in=Employment.LEADING,
            ends_on=None,
            starts_on__lte=day,
            user__joined_at__isnull=False,
            user__is_active=True,
        )


class Employment(SchoolModel):
    """A person works at a school, in a role, from a day."""

    class Role(models.TextChoices):
        TEACHER = "teacher", _("teacher")
        AIDE = "aide", _("teaching assistant")
        COUNSELOR = "counselor", _("internal supervisor")
        PRINCIPAL = "principal", _("principal")
        ADMINISTRATOR = "administrator", _("administrator")
        AFTERCARE = "aftercare", _("after-school carer")

    LEADING: ClassVar = (Role.PRINCIPAL, Role.ADMINISTRATOR)  # who see and arrange everything

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="employments")
    role = models.CharField(max_length=20, choices=Role)
    called = models.CharField(max_length=60, blank=True)  # as children say it: "juf Sanne"
    source_id = models.CharField(max_length=256, blank=True, db_default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    user_id: UUID

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "user", "role"],
                condition=Q(ends_on=None),
                name="employment_once_per_role",
            ),
            models.CheckConstraint(
                # An end on the day before the start: it never held.
                condition=Q(ends_on__gt=F("starts_on") - timedelta(days=2)),
                name="employment_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    @classmethod
    @transaction.atomic
    def begin(
        cls,
        user_id: UUID,
        *,
        school_id: UUID,
        role: str,
        by: Viewer,
        called: str = "",
        source_id: str = "",
    ) -> bool:
        """Give a person a role from today on. The same role twice is one: False."""
        made = cls(school_id=school_id, user_id=user_id, role=role, starts_on=clock.today())
        made.called, made.source_id = called, source_id
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            if "employment_once_per_role" not in str(error):
                raise
            return False
        AuditEntry.note("employment.began", made, by=by, fields=("role",), person=user_id)
        return True

    @transaction.atomic
    def end(self, last_day: date, *, by: Viewer) -> None:
        """Work until a day. Raises ValidationError where nobody would be left in charge."""
        if self.role in self.LEADING:
            self._leave_somebody_in_charge(last_day, by)
        self.ends_on = _last(last_day, self.starts_on)
        self.save(update_fields=["ends_on"])
        AuditEntry.note("employment.ended", self, by=by, fields=("ends_on",), person=self.user_id)

    def _leave_somebody_in_charge(self, last_day: date, by: Viewer) -> None:
        # Two who end each other at the same moment: the second waits here, and then sees the first.
        School.objects.changeable_by(by).select_for_update().get(pk=self.school_id)
        after = max(clock.today(), last_day + A_DAY)
        here = Employment.objects.visible_to(by).filter(school=self.school_id)
        if [one.pk for one in here.staying(after)] == [self.pk]:
            raise ValidationError(
                gettext(
                    "Nobody would be left who can arrange this school."
                    " Make somebody else principal or administrator first."
                ),
                code="last_in_charge",
            )

    @transaction.atomic
    def go_on(self, *, by: Viewer) -> None:
        """Have no last day any more."""
        self.ends_on = None
        self.save(update_fields=["ends_on"])
        about = self.user_id
        AuditEntry.note("employment.changed", self, by=by, fields=("ends_on",), person=about)

    @transaction.atomic
    def call(self, called: str, *, by: Viewer) -> None:
        """Another name for children to say."""
        if called != self.called:
            self.called = called
            self.save(update_fields=["called"])
            about = self.user_id
            AuditEntry.note("employment.changed", self, by=by, fields=("called",), person=about)


class TeachingAssignmentQuerySet(SchoolWideQuerySet["TeachingAssignment"]):
    acts = Acts(insert=LEADING, update=LEADING)

    def on(self, day: date) -> Self:
        """Those that hold on a day; weekdays route notices, never access."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def not_over(self, day: date) -> Self:
        """Those that hold on a day, or begin later."""
        return self.filter(_not_over(day))


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

    user_id: UUID
    group_id: UUID

    objects = TeachingAssignmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on") - timedelta(days=2)),
                name="assignment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(kind="substitute") | Q(ends_on__isnull=False),
                name="substitute_has_a_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} teaches {self.group_id}"

    @classmethod
    @transaction.atomic
    def begin(
        cls,
        user_id: UUID,
        group: Group,
        *,
        by: Viewer,
        kind: str = Kind.TEACHER,
        weekdays: Iterable[int] = (),
        ends_on: date | None = None,
    ) -> TeachingAssignment:
        """Teach a group from today on. Raises ValidationError for what cannot be."""
        today = clock.today()
        here = cls.objects.visible_to(by).not_over(today)
        if here.filter(user=user_id, group=group).exists():
            raise ValidationError(
                gettext("This person has %(group)s already. Change that line.")
                % {"group": group.name}
            )
        made = cls(school_id=group.school_id, user_id=user_id, group=group, starts_on=today)
        made._hold(kind, weekdays, ends_on)
        made.save(force_insert=True)
        AuditEntry.note("assignment.began", made, by=by, fields=("group",), person=user_id)
        return made

    @transaction.atomic
    def revise(
        self, *, by: Viewer, kind: str, weekdays: Iterable[int], ends_on: date | None
    ) -> None:
        """Other days, another kind, another end. Raises ValidationError for what cannot be."""
        before = (self.kind, self.weekdays, self.ends_on)
        self._hold(kind, weekdays, ends_on)
        names = ("kind", "weekdays", "ends_on")
        pairs = zip(names, before, (self.kind, self.weekdays, self.ends_on), strict=True)
        if changed := [name for name, was, now in pairs if was != now]:
            self.save(update_fields=changed)
            about = self.user_id
            AuditEntry.note("assignment.changed", self, by=by, fields=changed, person=about)

    def _hold(self, kind: str, weekdays: Iterable[int], ends_on: date | None) -> None:
        if kind == self.Kind.SUBSTITUTE and ends_on is None:
            raise ValidationError(
                {"ends_on": gettext("Say until when. A substitute has a last day.")}
            )
        if ends_on is not None and ends_on < clock.today():
            raise ValidationError(
                {"ends_on": gettext("This day has passed. Choose today or later.")}
            )
        self.kind, self.weekdays, self.ends_on = kind, sorted(weekdays), ends_on

    @transaction.atomic
    def end(self, last_day: date, *, by: Viewer) -> None:
        """Teach this group until a day."""
        self.ends_on = _last(last_day, self.starts_on)
        self.save(update_fields=["ends_on"])
        AuditEntry.note("assignment.ended", self, by=by, fields=("ends_on",), person=self.user_id)


class StaffProposalQuerySet(StaffOnlyQuerySet["StaffProposal"]):
    """Read and settled by who leads the school and by its office."""

    family = LEADING
    acts = Acts(insert=LEADING, update=LEADING)

    def open(self) -> Self:
        """Those that nobody said yes or no to yet."""
        return self.filter(settled_at=None)


class StaffProposal(SchoolModel):
    """A member of staff as a file names one: no right until somebody of the school says yes."""

    source_id = models.CharField(max_length=256)
    first_name = models.CharField(max_length=80)
    infix = models.CharField(max_length=30, blank=True)
    last_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    roles = ArrayField(models.CharField(max_length=20), default=list)  # Employment.Role, suggested
    group_ids = ArrayField(models.UUIDField(), default=list)
    settled_at = models.DateTimeField(null=True, blank=True)
    was_accepted = models.BooleanField(default=False)

    objects = StaffProposalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "source_id"], name="staff_proposed_once")
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.source_id}"

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.infix, self.last_name)

    @transaction.atomic
    def accept(self, roles: Iterable[str], groups: Iterable[Group], *, by: Viewer) -> User | None:
        """Make a waiting name card with these roles and groups; None: it was settled before."""
        if not self._settle(by, was_accepted=True):
            return None
        card: User = User.objects.create_user(
            first_name=self.first_name, infix=self.infix, last_name=self.last_name
        )
        given, kinds = set(roles), TeachingAssignment.Kind
        for role in sorted(given):
            Employment.begin(
                card.pk, school_id=self.school_id, role=role, by=by, source_id=self.source_id
            )
        only_helps = Employment.Role.AIDE in given and Employment.Role.TEACHER not in given
        kind = kinds.AIDE if only_helps else kinds.TEACHER
        for group in groups:
            TeachingAssignment.begin(card.pk, group, by=by, kind=kind)
        AuditEntry.note("staff_proposal.accepted", self, by=by, person=card.pk)
        return card

    @transaction.atomic
    def decline(self, *, by: Viewer) -> bool:
        """No place here; False: it was settled before."""
        declined = self._settle(by, was_accepted=False)
        if declined:
            AuditEntry.note("staff_proposal.declined", self, by=by)
        return declined

    def _settle(self, by: Viewer, *, was_accepted: bool) -> bool:
        standing = StaffProposal.objects.changeable_by(by).open().filter(pk=self.pk)
        settled = {"settled_at": clock.now(), "was_accepted": was_accepted}
        return bool(standing.update(**settled))
