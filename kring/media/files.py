"""The files of photos in storage: ``photos/<last two digits>/<asset>/<size>.webp``.

The path follows from the asset's id alone, so that an address can be answered without the database.
The folder is named by the last digits because the first ones of a UUIDv7 are the time.
"""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from kring.media.photo import Rendered

_ROOT = "photos"
_SIZES = ("large", "small")


def path_of(asset_id: UUID, size: str) -> str:
    """The name in storage of one rendition."""
    return f"{_folder(asset_id)}/{size}.webp"


def store(asset_id: UUID, rendered: Rendered) -> None:
    """Write both renditions; do it before the row is committed, so that a row means its files."""
    for size in _SIZES:
        wanted = path_of(asset_id, size)
        written = default_storage.save(wanted, ContentFile(getattr(rendered, size)))
        if written != wanted:
            default_storage.delete(written)
            raise FileExistsError(wanted)


def copy_files(asset_id: UUID, copy_id: UUID) -> None:
    """Write the renditions of one photo anew under another id."""
    for size in _SIZES:
        with default_storage.open(path_of(asset_id, size)) as file:
            default_storage.save(path_of(copy_id, size), file)


def delete_files(asset_id: UUID) -> None:
    """Delete what there is of a photo; that nothing is left to delete is fine."""
    for size in _SIZES:
        default_storage.delete(path_of(asset_id, size))
    with suppress(FileNotFoundError, OSError):  # a folder only where the storage has folders
        default_storage.delete(_folder(asset_id))


def stored_ids() -> Iterator[UUID]:
    """The ids of all photos in storage, for a sweep of files whose row was never committed."""
    with suppress(FileNotFoundError):  # before the first photo
        for shelf in default_storage.listdir(_ROOT)[0]:
            for name in default_storage.listdir(f"{_ROOT}/{shelf}")[0]:
                yield UUID(name)


def _folder(asset_id: UUID) -> str:
    return f"{_ROOT}/{asset_id.hex[-2:]}/{asset_id.hex}"
