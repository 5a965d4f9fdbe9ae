"""Photos that are really there."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import UploadedFile
from pytest_django.fixtures import Settings

from kring.base.ids import new_id
from kring.demo.seed import PHOTOS
from kring.media.files import store
from kring.media.models import Asset
from kring.media.rendering import render
from kring.schools.viewers import viewer_of
from tests.unlocked import unlocked


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Callable[[UUID, UUID], UUID]:
    """Upload a photo for somebody: gives the id of its asset."""
    storages = settings.STORAGES["default"]
    place = storages["OPTIONS"] | {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"default": storages | {"OPTIONS": place}}

    def upload(school_id: UUID, user_id: UUID) -> UUID:
        content = (PHOTOS / "cake.webp").read_bytes()
        rendered = render(UploadedFile(BytesIO(content), "taart.webp", size=len(content)))
        asset_id = new_id()
        store(asset_id, rendered)
        with unlocked():
            Asset.take(
                rendered,
                asset_id=asset_id,
                name="taart.webp",
                school_id=school_id,
                by=viewer_of(user_id),
            )
        return asset_id

    return upload
