from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

from kring.base import clock
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, In, Mine, OwnedQuerySet
from kring.schools.models import SchoolModel


class NotificationQuerySet(OwnedQuerySet["Notification"]):
    """One's own, for as long as one has to do with the school."""

    family = Mine("person") & In("school", "school_ids")
    acts = Acts(update=Mine("person"))


class Notification(SchoolModel):
    """A person is told of an event. It holds ids: what it says is read through visibility.

    ``about_id`` is the same for siblings of one broadcast, so a person is told once.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    event_id = models.UUIDField()
    verb = models.CharField(max_length=60)
    about_id = models.UUIDField()
    subject_id = models.UUIDField()

    person_id: UUID

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["about_id", "person", "verb"], name="told_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-created_at"], name="notification_by_person"),
            models.Index(fields=["school", "created_at"], name="notification_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} to {self.person_id}"


class DeliveryQuerySet(OwnedQuerySet["Delivery"]):
    family = Mine("person") & In("school", "school_ids")

    def claim(self) -> Delivery | None:
        """Take one to send, in a transaction; the least tried, so that none holds up the rest."""
        due = self.filter(state__in=[Delivery.State.QUEUED, Delivery.State.SENDING])
        delivery = due.select_for_update(skip_locked=True).order_by("tries", "pk").first()
        if delivery:
            delivery.state = Delivery.State.SENDING
            delivery.tries += 1
            delivery.save(update_fields=["state", "tries"])
        return delivery


class Delivery(SchoolModel):
    """One notification over one channel."""

    class Channel(models.TextChoices):
        EMAIL = "email"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"  # in flight: after a kill this one goes again
        SENT = "sent"
        SKIPPED = "skipped"  # may no longer see it, or has no address
        FAILED = "failed"  # the channel refused it for good

    notification = SchoolForeignKey(Notification, models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    chunk = models.UUIDField()  # the rows that one job sends
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    notification_id: UUID
    person_id: UUID

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "channel"], name="delivered_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["school", "chunk"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="delivery_due",
            ),
            models.Index(fields=["school", "created_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"

    def settle(self, state: State) -> None:
        """Write down what became of it; ``QUEUED`` puts it back for a next time."""
        self.state = state
        self.done_at = None if state == Delivery.State.QUEUED else clock.now()
        self.save(update_fields=["state", "done_at"])
