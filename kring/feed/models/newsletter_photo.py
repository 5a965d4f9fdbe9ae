"""The pictures of an item that the office wrote itself: looked at in Kring, never mailed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, ByParentQuerySet, Through, Viewer
from kring.feed.models.attachment import LONGEST_DESCRIPTION
from kring.media.models import Asset
from kring.schools.models import SchoolModel

if TYPE_CHECKING:
    from kring.feed.models.newsletter_item import NewsletterItem

MOST_PICTURES = 20
PICTURES = (Asset.Kind.PHOTO, Asset.Kind.ANIMATION)
LOOKS = ("kind", "width", "height", "placeholder", "colour", "has_original")


class NewsletterPhotoQuerySet(ByParentQuerySet["NewsletterPhoto"]):
    """Seen as the item is, by those whom the school shows photos."""

    family = Through("item", "photos")
    acts = Acts(
        insert=Through("item", "changing") & Through("asset"),  # of one's own
        update=Through("item", "changing"),
        delete=Through("item", "changing"),
        columns=("position", "description"),
    )


class NewsletterPhoto(SchoolModel):
    """A photo with an item. What a page needs of the asset stands here too."""

    item = SchoolForeignKey("feed.NewsletterItem", models.CASCADE, related_name="photos")
    asset = SchoolForeignKey(Asset, models.PROTECT, related_name="printed")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True, db_default="")
    kind = models.CharField(max_length=10, choices=Asset.Kind)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    placeholder = models.TextField()
    colour = models.CharField(max_length=7, blank=True, default="")
    has_original = models.BooleanField(default=False)

    asset_id: UUID
    item_id: UUID

    objects = NewsletterPhotoQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "asset"], name="printed_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["asset"], name="printed_by_asset")]

    def __str__(self) -> str:
        return f"{self.asset_id} with {self.item_id}"


def own_pictures(asked: Iterable[UUID], school_id: UUID, by: Viewer) -> dict[UUID, Asset]:
    """Those of these that this person sent in at this school, and that can be looked at."""
    own = Asset.objects.visible_to(by).filter(school=school_id, kind__in=PICTURES)
    return own.in_bulk(list(asked))


def hang(item: NewsletterItem, pictures: Mapping[UUID, str], *, by: Viewer) -> None:
    """Exactly these, in this order: what hangs there already, and what ``by`` sent in.

    ``pictures`` says of each what is to be seen on it.
    """
    here = {one.asset_id: one for one in NewsletterPhoto.objects.filter(item=item)}
    new = own_pictures((one for one in pictures if one not in here), item.school_id, by)
    for asset_id, asset in new.items():
        looks = {name: getattr(asset, name) for name in LOOKS}
        ids = {"school_id": item.school_id, "item": item, "asset": asset}
        here[asset_id] = NewsletterPhoto(**ids, **looks)
    standing = [here[one] for one in pictures if one in here][:MOST_PICTURES]
    for position, photo in enumerate(standing):
        photo.position = position
        photo.description = pictures[photo.asset_id][:LONGEST_DESCRIPTION]
    NewsletterPhoto.objects.filter(item=item).exclude(asset__in=pictures).delete()
    NewsletterPhoto.objects.bulk_update(
        [one for one in standing if one.asset_id not in new], ["position", "description"]
    )
    NewsletterPhoto.objects.bulk_create(one for one in standing if one.asset_id in new)
