from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, Mine, OwnedQuerySet
from kring.schools.models import SchoolModel


class NotificationQuerySet(OwnedQuerySet["Notification"]):
    family = Mine("person")
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
    family = Mine("person")


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
