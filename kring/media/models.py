from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

from kring.base.ids import new_id
from kring.base.visibility import (
    Acts,
    ByParentQuerySet,
    In,
    Mine,
    OwnedQuerySet,
    Through,
    Viewer,
)
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


class PortraitQuerySet(ByParentQuerySet["Portrait"]):
    """Seen by whoever may see the name card."""

    school = None  # a person's own, whatever the school
    family = Through("user")
    acts = Acts(insert=Mine("user"), update=Mine("user"), delete=Mine("user"))


class Portrait(models.Model):
    """A photo of an adult, chosen by that person. Its renditions lie with those of other photos."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="portrait")
    asset_id = models.UUIDField(unique=True)  # of the files; each new photo has another
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PortraitQuerySet.as_manager()

    def __str__(self) -> str:
        return f"portrait of {self.user_id}"

    @classmethod
    def hang(cls, asset_id: UUID, *, by: Viewer) -> UUID | None:
        """Show this photo of oneself from now on; gives the files that nobody needs any more."""
        own = cls.objects.changeable_by(by).filter(user=by.person_id)
        before = own.values_list("asset_id", flat=True).first()
        cls.objects.bulk_create(  # in one statement: two tabs may do it at once
            [cls(user_id=by.person_id, asset_id=asset_id)],
            update_conflicts=True,
            unique_fields=["user"],
            update_fields=["asset_id"],
        )
        return before

    @classmethod
    def take_down(cls, *, by: Viewer) -> UUID | None:
        """Show no photo of oneself any more; gives the files that nobody needs any more."""
        own = cls.objects.removable_by(by).filter(user=by.person_id)
        before = own.values_list("asset_id", flat=True).first()
        own.delete()
        return before
