from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

from kring.base.ids import new_id
from kring.base.visibility import Acts, In, Mine, OwnedQuerySet, Viewer
from kring.media.files import copy_files
from kring.schools.models import SchoolModel

if TYPE_CHECKING:
    from kring.media.photo import Rendered


class AssetQuerySet(OwnedQuerySet["Asset"]):
    """A photo belongs to who uploaded it; others see it through the thing that it hangs on."""

    family = Mine("uploaded_by") & In("school", "staff_of")
    acts = Acts(insert=family, delete=family)


class Asset(SchoolModel):
    """A photo that was written anew. Its renditions lie in storage under its id."""

    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255, blank=True)  # as the phone called it
    width = models.PositiveIntegerField()  # of the largest rendition, in pixels
    height = models.PositiveIntegerField()
    placeholder = models.TextField()  # data URI
    bytes = models.PositiveIntegerField()  # of all renditions

    uploaded_by_id: UUID

    objects = AssetQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["school", "created_at"], name="asset_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def take(
        cls, rendered: Rendered, *, asset_id: UUID, name: str, school_id: UUID, by: Viewer
    ) -> Asset:
        """Enter a photo whose renditions are in storage already (I6: a row means a file)."""
        asset = cls(
            id=asset_id,
            school_id=school_id,
            uploaded_by_id=by.person_id,
            name=name[:255],
            width=rendered.width,
            height=rendered.height,
            placeholder=rendered.placeholder,
            bytes=rendered.bytes,
        )
        asset.save(force_insert=True)
        return asset

    def copied_to(self, school_id: UUID) -> Asset:
        """The same photo for another organisation, with files of its own."""
        copy_id = new_id()
        copy_files(self.pk, copy_id)
        copy = Asset(id=copy_id, school_id=school_id, uploaded_by_id=self.uploaded_by_id)
        for name in ("name", "width", "height", "placeholder", "bytes"):
            setattr(copy, name, getattr(self, name))
        copy.save(force_insert=True)
        return copy
