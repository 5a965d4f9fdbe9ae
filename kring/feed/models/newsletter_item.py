"""What stands in a newsletter: words of the office with pictures, or a message that it gathered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import ClassVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, ByParentQuerySet, In, Reach, Rule, Through, Viewer
from kring.events.models import AuditEntry
from kring.feed.models.newsletter_photo import NewsletterPhoto, hang
from kring.schools.models import SchoolModel

LONGEST_TITLE = 120
LONGEST_ITEM = 10_000


class SentError(Exception):
    """The newsletter went out, or is about to: nothing of it changes any more."""


class ChangedError(Exception):
    """Somebody else changed it after this person opened the form."""


def mark_of(*told: object) -> str:
    """Of what a form shows: another one when somebody changed that."""
    return sha256(repr(told).encode()).hexdigest()[:16]


class NewsletterItemQuerySet(ByParentQuerySet["NewsletterItem"]):
    """As the newsletter; the message in it is seen by its own rule."""

    family = Through("newsletter")
    acts = Acts(
        insert=Through("newsletter", "changing"),
        update=Through("newsletter", "changing"),
        delete=Through("newsletter", "changing"),
        columns=("position", "title", "text"),
    )

    @classmethod
    @cache
    def rule(cls, reach: Reach = "seeing") -> Rule:
        return Through("newsletter", reach) | In("school", "works_for")


class NewsletterItem(SchoolModel):
    """A message that was gathered, or an item of the office's own."""

    newsletter = SchoolForeignKey("feed.Newsletter", models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    post_id = models.UUIDField(null=True)  # by its id: it may be withdrawn, and be kept less long
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    text = models.TextField(blank=True)
    key = models.UUIDField(null=True, editable=False)  # of the form, as that of a newsletter

    newsletter_id: UUID
    photos: models.Manager[NewsletterPhoto]

    objects = NewsletterItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["newsletter", "post_id"], name="gathered_once"),
            models.CheckConstraint(
                condition=Q(post_id__isnull=False, text="") | (Q(post_id=None) & ~Q(title="")),
                name="newsletter_item_is_one_thing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["newsletter", "position"], name="newsletter_item_place")
        ]

    def __str__(self) -> str:
        return self.title or str(self.post_id)

    def mark(self) -> str:
        """Of what a form shows of it: another one when somebody changed that."""
        photos = NewsletterPhoto.objects.filter(item=self).order_by("position")
        return mark_of(self.title, self.text, *photos.values_list("asset_id", "description"))

    @transaction.atomic
    def rewrite(
        self,
        *,
        by: Viewer,
        title: str,
        text: str,
        pictures: Mapping[UUID, str] | None = None,
        seen: str = "",
    ) -> None:
        """Another title; of an own item another text and, where they are named, other pictures.

        ``seen``: the mark that it had in the form. Raises SentError, ChangedError.
        """
        self.newsletter.keep_as_draft()
        self.refresh_from_db(fields=["title", "text"])
        if seen not in ("", self.mark()):
            raise ChangedError
        self.title, self.text = title, "" if self.post_id else text
        self.save(update_fields=["title", "text"])
        if pictures is not None and not self.post_id:
            hang(self, pictures, by=by)
        AuditEntry.note("newsletter.written", self.newsletter, by=by, fields=("items",))

    @transaction.atomic
    def move(self, *, by: Viewer, up: bool) -> None:
        """Change places with the one before or after it, if there is one. Raises SentError."""
        self.newsletter.keep_as_draft()
        around = type(self).objects.filter(newsletter=self.newsletter_id).order_by("position", "pk")
        order = list(around)
        place = order.index(self)
        other = place - 1 if up else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
            for position, item in enumerate(order):
                item.position = position
            type(self).objects.bulk_update(order, ["position"])
            AuditEntry.note("newsletter.arranged", self.newsletter, by=by, fields=("items",))

    @transaction.atomic
    def remove(self, *, by: Viewer) -> None:
        """Take it out; a message stays where it was. Raises SentError."""
        self.newsletter.keep_as_draft()
        AuditEntry.note("newsletter.arranged", self.newsletter, by=by, fields=("items",))
        self.delete()
