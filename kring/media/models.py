from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

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
    """What was sent in belongs to who did; others see it through the thing that it hangs on."""

    family = Mine("uploaded_by") & In("school", "staff_of")
    acts = Acts(insert=family, delete=family)

    def loose(self) -> Self:
        """What hangs on no message and in no newsletter."""
        return self.filter(hung=None, attached=None, printed=None)


class Asset(SchoolModel):
    """A picture, a film or a document that was sent in. Its files lie in storage under its id.

    Pictures and documents are there at once; a film waits until it is converted, or fails.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("photo")
        ANIMATION = "animation", _("moving picture")
        FILM = "film", _("film")
        DOCUMENT = "document", _("document")

    class State(models.TextChoices):
        READY = "ready", _("ready")
        WAITING = "waiting", _("being converted")
        FAILED = "failed", _("failed")

    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, db_default=Kind.PHOTO)
    state = models.CharField(max_length=10, choices=State, db_default=State.READY)
    name = models.CharField(max_length=255, blank=True)  # safe to show; what it was called
    extension = models.CharField(max_length=8, blank=True, db_default="")  # of a document
    width = models.PositiveIntegerField()  # of the largest picture, in pixels; 0: none
    height = models.PositiveIntegerField()
    placeholder = models.TextField()  # ThumbHash in base64
    colour = models.CharField(max_length=7, blank=True, db_default="")  # "#rrggbb", the main one
    seconds = models.PositiveIntegerField(db_default=0)  # that a film takes
    bytes = models.PositiveBigIntegerField()  # of all files
    has_original = models.BooleanField(db_default=False)
    progress = models.PositiveSmallIntegerField(db_default=0)  # per cent of the conversion
    trouble = models.CharField(max_length=20, blank=True, db_default="")  # a ``Reason``
    tries = models.PositiveSmallIntegerField(db_default=0)  # at the conversion
    # Of the same that was sent to two organisations: where it was taken in.
    copy_of = models.UUIDField(null=True, editable=False)
    copy_of_school = models.UUIDField(null=True, editable=False)

    uploaded_by_id: UUID

    objects = AssetQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["school", "created_at"], name="asset_by_age"),
            models.Index(
                fields=["school"], include=["bytes"], name="asset_bytes_of_school"
            ),  # the sum that a quota asks
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def take(
        cls, rendered: Rendered, *, asset_id: UUID, name: str, school_id: UUID, by: Viewer
    ) -> Asset:
        """Enter a picture whose files are in storage already (I6: a row means its files)."""
        kind = cls.Kind.ANIMATION if rendered.animated else cls.Kind.PHOTO
        ids = {"id": asset_id, "school_id": school_id}
        return cls._enter(by, name=name, kind=kind, **ids, **_looks(rendered))

    @classmethod
    def take_film(
        cls, *, asset_id: UUID, name: str, seconds: float, size: int, school_id: UUID, by: Viewer
    ) -> Asset:
        """Enter a film of ``size`` bytes whose source is in storage, to be converted."""
        waiting = {"kind": cls.Kind.FILM, "state": cls.State.WAITING, "seconds": ceil(seconds)}
        ids = {"id": asset_id, "school_id": school_id}
        return cls._enter(by, name=name, bytes=size, **ids, **waiting, **NO_LOOKS)

    @classmethod
    def take_document(
        cls, *, asset_id: UUID, name: str, extension: str, size: int, school_id: UUID, by: Viewer
    ) -> Asset:
        """Enter a document of ``size`` bytes that is in storage already."""
        told = {"kind": cls.Kind.DOCUMENT, "extension": extension, "bytes": size}
        ids = {"id": asset_id, "school_id": school_id}
        return cls._enter(by, name=name, **ids, **told, **NO_LOOKS)

    @classmethod
    def _enter(cls, by: Viewer, *, name: str, **told: Any) -> Asset:
        usual = {"state": cls.State.READY, "uploaded_by_id": by.person_id, "name": name[:255]}
        asset = cls(**usual | told)
        asset.save(force_insert=True)
        return asset

    def copied_to(self, school_id: UUID) -> Asset:
        """The same for another organisation, with files of its own.

        That of a film that waits has none yet: it is converted once, and its job looks here.
        """
        copy_id = new_id()
        if self.state == self.State.READY:
            copy_files(self.pk, copy_id)
        copy = Asset(id=copy_id, school_id=school_id, uploaded_by_id=self.uploaded_by_id)
        copy.copy_of, copy.copy_of_school = self.root
        for name in COPIED:
            setattr(copy, name, getattr(self, name))
        copy.save(force_insert=True)
        return copy

    @property
    def root(self) -> tuple[UUID, UUID]:
        """Where it was taken in: the asset and its school."""
        return (self.copy_of or self.pk, self.copy_of_school or self.school_id)

    def follows(self, original: Asset) -> bool:
        """What it is a copy of is ready, and so is this. False if it was taken away meanwhile."""
        looks = {name: getattr(original, name) for name in COPIED} | {"progress": 100}
        return type(self).objects.filter(pk=self.pk).update(**looks) > 0

    def became(self, rendered: Rendered, *, seconds: float, size: int) -> bool:
        """A film is ready: its poster was rendered and all its files take ``size`` bytes.

        False if it was taken away meanwhile.
        """
        looks = _looks(rendered) | {"bytes": size, "seconds": ceil(seconds)}
        ready = {"state": self.State.READY, "progress": 100, "trouble": ""}
        return type(self).objects.filter(pk=self.pk).update(**looks, **ready) > 0

    def failed(self, reason: str) -> None:
        """A film will not come, and why."""
        type(self).objects.filter(pk=self.pk).update(
            state=self.State.FAILED, trouble=reason, bytes=0
        )


COPIED = (
    "kind",
    "state",
    "name",
    "extension",
    "width",
    "height",
    "placeholder",
    "colour",
    "seconds",
    "bytes",
    "has_original",
)


NO_LOOKS = {"width": 0, "height": 0, "placeholder": ""}


def _looks(rendered: Rendered) -> dict[str, Any]:
    return {
        "width": rendered.width,
        "height": rendered.height,
        "placeholder": rendered.thumbhash,
        "colour": rendered.colour,
        "bytes": rendered.bytes,
        "has_original": bool(rendered.original),
    }


def bytes_of(school_id: UUID) -> int:
    """How much of its storage a school uses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kring_media_bytes(%s)", [school_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


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
