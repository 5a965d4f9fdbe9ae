"""Who is told of what, over which ways, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now

from kring.base import clock
from kring.base.hidden import HiddenInBlocks
from kring.base.ids import new_id
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import (
    Acts,
    In,
    Mine,
    OwnedQuerySet,
    Viewer,
)
from kring.notifications.kinds import Kind
from kring.notifications.returns import Bounce, Reply, digest_of, try_again
from kring.schools.models import SchoolModel

__all__ = [
    "Bounce",
    "Delivery",
    "DeliveryQuerySet",
    "Notification",
    "NotificationQuerySet",
    "Preference",
    "PushSubscription",
    "Reply",
    "Wishes",
    "digest_of",
    "try_again",
]


class NotificationQuerySet(OwnedQuerySet["Notification"]):
    """One's own, for as long as one has to do with the school."""

    family = Mine("person") & In("school", "school_ids")
    acts = Acts(update=Mine("person"), columns=("read_at",))

    def unread(self) -> Self:
        """Those that nobody looked at yet."""
        return self.filter(read_at=None)


class Notification(SchoolModel):
    """A person is told of an event. It holds ids: what it says is read through visibility.

    ``about_id`` is the same for siblings of one broadcast, so a person is told once.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    event_id = models.UUIDField()
    verb = models.CharField(max_length=60)
    kind = models.CharField(max_length=15, choices=Kind, db_default=Kind.SCHOOL)
    is_urgent = models.BooleanField(db_default=False)
    about_id = models.UUIDField()
    subject_id = models.UUIDField()
    read_at = models.DateTimeField(null=True)

    person_id: UUID

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["about_id", "person", "verb"],
                # Of comments once until they were read: then new ones are news again.
                condition=models.Q(read_at=None) | ~models.Q(kind=Kind.COMMENTS),
                name="told_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-created_at"], name="notification_by_person"),
            models.Index(
                fields=["person"], condition=models.Q(read_at=None), name="notification_unread"
            ),
            models.Index(fields=["school", "subject_id"], name="notification_by_subject"),
            models.Index(fields=["school", "created_at"], name="notification_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} to {self.person_id}"

    @classmethod
    def look_at(cls, about: Iterable[UUID], *, by: Viewer, verbs: Iterable[str] = ()) -> None:
        """This person has seen these things: nothing about them is new any more.

        Of these verbs only; none named: all. For whoever shows a thing that people are told of.
        """
        unread = cls.objects.changeable_by(by).unread().filter(person=by.person_id)
        ids = set(about)
        unread = unread.filter(models.Q(about_id__in=ids) | models.Q(subject_id__in=ids))
        named = list(verbs)
        (unread.filter(verb__in=named) if named else unread).update(read_at=clock.now())

    @classmethod
    def look_at_all(cls, *, by: Viewer, until: datetime) -> None:
        """This person has seen the list, as it was at that moment."""
        unread = cls.objects.changeable_by(by).unread().filter(person=by.person_id)
        unread.filter(created_at__lte=until).update(read_at=clock.now())


CLAIM = """
WITH wanted (pk) AS MATERIALIZED ({wanted})
UPDATE notifications_delivery delivery SET state = 'sending',
    tries = tries + (state = 'queued')::int  -- that a worker died is no try of this one
FROM wanted WHERE delivery.id = wanted.pk RETURNING {columns}
"""


class DeliveryQuerySet(OwnedQuerySet["Delivery"]):
    """One's own. Who wrote may know how it went: ``kring_deliveries_of`` says that."""

    family = Mine("person") & In("school", "school_ids")

    def claim(self, most: int) -> list[Delivery]:
        """Take those that are due, at most this many, in a transaction; the least tried first."""
        due = self.filter(
            state__in=[Delivery.State.QUEUED, Delivery.State.SENDING], due_at__lte=clock.now()
        )
        first = due.select_for_update(skip_locked=True).order_by("tries", "pk")[:most]
        wanted, given = first.values("pk").query.sql_with_params()
        # Moments are slow to read, and nobody asks when it was made.
        fields = (one for one in Delivery._meta.concrete_fields if one.name != "created_at")
        names = [str(one.column) for one in fields]
        columns = ", ".join(f"delivery.{name}" for name in names)
        with connection.cursor() as cursor:
            cursor.execute(CLAIM.format(wanted=wanted, columns=columns), given)
            claimed = [Delivery.from_db(self.db, names, row) for row in cursor.fetchall()]
        return sorted(claimed, key=lambda one: (one.tries, one.pk))


class Delivery(SchoolModel):
    """One notification over one way: an address, or a device that takes push messages."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"  # in flight: after a kill this one goes again
        SENT = "sent"
        SKIPPED = "skipped"  # may no longer see it, has no address, or nothing to say
        FAILED = "failed"  # the other side refused it for good
        DEAD = "dead"  # tried too often: it waits for the operator

    notification = SchoolForeignKey(Notification, models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10)
    subscription_id = models.UUIDField(null=True)  # the device; it may be gone by now
    is_urgent = models.BooleanField(db_default=False)
    chunk = models.UUIDField()  # the rows that one job sends
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=60, blank=True, db_default="")  # the last answer's code
    due_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    notification_id: UUID
    person_id: UUID

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notification", "channel", "subscription_id"],
                name="delivered_once",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["school", "chunk", "due_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="delivery_due",
            ),
            models.Index(
                fields=["school"], condition=models.Q(state="dead"), name="delivery_parked"
            ),
            models.Index(fields=["school", "created_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class OwnSettingQuerySet[M: models.Model](OwnedQuerySet[M]):
    """A person's own, whatever the school; jobs ask ``kring_ways`` what follows from it."""

    school = None
    family = Mine("person")
    acts = Acts(insert=family, update=family, delete=family)


class OwnSetting(models.Model):
    """A row of one person, of no school."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    person_id: UUID

    class Meta:
        abstract = True


class PreferenceQuerySet(OwnSettingQuerySet["Preference"]):
    pass


class Preference(OwnSetting):
    """Of this kind, over this channel: yes or no. Without a row: what is usual for the channel."""

    kind = models.CharField(max_length=15, choices=Kind)
    channel = models.CharField(max_length=10)
    wanted = models.BooleanField()

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.wanted}"


class WishesQuerySet(OwnSettingQuerySet["Wishes"]):
    pass


class Wishes(OwnSetting):
    """How often a person wants to hear, and when not. Urgent messages do not ask."""

    class Rhythm(models.TextChoices):
        AT_ONCE = "at_once"
        DAILY = "daily"  # broadcasts once a day, in one mail
        WEEKLY = "weekly"  # broadcasts in the weekly newsletter only

    rhythm = models.CharField(
        max_length=10, choices=Rhythm, default=Rhythm.AT_ONCE, db_default=Rhythm.AT_ONCE
    )
    quiet_from = models.TimeField(null=True, blank=True)  # school time
    quiet_until = models.TimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True)  # when the person was asked, and answered

    objects = WishesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "wishes"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], name="wishes_once"),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="wishes_quiet_has_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.rhythm


class PushSubscriptionQuerySet(OwnSettingQuerySet["PushSubscription"]):
    """One's own devices; ``kring_keep_device`` adds one, and only the worker reads where it is."""

    acts = Acts(delete=Mine("person"))
    hidden = ("endpoint", "p256dh", "auth")  # `HiddenInBlocks` fields


class PushSubscription(OwnSetting):
    """A device that takes push messages (RFC 8030), as its browser gave it to us."""

    endpoint = HiddenInBlocks(max_length=1000)  # a secret: who has it, and our key, can push
    p256dh = HiddenInBlocks(max_length=120)
    auth = HiddenInBlocks(max_length=40)
    # Where the person is signed in: the database takes the device away with it (devices.sql).
    session = models.ForeignKey(
        UserSession, models.DO_NOTHING, related_name="+", db_constraint=False
    )
    device = models.CharField(max_length=100, blank=True)  # as the person knows it
    used_at = models.DateTimeField(null=True)  # when a push was last taken

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint"], name="one_subscription_per_endpoint")
        ]
        indexes: ClassVar = [models.Index(fields=["person"], name="subscriptions_of_person")]

    def __str__(self) -> str:
        return f"push of {self.person_id}"
