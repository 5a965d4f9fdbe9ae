"""Files in storage: ``photos/<last two digits>/<asset>/<name>``.

The path follows from the asset's id alone, so that an address can be answered without the database.
The folder is named by the last digits because the first ones of a UUIDv7 are the time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any
from uuid import UUID

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from kring.media.photo import Rendered

_ROOT = "photos"
SOURCE = "source"  # of a film that waits
NAMES = {
    "small": "small.webp",
    "medium": "medium.webp",
    "large": "large.webp",
    "film": "film.mp4",
    "original": "original.jpg",
    "document": "document.bin",
    SOURCE: "source.bin",
}
_PICTURES = ("small", "medium", "large")


def path_of(asset_id: UUID, size: str) -> str:
    """The name in storage of one file of an asset."""
    return f"{_folder(asset_id)}/{NAMES[size]}"


def store(asset_id: UUID, rendered: Rendered) -> None:
    """Write all pictures; do it before the row is committed, so that a row means its files."""
    for size in _PICTURES:
        _write(asset_id, size, ContentFile(getattr(rendered, size)))
    if rendered.original:
        _write(asset_id, "original", ContentFile(rendered.original))


def store_file(asset_id: UUID, size: str, file: IO[bytes]) -> int:
    """Write one file as it is; gives its bytes."""
    file.seek(0)
    wrapped: File[bytes] = File(file)
    _write(asset_id, size, wrapped)
    return file.seek(0, 2)


def _write(asset_id: UUID, size: str, file: File[Any]) -> None:
    wanted = path_of(asset_id, size)
    written = default_storage.save(wanted, file)
    if written != wanted:
        default_storage.delete(written)
        raise FileExistsError(wanted)


def fetch(asset_id: UUID, size: str, to: IO[bytes]) -> None:
    """Copy a file out of storage."""
    with default_storage.open(path_of(asset_id, size)) as file:
        shutil.copyfileobj(file, to, 1 << 20)
    to.flush()


def copy_files(asset_id: UUID, copy_id: UUID) -> None:
    """Write what people get of one asset anew under another id."""
    for size in NAMES:
        if size != SOURCE and default_storage.exists(path_of(asset_id, size)):
            with default_storage.open(path_of(asset_id, size)) as file:
                _write(copy_id, size, file)


def delete_files(asset_id: UUID, *, but: str = "") -> None:
    """Delete what there is of an asset; that nothing is left to delete is fine."""
    for size in NAMES:
        if size != but:
            default_storage.delete(path_of(asset_id, size))
    if not but:
        with suppress(FileNotFoundError, OSError):  # a folder only where the storage has folders
            default_storage.delete(_folder(asset_id))


def delete_file(asset_id: UUID, size: str) -> None:
    """Delete one of its files."""
    default_storage.delete(path_of(asset_id, size))


def stored_ids() -> Iterator[UUID]:
    """The ids of all assets in storage, for a sweep of files whose row was never committed."""
    with suppress(FileNotFoundError):  # before the first photo
        for shelf in default_storage.listdir(_ROOT)[0]:
            for name in default_storage.listdir(f"{_ROOT}/{shelf}")[0]:
                yield UUID(name)


def _folder(asset_id: UUID) -> str:
    return f"{_ROOT}/{asset_id.hex[-2:]}/{asset_id.hex}"
