"""Uploaded files: each becomes a photo, or a sentence that names it and says why not."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kring.base.ids import new_id
from kring.media.files import delete_files, store
from kring.media.photo import Limits
from kring.media.rendering import PhotoRefused, Reason, Rendered, render

type Upload = UploadedFile[bytes]

_LONGEST_NAME = 60  # characters of a name in a sentence
_SENTENCES = {
    Reason.EMPTY: gettext_noop("%(name)s is empty. Choose the photo again."),
    Reason.TOO_LARGE: gettext_noop(
        "%(name)s is larger than %(megabytes)d MB. Make the photo smaller and choose it again."
    ),
    Reason.TOO_MANY_PIXELS: gettext_noop(
        "%(name)s has more than %(megapixels)d million pixels."
        " Make the photo smaller and choose it again."
    ),
    Reason.HEIC: gettext_noop(
        "%(name)s is an iPhone photo in HEIC, which Kring cannot read yet. On the iPhone choose"
        " Settings, Camera, Formats, Most Compatible; or send this photo as JPEG."
    ),
    Reason.UNKNOWN_KIND: gettext_noop(
        "%(name)s is not a photo that Kring can read. Choose a JPEG, PNG or WebP."
    ),
    Reason.BROKEN: gettext_noop(
        "%(name)s is damaged or not complete. Choose the photo again, or another one."
    ),
    Reason.TOO_SLOW: gettext_noop(
        "%(name)s took too long to read. Make the photo smaller or choose another one."
    ),
    Reason.BUSY: gettext_noop(
        "Kring is busy and could not take %(name)s. Try again in a few minutes."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A file that became a photo; its id is the one that its asset will have."""

    id: UUID = field(default_factory=new_id)
    name: str
    rendered: Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that did not become one, and what to tell the person who sent it."""

    name: str
    sentence: str


def render_each(files: Iterable[Upload]) -> list[Photo | Refusal]:
    """What became of each file, in the same order; several are rendered at a time."""
    uploads = list(files)
    with ThreadPoolExecutor(max_workers=settings.PHOTO_RENDERERS) as threads:
        outcomes = list(threads.map(_outcome, uploads))
    return [
        Photo(name=shown_name(upload.name), rendered=outcome)
        if isinstance(outcome, Rendered)
        else Refusal(name=shown_name(upload.name), sentence=_sentence(outcome, upload.name))
        for upload, outcome in zip(uploads, outcomes, strict=True)
    ]


def render_uploads(files: Iterable[Upload]) -> tuple[list[Photo], list[str]]:
    """The photos among the files, and a sentence for each of the others."""
    outcomes = render_each(files)
    photos = [outcome for outcome in outcomes if isinstance(outcome, Photo)]
    return photos, [outcome.sentence for outcome in outcomes if isinstance(outcome, Refusal)]


@contextmanager
def stored(photos: Iterable[Photo]) -> Iterator[list[Photo]]:
    """Have the files of photos in storage; they go again when what is done inside fails.

    Not when the database was lost: a commit whose answer never came may stand, and a row without
    its photo stays broken, while files without a row are swept.
    """
    kept = list(photos)
    try:
        for photo in kept:
            store(photo.id, photo.rendered)
        yield kept
    except (OperationalError, InterfaceError):
        raise
    except BaseException:
        for photo in kept:
            delete_files(photo.id)
        raise


def shown_name(name: str | None) -> str:
    """A file's name to show: no path, nothing that deceives the eye, at most 60 characters."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable() or c.isspace())
    words = " ".join(plain.split()) or _("The file")
    return words if len(words) <= _LONGEST_NAME else f"{words[:44]}…{words[-15:]}"


def _outcome(upload: Upload) -> Rendered | Reason:
    try:
        return render(upload)
    except PhotoRefused as refused:
        return refused.reason


def _sentence(reason: Reason, name: str | None) -> str:
    return _(_SENTENCES[reason]) % {
        "name": shown_name(name),
        "megabytes": settings.PHOTO_MAX_BYTES // (1024 * 1024),
        "megapixels": Limits().pixels // 1_000_000,
    }


class OnlyAsMuchAsAPhoto(FileUploadHandler):
    """Lets no file grow past the limit on disk: one that would arrives a single byte too long.

    Stands before Django's own handlers, and so also before anyone is signed in.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass on what still fits."""
        room = settings.PHOTO_MAX_BYTES + 1 - start
        return raw_data[:room] if room > 0 else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


class OnDiskWithoutName(TemporaryFileUploadHandler):
    """Keeps a file on disk without a name there, so that it is gone with the process.

    What was sent still holds where a photo was taken; that is not to outlive a process.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Take the name away before the first byte comes."""
        super().new_file(*args, **kwargs)
        Path(self.file.temporary_file_path()).unlink()
