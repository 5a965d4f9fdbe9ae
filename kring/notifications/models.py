"""Who is told of what, over which ways, and what became of it."""

from __future__ import annotations

from hashlib import sha256
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from kring.base import clock
from kring.base.ids import new_id
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, In, Mine, OwnedQuerySet, StaffOnlyQuerySet, Viewer
from kring.events.models import AuditEntry
from kring.notifications.kinds import Channel, Kind
from kring.schools.models import SchoolModel


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
            models.UniqueConstraint(fields=["about_id", "person", "verb"], name="told_once"),
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


class DeliveryQuerySet(OwnedQuerySet["Delivery"]):
    """One's own. Who wrote may know how it went: ``kring_deliveries_of`` says that."""

    family = Mine("person") & In("school", "school_ids")

    def claim(self, most: int) -> list[Delivery]:
        """Take those that are due, at most this many, in a transaction; the least tried first."""
        due = self.filter(
            state__in=[Delivery.State.QUEUED, Delivery.State.SENDING], due_at__lte=clock.now()
        )
        claimed = list(due.select_for_update(skip_locked=True).order_by("tries", "pk")[:most])
        of_model = self.model.objects.filter(pk__in=[one.pk for one in claimed])
        of_model.update(state=Delivery.State.SENDING, tries=models.F("tries") + 1)
        for one in claimed:
            one.state, one.tries = Delivery.State.SENDING, one.tries + 1
        return claimed


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
    channel = models.CharField(max_length=10, choices=Channel)
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


class OwnSettingQuerySet(OwnedQuerySet["models.Model"]):
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


class PreferenceQuerySet(OwnSettingQuerySet):
    pass


class Preference(OwnSetting):
    """Of this kind, over this channel: yes or no. Without a row: yes, but no push of a digest."""

    kind = models.CharField(max_length=15, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel)
    wanted = models.BooleanField()

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.wanted}"


class WishesQuerySet(OwnSettingQuerySet):
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


class PushSubscriptionQuerySet(OwnSettingQuerySet):
    pass


class PushSubscription(OwnSetting):
    """A device that takes push messages (RFC 8030), as its browser gave it to us."""

    endpoint = models.CharField(max_length=1000)  # a secret: who has it, and our key, can push
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    session = models.CharField(max_length=64, blank=True, db_default="")  # SHA-256 of its key
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


class BounceQuerySet(StaffOnlyQuerySet["Bounce"]):
    """Read by the office, which knows whom to ask for another address."""

    family = In("school", "leads", "administers")
    acts = Acts(update=In("school", "leads", "administers"), columns=("cleared_at",))

    def standing(self) -> Self:
        """Those of addresses that do not work, as far as we know."""
        return self.filter(cleared_at=None)


class Bounce(SchoolModel):
    """Mail to this address of a person came back. A hard one stops mail to it until cleared."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    address = models.CharField(max_length=64)  # SHA-256: another address of the person is clean
    is_hard = models.BooleanField()
    code = models.CharField(max_length=20, blank=True)  # as the other side said: 5.1.1
    cleared_at = models.DateTimeField(null=True)

    person_id: UUID

    objects = BounceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "person", "address", "is_hard"],
                condition=models.Q(cleared_at=None),
                name="bounce_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["person"], condition=models.Q(cleared_at=None), name="bounce_standing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.code}"

    def clear(self, *, by: Viewer) -> None:
        """Try this address again from now on."""
        self.cleared_at = clock.now()
        self.save(update_fields=["cleared_at"])
        AuditEntry.note("bounce.cleared", self, by=by, person=self.person_id)


class ReplyQuerySet(StaffOnlyQuerySet["Reply"]):
    family = In("school", "leads", "administers")


class Reply(SchoolModel):
    """Somebody answered a mail of ours: who and when, not what; it was answered once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    delivery_id = models.UUIDField(null=True)

    person_id: UUID

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        indexes: ClassVar = [
            models.Index(fields=["school", "-created_at"], name="reply_of_school"),
        ]

    def __str__(self) -> str:
        return f"reply of {self.person_id}"


def digest_of(address: str) -> str:
    """How an address is known where only whether it is the same matters (as ``kring_ways``)."""
    return sha256(address.strip().lower().encode()).hexdigest()
