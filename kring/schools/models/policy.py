"""What a school agrees on with its families and staff: rows that its leaders edit, with history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kring.base.visibility import Acts, SchoolWideQuerySet, Viewer
from kring.events.models import AuditEntry
from kring.schools.models.base import SchoolModel
from kring.schools.models.school import LEADING, School

SATURDAY = 6  # ISO 8601
LEADERS = ["principal", "administrator"]  # roles of an Employment
WEEK = 7  # days
MOST_POSTS = 20  # that a rule may name: a day's at most, a week's at least
LONGEST_WAIT = 240  # minutes until the call list opens


def leaders() -> list[str]:
    """Who may at first: those who answer for the school."""
    return list(LEADERS)


def named(roles: Iterable[str], *, is_aftercare: bool) -> frozenset[str]:
    """The roles that hold: in an after-school care its carers, too, until it names others itself.

    What somebody named stands in the order of the alphabet (``adopt``); the default does not.
    """
    told = list(roles)
    return frozenset([*told, "aftercare"] if is_aftercare and told == LEADERS else told)


def writers_to_all(*, is_aftercare: bool) -> frozenset[str]:
    """The roles that row security lets write to a whole school: what a school names narrows it."""
    return frozenset([*LEADERS, "aftercare"] if is_aftercare else LEADERS)


def named_for_all(roles: Iterable[str], *, is_aftercare: bool) -> frozenset[str]:
    """Of these, the roles that hold for a message to the whole school."""
    return named(roles, is_aftercare=is_aftercare) & writers_to_all(is_aftercare=is_aftercare)


def _roles() -> Any:
    return ArrayField(models.CharField(max_length=20), default=leaders, db_default=LEADERS)


class PolicyQuerySet(SchoolWideQuerySet["Policy"]):
    acts = Acts(insert=LEADING)

    def current(self) -> Self:
        """The newest of each school."""
        return self.order_by("school", "-version").distinct("school")


class Policy(SchoolModel):
    """What this school lets people see (the • of the rights table). A change is a new version."""

    school = models.ForeignKey(School, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    informed_sees_posts = models.BooleanField(default=True)
    informed_sees_photos = models.BooleanField(default=True)
    families_save_photos = models.BooleanField(default=False, db_default=False)
    keeps_originals = models.BooleanField(default=False, db_default=False)
    sharing_rule = models.CharField(max_length=160, blank=True, default="", db_default="")
    # Who may post to the whole school, and who may send an urgent message: roles.
    school_post_roles = _roles()
    urgent_roles = _roles()
    min_posts_a_week = models.PositiveSmallIntegerField(default=0, db_default=0)  # per group; 0: no
    max_posts_a_day = models.PositiveSmallIntegerField(default=0, db_default=0)  # per group; 0: no
    comments_allowed = models.BooleanField(default=True, db_default=True)
    call_after_minutes = models.PositiveSmallIntegerField(default=45, db_default=45)
    weekly_newsletter = models.BooleanField(default=True, db_default=True)
    weekly_weekday = models.PositiveSmallIntegerField(default=SATURDAY, db_default=SATURDAY)
    weekly_hour = models.PositiveSmallIntegerField(default=8, db_default=8)  # of school time

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "version"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(informed_sees_posts=True) | Q(informed_sees_photos=False),
                name="policy_no_photos_without_posts",
            ),
            models.CheckConstraint(
                condition=Q(weekly_weekday__range=(1, 7), weekly_hour__range=(0, 23)),
                name="policy_weekly_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.version}"

    @classmethod
    @transaction.atomic
    def adopt(cls, school: School, *, by: Viewer, **told: bool | int | str | list[str]) -> bool:
        """From now on this holds; False where it held already. Raises ValidationError.

        What is not told stays as it was.
        """
        told |= {name: sorted(told[name]) for name in ROLES if name in told}  # type: ignore[arg-type]
        # One after the other, so that two at once are two versions.
        here = School.objects.changeable_by(by).select_for_update().get(pk=school.pk)
        last = cls.objects.visible_to(by).filter(school=school).order_by("version").last()
        stood = last or cls(school=school, version=0)
        changed = [name for name in told if last is None or stood.differs(name, told[name], here)]
        if changed:
            kept = {name: getattr(stood, name) for name in POLICIES}
            made = cls(school=school, version=stood.version + 1, **kept | told)
            made._refuse_contradictions()
            made.save(force_insert=True)
            AuditEntry.note("policy.adopted", made, by=by, fields=changed)
        return bool(changed)

    def differs(self, name: str, told: Any, school: School) -> bool:
        """Whether something else would hold; the same roles in another order are the same."""
        if name in ROLES:
            is_care = school.kind == School.Kind.AFTERCARE
            return named(getattr(self, name), is_aftercare=is_care) != frozenset(told)
        return bool(getattr(self, name) != told)

    def _refuse_contradictions(self) -> None:
        if self.informed_sees_photos and not self.informed_sees_posts:
            raise ValidationError(
                {
                    "informed_sees_photos": _(
                        "Photos stand in messages. Who sees no messages, sees no photos."
                    )
                }
            )
        for name in ROLES:
            if set(LEADERS).isdisjoint(getattr(self, name)):
                raise ValidationError(
                    {name: _("Leave at least the principal or the administration in it.")}
                )
        if self.max_posts_a_day and self.min_posts_a_week > WEEK * self.max_posts_a_day:
            raise ValidationError(
                {"min_posts_a_week": _("That is more in a week than the most in a day allows.")}
            )


ROLES = ("school_post_roles", "urgent_roles")
POLICIES = (
    "informed_sees_posts",
    "informed_sees_photos",
    "families_save_photos",
    "keeps_originals",
    "sharing_rule",
    "school_post_roles",
    "urgent_roles",
    "min_posts_a_week",
    "max_posts_a_day",
    "comments_allowed",
    "call_after_minutes",
    "weekly_newsletter",
    "weekly_weekday",
    "weekly_hour",
)
