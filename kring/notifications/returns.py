"""What came back for mails that went: addresses that do not work, and answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction

from kring.base import clock
from kring.base.visibility import In, Mine, StaffOnlyQuerySet, Viewer, VisibleQuerySet
from kring.events.bus import record
from kring.events.models import AuditEntry
from kring.schools.models import School, SchoolModel
from kring.schools.models.mourning import in_mourning


class BounceQuerySet(VisibleQuerySet["Bounce"]):
    """Read by the office, which knows whom to ask for another address, and by whom it is about."""

    family = In("school", "leads", "administers") | (Mine("person") & In("school", "school_ids"))

    def standing(self) -> Self:
        """Those of addresses that do not work, as far as we know."""
        return self.filter(is_hard=True, cleared_at=None)


class Bounce(SchoolModel):
    """A mail to this address of a person came back. A hard one stops mail to it until cleared.

    One that may pass (a full mailbox) is counted: ``MOST_SOFT`` within ``SOFT_WITHIN`` are hard.
    """

    MOST_SOFT: ClassVar = 5
    SOFT_WITHIN: ClassVar = timedelta(days=14)

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    mail_id = models.UUIDField(null=True)  # what came back: a delivery, mostly
    address = models.CharField(max_length=64)  # SHA-256: another address of the person is clean
    is_hard = models.BooleanField()
    code = models.CharField(max_length=20, blank=True)  # as the other side said: 5.1.1
    cleared_at = models.DateTimeField(null=True)

    person_id: UUID

    objects = BounceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mail_id"], name="bounce_of_a_mail_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["person"], condition=models.Q(cleared_at=None), name="bounce_standing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.code}"

    @classmethod
    @transaction.atomic
    def note(
        cls, school_id: UUID, person_id: UUID, email: str, *, mail_id: UUID, code: str, hard: bool
    ) -> None:
        """Write down that this mail came back, once. At work for the school."""
        about: dict[str, Any] = {"person_id": person_id, "address": digest_of(email)}
        lately = cls.objects.filter(
            **about, cleared_at=None, created_at__gte=clock.now() - cls.SOFT_WITHIN
        ).exclude(mail_id=mail_id)
        worn_out = lately.count() + 1 >= cls.MOST_SOFT
        fields = {"school_id": school_id, "is_hard": hard or worn_out, "code": code}
        made, is_new = cls.objects.get_or_create(mail_id=mail_id, defaults=about | fields)
        if is_new and made.is_hard and not lately.filter(is_hard=True).exists():
            record("address.failed", made, by=Viewer.service(school_id))


class ReplyQuerySet(StaffOnlyQuerySet["Reply"]):
    family = In("school", "leads", "administers")


class Reply(SchoolModel):
    """Somebody answered a mail of ours: who and when, not what; each mail counts once."""

    MOST_A_DAY: ClassVar = 5  # of one person at one school
    LET_BE: ClassVar = timedelta(days=7)  # in which nobody is answered twice

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    delivery_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)  # what that mail was about
    answered_at = models.DateTimeField(null=True)

    person_id: UUID

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "person", "delivery_id"], name="reply_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["school", "-created_at"], name="reply_of_school"),
        ]

    def __str__(self) -> str:
        return f"reply of {self.person_id}"

    @classmethod
    @transaction.atomic
    def note(
        cls,
        school_id: UUID,
        person_id: UUID,
        *,
        delivery_id: UUID,
        subject_id: UUID | None,
    ) -> Reply | None:
        """Write down that this person answered; None for what was written down. At work.

        None, too, of who answered so often today: the office knows by then.
        """
        whose = {"school_id": school_id, "person_id": person_id}
        today = cls.objects.filter(**whose, created_at__gt=clock.now() - timedelta(days=1))
        if today.count() >= cls.MOST_A_DAY:
            return None
        made, is_new = cls.objects.get_or_create(
            **whose, delivery_id=delivery_id, defaults={"subject_id": subject_id}
        )
        return made if is_new else None

    def take_up(self) -> bool:
        """Be the one who answers it: True once, and for no other answer of the person this week."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT kring_answered_since(%s, %s)", [self.person_id, self._lately()])
            (before,) = cursor.fetchone() or (True,)
        if before or in_mourning([self.person_id]):
            return False
        mine = type(self).objects.filter(pk=self.pk, answered_at=None)
        return bool(mine.update(answered_at=clock.now()))

    @classmethod
    def _lately(cls) -> datetime:
        return clock.now() - cls.LET_BE


@transaction.atomic
def try_again(person_id: UUID, *, by: Viewer, at: School | None = None) -> bool:
    """Mail the address of this person again from now on, whatever school's mail came back.

    For the office of a school of this person, or, without a school, for the person.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT kring_try_again(%s, %s)", [person_id, at.pk if at else None])
        (cleared,) = cursor.fetchone() or (0,)
    if cleared and at:
        AuditEntry.note("bounce.cleared", at, by=by, person=person_id)
    return bool(cleared)


def digest_of(address: str) -> str:
    """How an address is known where only whether it is the same matters (as ``kring_ways``)."""
    return sha256(address.strip().lower().encode()).hexdigest()
