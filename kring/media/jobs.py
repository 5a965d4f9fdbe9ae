"""Films, converted one at a time in a queue of their own, so that no other job waits for them."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from uuid import UUID

import structlog
from django.db.models import F

from kring.base import clock
from kring.base.jobs import FILMS, at_work, job
from kring.base.visibility import Viewer
from kring.events.bus import record
from kring.media.files import (
    SOURCE,
    copy_files,
    delete_file,
    delete_files,
    fetch,
    store,
    store_file,
)
from kring.media.films import Converted, FilmRefused
from kring.media.films import convert as convert_film
from kring.media.models import Asset
from kring.media.photo import PhotoRefused, Reason, Rendered
from kring.media.rendering import render

log = structlog.get_logger("kring.media")

MOST_TRIES = 3  # a film that ends its worker three times is given up
BETWEEN = 1.0  # seconds between two words about the progress
LEFT_AFTER = 2 * 60 * 60  # seconds; no film takes that long
GIVEN_UP_AFTER = timedelta(days=1)
SETTLED_FOR = timedelta(days=4)
_FOLDERS = "kring-film-"


@job(queue=FILMS, outside=True)
def convert(school_id: str, asset: str) -> None:
    """Make a film that every phone plays of what was sent in, or note why there will be none.

    What is done is done again after a kill; files of a try before are written over.
    """
    with at_work(school_id):
        found = Asset.objects.filter(pk=asset).first()
        Asset.objects.filter(pk=asset, state=Asset.State.WAITING).update(tries=F("tries") + 1)
    if found is None or found.state != Asset.State.WAITING:
        _tidy(UUID(asset), found)
        return
    if found.tries >= MOST_TRIES:
        _give_up(found, Reason.BROKEN)
        return
    try:
        if found.copy_of:
            _follow(found)
        else:
            _convert(found)
    except (FilmRefused, PhotoRefused) as refused:
        _give_up(found, refused.reason)
    except FileNotFoundError:  # what was sent is not there any more, and never will be
        _give_up(found, Reason.BROKEN)
    except Exception:  # of storage or database: not the film's fault
        with at_work(school_id):
            Asset.objects.filter(pk=found.pk).update(tries=F("tries") - 1)
        raise


def settle_films(school_id: UUID) -> None:
    """What a lost job left: a film that waits for over a day fails, and nobody keeps its source.

    Of those that ended in the last days the source goes once more: it may say where it was made.
    """
    before, since = clock.now() - GIVEN_UP_AFTER, clock.now() - SETTLED_FOR
    with at_work(school_id):
        films = Asset.objects.filter(school=school_id, kind=Asset.Kind.FILM)
        lost = list(films.filter(state=Asset.State.WAITING, created_at__lt=before))
        ended = films.exclude(state=Asset.State.WAITING).filter(created_at__gt=since)
        done = list(ended.values_list("pk", flat=True))
    for asset in lost:
        _give_up(asset, Reason.BROKEN)
    for asset_id in done:
        delete_file(asset_id, SOURCE)


class NotYetError(Exception):
    """What it is a copy of is not ready: the job is tried again."""


def _follow(copy: Asset) -> None:
    """Have the files of what it is a copy of, once they are there."""
    asset_id, school_id = copy.root
    with at_work(school_id):
        original = Asset.objects.filter(pk=asset_id).first()
    if original is None or original.state == Asset.State.FAILED:
        _give_up(copy, Reason(original.trouble) if original else Reason.BROKEN)
        return
    if original.state == Asset.State.WAITING:
        raise NotYetError
    delete_files(copy.pk)
    copy_files(original.pk, copy.pk)
    with at_work(copy.school_id):
        if stays := copy.follows(original):
            record("film.ended", copy, by=Viewer.service(copy.school_id))
    if not stays:
        delete_files(copy.pk)


def _convert(asset: Asset) -> None:
    _sweep_left_folders()
    with TemporaryDirectory(prefix=_FOLDERS) as name, TemporaryFile() as source:
        fetch(asset.pk, SOURCE, source)  # which may say where it was taken: it never has a name
        path = Path(f"/proc/self/fd/{source.fileno()}")
        made = convert_film(path, Path(name), told=_Progress(asset))
        with made.poster.open("rb") as poster:
            rendered = render(poster)
        delete_files(asset.pk, but=SOURCE)
        size = rendered.bytes + _store(asset.pk, rendered, made)
    with at_work(asset.school_id):
        stays = asset.became(rendered, seconds=made.seconds, size=size)
        if stays:
            record("film.ended", asset, by=Viewer.service(asset.school_id))
            asset.state = Asset.State.READY
    _tidy(asset.pk, asset if stays else None)


def _store(asset_id: UUID, rendered: Rendered, made: Converted) -> int:
    store(asset_id, rendered)
    with made.film.open("rb") as film:
        return store_file(asset_id, "film", film)


def _give_up(asset: Asset, reason: Reason) -> None:
    log.info("film.failed", asset=str(asset.pk), reason=reason.value)
    with at_work(asset.school_id):
        asset.failed(reason)
        record("film.ended", asset, by=Viewer.service(asset.school_id))
    delete_files(asset.pk)


def _tidy(asset_id: UUID, asset: Asset | None) -> None:
    """Of a film that is done, what was sent goes: it may say where it was made. Else all goes.

    Once more where it was done before: the worker may have been killed just then.
    """
    if asset and asset.state == Asset.State.READY:
        delete_file(asset_id, SOURCE)
    else:
        delete_files(asset_id)


def _sweep_left_folders() -> None:
    """What a worker left behind that was killed in the middle of a film."""
    for folder in Path(gettempdir()).glob(f"{_FOLDERS}*"):
        with suppress(OSError):  # another's, or gone this moment
            if time.time() - folder.stat().st_mtime > LEFT_AFTER:
                rmtree(folder)


class _Progress:
    """Notes how far a film is, about once a second, for the pages that wait for it."""

    def __init__(self, asset: Asset) -> None:
        self._asset, self._next = asset, 0.0

    def __call__(self, percent: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + BETWEEN
            with at_work(self._asset.school_id):
                waiting = Asset.objects.filter(pk=self._asset.pk, state=Asset.State.WAITING)
                waiting.update(progress=min(99, percent))
