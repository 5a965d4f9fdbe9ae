"""Calling the families that an important message did not reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from kring.base import clock
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, ByParentQuerySet, In, Mine, Through, Viewer
from kring.events.models import AuditEntry
from kring.feed.models.post import Post
from kring.schools.models import SchoolModel, Student

CLAIM_LASTS = timedelta(minutes=10)  # then the family is free for another caller
LONGEST_NOTE = 300  # characters
CALLERS = Through("post", "staff") & (
    In("student", "pupil_ids") | In("school", "leads", "administers", "coaches", "cares_for")
)


class TakenError(Exception):
    """Somebody else is calling this family, or did a moment ago."""


class CallQuerySet(ByParentQuerySet["Call"]):
    """Staff of the post who may know the family: its child's teachers, and who oversees."""

    family = CALLERS
    acts = Acts(
        insert=Mine("caller") & CALLERS,
        update=CALLERS,  # whoever claims next ends what has lapsed
        delete=Mine("caller") & CALLERS,
        columns=("ended_at", "outcome", "said"),
    )

    def standing(self) -> Self:
        """Claims that still hold."""
        return self.filter(ended_at=None, claimed_at__gt=clock.now() - CLAIM_LASTS)

    def lapsed(self) -> Self:
        """Claims that nobody ended in time."""
        return self.filter(ended_at=None, claimed_at__lte=clock.now() - CLAIM_LASTS)


class Call(SchoolModel):
    """Somebody calls a family about a post. While it stands, nobody else takes that family.

    Families have no row of their own: this one is known by ``family``, one of its people (or its
    child, where none is known), and found again by any of ``guardian_ids``.
    """

    class Outcome(models.TextChoices):
        REACHED = "reached"
        NOT_REACHED = "not_reached"

    post = SchoolForeignKey(Post, models.CASCADE, related_name="calls")
    card_id = models.UUIDField()  # of the post: a broadcast is called about once
    student = SchoolForeignKey(Student, models.CASCADE, related_name="+")
    family = models.UUIDField()
    guardian_ids = ArrayField(models.UUIDField(), default=list)
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True, default="")
    said = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    post_id: UUID
    student_id: UUID
    caller_id: UUID

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["card_id", "family"],
                condition=Q(ended_at=None),
                name="one_caller_per_family",
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(ended_at__isnull=False), name="call_ends_with_outcome"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["post"], name="calls_of_post")]

    def __str__(self) -> str:
        return f"call about {self.post_id}"

    @classmethod
    @transaction.atomic
    def claim(
        cls, post: Post, *, family: UUID, student_id: UUID, guardian_ids: Iterable[UUID], by: Viewer
    ) -> Call:
        """Take a family, for ten minutes; one's own claim again is the same.

        Raises TakenError where somebody else has it.
        """
        of_family = cls.objects.visible_to(by).filter(card_id=post.card_id, family=family)
        of_family.lapsed().update(ended_at=clock.now())
        call = cls(
            school_id=post.school_id,
            post=post,
            card_id=post.card_id,
            student_id=student_id,
            family=family,
            guardian_ids=sorted(guardian_ids),
            caller_id=by.person_id,
            claimed_at=clock.now(),
        )
        try:
            with transaction.atomic():
                call.save(force_insert=True)
        except IntegrityError as error:
            return _own(error, of_family.standing().filter(caller=by.person_id))
        return call

    @transaction.atomic
    def end(self, outcome: Outcome, *, by: Viewer, said: str = "") -> bool:
        """Say how it went. Also later than ten minutes: a call may be long. False: said before."""
        mine = type(self).objects.changeable_by(by).filter(pk=self.pk, caller=by.person_id)
        ended = mine.filter(outcome="").update(
            outcome=outcome, said=said[:LONGEST_NOTE], ended_at=clock.now()
        )
        if ended:
            fields = ("outcome", "said")
            AuditEntry.note("call.ended", self, by=by, fields=fields, student=self.student_id)
        return bool(ended)

    @transaction.atomic
    def release(self, *, by: Viewer) -> bool:
        """Let somebody else take the family: no call was made. False: it was over."""
        mine = type(self).objects.removable_by(by).filter(pk=self.pk, ended_at=None)
        return bool(mine.delete()[0])


def _own(error: IntegrityError, mine: CallQuerySet) -> Call:
    """One's own claim where it was what stood in the way."""
    if "one_caller_per_family" not in str(error):
        raise error
    if own := mine.first():
        return own
    raise TakenError from error
