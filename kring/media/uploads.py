"""Uploaded files: each becomes a picture, film or document, or a sentence that says why not."""

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import InterfaceError, OperationalError

from kring.base.ids import new_id
from kring.base.visibility import Viewer
from kring.media.documents import Document, DocumentRefused, inspect
from kring.media.files import SOURCE, delete_files, store, store_file
from kring.media.films import FilmRefused, Probe, is_film, probe
from kring.media.jobs import convert
from kring.media.kinds import kind_of
from kring.media.models import Asset
from kring.media.names import shown_name
from kring.media.photo import PhotoRefused, Reason, Rendered
from kring.media.rendering import render
from kring.media.scanning import ScannerAwayError, scan
from kring.media.sentences import sentence
from kring.media.storage import StorageAwayError

type Upload = UploadedFile[bytes]
type Taken = Photo | Film | Paper

_HEAD_BYTES = 64
PASSING = (Reason.BUSY, Reason.NOT_SCANNED)  # the same file may be taken later


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A file that was looked at; its id is the one that its asset will have."""

    id: UUID = field(default_factory=new_id)
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo(_Taken):
    """A picture, written anew."""

    rendered: Rendered

    def store(self) -> None:
        """Have its files in storage."""
        store(self.id, self.rendered)

    def enter(self, school_id: UUID, by: Viewer) -> Asset:
        """Its row."""
        return Asset.take(
            self.rendered, asset_id=self.id, name=self.name, school_id=school_id, by=by
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Film(_Taken):
    """A film that can be read, to be converted."""

    source: IO[bytes]
    size: int
    probe: Probe

    def store(self) -> None:
        """Have its source in storage."""
        store_file(self.id, SOURCE, self.source)

    def enter(self, school_id: UUID, by: Viewer) -> Asset:
        """Its row, and the job that converts it."""
        asset = Asset.take_film(
            asset_id=self.id,
            name=self.name,
            seconds=self.probe.seconds,
            size=self.size,
            school_id=school_id,
            by=by,
        )
        convert.enqueue(school_id, asset=self.id)
        return asset


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(_Taken):
    """A document, as it came."""

    source: IO[bytes]
    size: int
    extension: str

    def store(self) -> None:
        """Have it in storage."""
        store_file(self.id, "document", self.source)

    def enter(self, school_id: UUID, by: Viewer) -> Asset:
        """Its row."""
        return Asset.take_document(
            asset_id=self.id,
            name=self.name,
            extension=self.extension,
            size=self.size,
            school_id=school_id,
            by=by,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that was not taken, and what to tell the person who sent it.

    ``passing``: the same file may be taken later.
    """

    name: str
    sentence: str
    passing: bool = False


def receive(files: Iterable[Upload], *, keep_original: bool = False) -> list[Taken | Refusal]:
    """What became of each file, in the same order; several are looked at a time."""
    uploads = list(files)
    look = partial(_received, keep_original=keep_original)
    with ThreadPoolExecutor(max_workers=settings.PHOTO_RENDERERS) as threads:
        outcomes = list(threads.map(look, uploads))
    # Here, and not in the threads: they do not know the language of who asks.
    return [
        _refusal(outcome, upload) if isinstance(outcome, Reason) else outcome
        for outcome, upload in zip(outcomes, uploads, strict=True)
    ]


def render_uploads(
    files: Iterable[Upload], *, keep_original: bool = False
) -> tuple[list[Photo], list[str]]:
    """Of files that should be photos: those that are, and a sentence for each of the others."""
    photos, sentences = [], []
    for upload in files:
        try:
            photos.append(_as_photo(upload, keep_original=keep_original))
        except PhotoRefused as refused:
            sentences.append(sentence(refused.reason, upload.name))
    return photos, sentences


@contextmanager
def stored[One: (Photo, Taken)](taken: Iterable[One]) -> Iterator[list[One]]:
    """Have the files in storage; they go again when what is done inside fails.

    Not when the database was lost: a commit whose answer never came may stand, and a row without
    its files stays broken, while files without a row are swept. Nor when the storage was lost.
    """
    kept = list(taken)
    try:
        for one in kept:
            one.store()
        yield kept
    except (OperationalError, InterfaceError, StorageAwayError):
        raise
    except BaseException:
        for one in kept:
            delete_files(one.id)
        raise


def _received(upload: Upload, *, keep_original: bool) -> Taken | Reason:
    """By content, never by name."""
    head = _head(upload)
    try:
        if kind_of(head):
            return _as_photo(upload, keep_original=keep_original)
        return _as_film(upload) if is_film(head) else _as_paper(upload)
    except (PhotoRefused, FilmRefused, DocumentRefused) as refused:
        return refused.reason
    except ScannerAwayError:
        return Reason.NOT_SCANNED


def _as_photo(upload: Upload, *, keep_original: bool) -> Photo:
    rendered = render(cast("IO[bytes]", upload), keep_original=keep_original)
    return Photo(name=shown_name(upload.name), rendered=rendered)


def _as_film(upload: Upload) -> Film:
    size = upload.size or 0
    if size > settings.FILM_MAX_BYTES:
        raise FilmRefused(Reason.TOO_LARGE)
    source = cast("IO[bytes]", upload.file)
    with _on_disk(upload) as path:
        read = probe(path)
    return Film(name=shown_name(upload.name), source=source, size=size, probe=read)


def _as_paper(upload: Upload) -> Paper:
    source = cast("IO[bytes]", upload.file)
    found: Document = inspect(source, upload.name or "")
    source.seek(0)
    scan(source)
    return Paper(name=found.name, source=source, size=upload.size or 0, extension=found.extension)


def _refusal(reason: Reason, upload: Upload) -> Refusal:
    told = sentence(reason, upload.name)
    return Refusal(name=shown_name(upload.name), sentence=told, passing=reason in PASSING)


def _head(upload: Upload) -> bytes:
    upload.seek(0)
    head: bytes = upload.read(_HEAD_BYTES)
    upload.seek(0)
    return head


@contextmanager
def _on_disk(upload: Upload) -> Iterator[Path]:
    """Where programs can read it, without a name: it is found among our own open files."""
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(f"/proc/self/fd/{upload.fileno()}")
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(upload, copy)
        copy.flush()
        yield Path(f"/proc/self/fd/{copy.fileno()}")
