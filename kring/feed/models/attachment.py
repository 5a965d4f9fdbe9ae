"""What hangs on a post: photos and films to look at, documents to save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models

from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, ByParentQuerySet, Through, Viewer
from kring.media.jobs import convert
from kring.media.models import Asset
from kring.schools.models import SchoolModel

if TYPE_CHECKING:
    from kring.feed.models.post import Post

LONGEST_DESCRIPTION = 300
HANGING = Acts(
    insert=Through("post", "changing") & Through("asset"),  # of one's own
    delete=Through("post", "changing"),
)
LOOKS = (
    *("kind", "state", "width", "height", "placeholder", "colour", "seconds", "has_original"),
    "trouble",
)


class PostPhotoQuerySet(ByParentQuerySet["PostPhoto"]):
    """Seen as the post is, by those whom the school shows photos."""

    family = Through("post", "photos")
    acts = HANGING


class PostPhoto(SchoolModel):
    """A photo or film on a post. What a page needs of the asset stands here too."""

    post = SchoolForeignKey("feed.Post", models.CASCADE, related_name="photos")
    asset = SchoolForeignKey(Asset, models.PROTECT, related_name="hung")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True, db_default="")
    kind = models.CharField(
        max_length=10, choices=Asset.Kind, default=Asset.Kind.PHOTO, db_default=Asset.Kind.PHOTO
    )
    state = models.CharField(
        max_length=10,
        choices=Asset.State,
        default=Asset.State.READY,
        db_default=Asset.State.READY,
    )
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    placeholder = models.TextField()
    colour = models.CharField(max_length=7, blank=True, default="", db_default="")
    seconds = models.PositiveIntegerField(default=0, db_default=0)
    has_original = models.BooleanField(default=False, db_default=False)
    trouble = models.CharField(max_length=20, blank=True, default="", db_default="")  # a Reason

    asset_id: UUID
    post_id: UUID

    objects = PostPhotoQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "position"], name="photo_has_its_place"),
        ]
        indexes: ClassVar = [models.Index(fields=["asset"], name="photo_by_asset")]

    def __str__(self) -> str:
        return f"{self.asset_id} on {self.post_id}"


class PostFileQuerySet(ByParentQuerySet["PostFile"]):
    """Seen as the post is: it is part of what is said."""

    family = Through("post")
    acts = HANGING


class PostFile(SchoolModel):
    """A document on a post. What a page needs of the asset stands here too: it never changes."""

    post = SchoolForeignKey("feed.Post", models.CASCADE, related_name="files")
    asset = SchoolForeignKey(Asset, models.PROTECT, related_name="attached")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    extension = models.CharField(max_length=8)
    bytes = models.PositiveBigIntegerField()

    asset_id: UUID
    post_id: UUID

    objects = PostFileQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "position"], name="file_has_its_place"),
        ]
        indexes: ClassVar = [models.Index(fields=["asset"], name="file_by_asset")]

    def __str__(self) -> str:
        return f"{self.name} on {self.post_id}"


@dataclass(frozen=True)
class Attachments:
    """What a writer hangs on a post, in its order."""

    assets: Sequence[Asset]

    @classmethod
    def of(cls, asked: Sequence[UUID], *, by: Viewer) -> Attachments:
        """Only the uploader's own; others are as if they did not exist."""
        own = Asset.objects.visible_to(by).in_bulk(list(asked))
        return cls([own[one] for one in dict.fromkeys(asked) if one in own])

    @property
    def standing(self) -> list[Asset]:
        """All but films that failed."""
        return [one for one in self.assets if one.state != Asset.State.FAILED]

    @property
    def waiting(self) -> bool:
        """Whether a film among them is not ready yet."""
        return any(one.state == Asset.State.WAITING for one in self.assets)

    @property
    def has_documents(self) -> bool:
        """Whether there is anything to save."""
        return any(one.kind == Asset.Kind.DOCUMENT for one in self.assets)

    def hang_on(self, post: Post, descriptions: Mapping[UUID, str]) -> None:
        """Photos and films that did not fail, and documents, each in their order."""
        described = [
            (descriptions.get(one.pk, ""), _in(post.school_id, one)) for one in self.standing
        ]
        pictures = [pair for pair in described if pair[1].kind != Asset.Kind.DOCUMENT]
        documents = [asset for _, asset in described if asset.kind == Asset.Kind.DOCUMENT]
        PostPhoto.objects.bulk_create(
            _photo(post, asset, position, text) for position, (text, asset) in enumerate(pictures)
        )
        PostFile.objects.bulk_create(
            _file(post, asset, position) for position, asset in enumerate(documents)
        )


def standing_roots(asked: Sequence[UUID], by: Viewer) -> frozenset[UUID]:
    """Where these were taken in, but for films that failed: the same for all their copies."""
    return frozenset(one.root[0] for one in Attachments.of(asked, by=by).standing)


def roots_on(post: Post, by: Viewer) -> frozenset[UUID]:
    """The same of what hangs on a post of one's own."""
    photos = post.photos.unscoped("compared with what the writer sends again")
    files = post.files.unscoped("compared with what the writer sends again")
    return standing_roots([hung.asset_id for hung in (*photos, *files)], by)


def _photo(post: Post, asset: Asset, position: int, description: str) -> PostPhoto:
    return PostPhoto(
        school_id=post.school_id,
        post=post,
        asset=asset,
        position=position,
        description=description[:LONGEST_DESCRIPTION],
        **{name: getattr(asset, name) for name in LOOKS},
    )


def _file(post: Post, asset: Asset, position: int) -> PostFile:
    return PostFile(
        school_id=post.school_id,
        post=post,
        asset=asset,
        position=position,
        name=asset.name,
        extension=asset.extension,
        bytes=asset.bytes,
    )


def _in(school_id: UUID, asset: Asset) -> Asset:
    """The asset, or its copy with files of its own where the post is for another organisation."""
    if asset.school_id == school_id:
        return asset
    copy = asset.copied_to(school_id)
    if copy.state == Asset.State.WAITING:
        convert.enqueue(school_id, asset=copy.pk)
    return copy
