"""Films from the upload to what people see, with the real ffmpeg and the real queue."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import translation
from imageio_ffmpeg import get_ffmpeg_exe
from pytest_django import Settings

from kring.base import clock
from kring.demo.cast import identity
from kring.events.models import Event
from kring.media import films, jobs
from kring.media.files import SOURCE, path_of, store_file
from kring.media.models import Asset
from kring.media.storage import StorageAwayError
from kring.media.tests.made import store_in
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

WILGENHOEK, VIJVER = identity("wilgenhoek"), identity("vijver")
PICTURES, SOURCE_FILE = {"small.webp", "medium.webp", "large.webp"}, "source.bin"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    store_in(tmp_path / "media", settings)
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of film with sound."""
    path = tmp_path_factory.mktemp("film") / "a.mov"
    inputs = ["testsrc=size=160x120:rate=10:duration=1", "sine=duration=1"]
    told = [part for one in inputs for part in ("-f", "lavfi", "-i", one)]
    made = ["-c:v", "mpeg4", "-c:a", "aac", str(path)]
    subprocess.run([get_ffmpeg_exe(), "-loglevel", "error", *told, *made], check=True)
    return path.read_bytes()


def send(client: Client, data: bytes, name: str = "IMG_7.MOV") -> Any:
    file = SimpleUploadedFile(name, data, "video/quicktime")
    return client.post("/media/uploads/", {"file": file, "school": str(WILGENHOEK)})


def convert(asset_id: UUID | str) -> None:
    jobs.convert(school_id=str(WILGENHOEK), asset=str(asset_id))


def row(asset_id: UUID | str) -> Asset:
    with unlocked():
        return Asset.objects.get(pk=asset_id)


def there(asset_id: UUID) -> set[str]:
    """The names of its files."""
    folder = Path(default_storage.path(path_of(asset_id, "film"))).parent
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_film_waits_in_its_own_queue_and_becomes_what_phones_play(
    sign_in: SignIn, clip: bytes
) -> None:
    teacher = sign_in("teacher")
    answer = send(teacher, clip)
    assert answer.status_code == HTTPStatus.CREATED
    told = answer.json()
    assert (told["kind"], told["state"], told["progress"]) == ("film", "waiting", 0)
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name FROM procrastinate_jobs WHERE args->>'asset' = %s", [told["id"]]
        )
        assert cursor.fetchall() == [("film",)]
    convert(told["id"])
    asset = row(told["id"])
    assert (asset.state, asset.progress, asset.trouble) == ("ready", 100, "")
    assert asset.seconds == 1
    assert asset.width > 0
    assert there(asset.pk) == {"film.mp4", "small.webp", "medium.webp", "large.webp"}
    assert asset.bytes == sum(
        default_storage.size(f"{path_of(asset.pk, 'film').rpartition('/')[0]}/{name}")
        for name in there(asset.pk)
    )
    states = teacher.get(f"/media/uploads/states/?of={asset.pk}").json()
    assert states[str(asset.pk)]["state"] == "ready"
    shown = teacher.get(states[str(asset.pk)]["url"])
    assert shown.getvalue()[8:12] == b"WEBP"
    with unlocked():
        assert Event.objects.filter(verb="film.ended", subject_id=asset.pk).count() == 1


def test_nobody_else_hears_how_far_a_film_is(sign_in: SignIn, clip: bytes) -> None:
    told = send(sign_in("teacher"), clip).json()
    for other in ("duo_teacher", "principal", "mother"):
        assert sign_in(other).get(f"/media/uploads/states/?of={told['id']}").json() == {}
    assert sign_in("teacher").get("/media/uploads/states/?of=x").status_code == 404


def test_a_film_that_is_none_is_refused_at_once(sign_in: SignIn, clip: bytes) -> None:
    answer = send(sign_in("teacher"), clip[:300])
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["error"].startswith("IMG_7.MOV is beschadigd")


def test_a_film_that_is_too_long_is_refused(
    sign_in: SignIn, clip: bytes, settings: Settings
) -> None:
    settings.FILM_MAX_SECONDS = 0
    answer = send(sign_in("teacher"), clip)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "duurt langer dan" in answer.json()["error"]


def test_a_film_that_cannot_be_made_says_why_and_leaves_nothing(
    sign_in: SignIn, clip: bytes
) -> None:
    teacher = sign_in("teacher")
    told = send(teacher, clip).json()
    asset = row(told["id"])
    default_storage.delete(path_of(asset.pk, SOURCE))
    with (Path(gettempdir()) / "unused").open("w+b") as broken:
        broken.write(clip[:64] + bytes(5000))
        store_file(asset.pk, SOURCE, broken)
    convert(asset.pk)
    assert (row(asset.pk).state, row(asset.pk).bytes) == ("failed", 0)
    assert there(asset.pk) == set()
    states = teacher.get(f"/media/uploads/states/?of={asset.pk}").json()
    assert states[str(asset.pk)]["error"].startswith("IMG_7.MOV is ")


def test_a_worker_killed_at_the_very_end_leaves_nothing_of_what_was_sent(
    sign_in: SignIn, clip: bytes
) -> None:
    asset = row(send(sign_in("teacher"), clip).json()["id"])
    convert(asset.pk)
    before = there(asset.pk)
    store_file(asset.pk, SOURCE, BytesIO(clip))  # which the worker was about to delete
    convert(asset.pk)
    assert there(asset.pk) == before
    with unlocked():
        Asset.objects.filter(pk=asset.pk).update(state=Asset.State.FAILED)
    convert(asset.pk)
    assert there(asset.pk) == set()


def test_what_a_try_left_behind_is_written_over(sign_in: SignIn, clip: bytes) -> None:
    """A worker that was killed between the files and the row."""
    asset = row(send(sign_in("teacher"), clip).json()["id"])
    with (Path(gettempdir()) / "left").open("w+b") as left:
        left.write(b"half a film")
        store_file(asset.pk, "film", left)
    convert(asset.pk)
    with default_storage.open(path_of(asset.pk, "film")) as film:
        assert film.read(8)[4:] == b"ftyp"


def test_a_film_that_ends_its_worker_three_times_is_given_up(sign_in: SignIn, clip: bytes) -> None:
    asset = row(send(sign_in("teacher"), clip).json()["id"])
    with unlocked():
        Asset.objects.filter(pk=asset.pk).update(tries=jobs.MOST_TRIES)
    convert(asset.pk)
    assert (row(asset.pk).state, row(asset.pk).trouble) == ("failed", "broken")


def test_a_storage_that_is_away_is_no_fault_of_the_film(
    sign_in: SignIn, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = row(send(sign_in("teacher"), clip).json()["id"])

    def away(*_told: Any) -> None:
        raise StorageAwayError

    with monkeypatch.context() as broken:
        broken.setattr(jobs, "fetch", away)
        with pytest.raises(StorageAwayError):
            convert(asset.pk)
    assert (row(asset.pk).state, row(asset.pk).tries) == ("waiting", 0)
    convert(asset.pk)
    assert row(asset.pk).state == "ready"


def test_a_film_whose_source_is_gone_is_given_up(sign_in: SignIn, clip: bytes) -> None:
    asset = row(send(sign_in("teacher"), clip).json()["id"])
    default_storage.delete(path_of(asset.pk, SOURCE))
    convert(asset.pk)
    assert (row(asset.pk).state, row(asset.pk).trouble) == ("failed", "broken")


def copied(asset: Asset) -> Asset:
    """To the BSO, as a broadcast does."""
    with unlocked():
        return asset.copied_to(VIJVER)


def test_a_film_for_two_organisations_is_converted_once(sign_in: SignIn, clip: bytes) -> None:
    asset = row(send(sign_in("teacher"), clip).json()["id"])
    copy = copied(asset)
    assert there(copy.pk) == set()  # what was sent is kept once
    with pytest.raises(jobs.NotYetError):
        jobs.convert(school_id=str(VIJVER), asset=str(copy.pk))
    convert(asset.pk)
    jobs.convert(school_id=str(VIJVER), asset=str(copy.pk))
    assert there(copy.pk) == there(asset.pk) == {"film.mp4", *PICTURES}
    made, original = row(copy.pk), row(asset.pk)
    assert (made.state, made.width, made.bytes) == ("ready", original.width, original.bytes)


def test_a_copy_fails_with_what_it_is_a_copy_of(sign_in: SignIn, clip: bytes) -> None:
    asset = row(send(sign_in("teacher"), clip).json()["id"])
    copy = copied(asset)
    default_storage.delete(path_of(asset.pk, SOURCE))
    convert(asset.pk)
    jobs.convert(school_id=str(VIJVER), asset=str(copy.pk))
    assert (row(copy.pk).state, row(copy.pk).trouble) == ("failed", "broken")


def test_a_copy_of_a_film_that_is_ready_never_has_what_was_sent(
    sign_in: SignIn, clip: bytes
) -> None:
    asset = row(send(sign_in("teacher"), clip).json()["id"])
    convert(asset.pk)
    store_file(asset.pk, SOURCE, BytesIO(clip))  # which the worker was about to delete
    assert there(copied(row(asset.pk)).pk) == {"film.mp4", *PICTURES}


def test_what_a_lost_job_left_is_settled_at_night(sign_in: SignIn, clip: bytes) -> None:
    lost = row(send(sign_in("teacher"), clip).json()["id"])
    done = row(send(sign_in("teacher"), clip).json()["id"])
    young = row(send(sign_in("teacher"), clip).json()["id"])
    with unlocked():
        Asset.objects.filter(pk=lost.pk).update(created_at=clock.now() - timedelta(days=2))
    convert(done.pk)
    store_file(done.pk, SOURCE, BytesIO(clip))
    jobs.settle_films(WILGENHOEK)
    assert (row(lost.pk).state, there(lost.pk)) == ("failed", set())
    assert SOURCE_FILE not in there(done.pk)
    assert row(young.pk).state == "waiting"
    assert there(young.pk) == {SOURCE_FILE}


def test_a_film_whose_row_went_leaves_no_files(
    sign_in: SignIn, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The upload was taken away while it was being converted."""
    asset = row(send(sign_in("teacher"), clip).json()["id"])
    made = films.convert

    def and_away(*told: Any, **named: Any) -> Any:
        with unlocked():
            Asset.objects.filter(pk=asset.pk).delete()
        return made(*told, **named)

    monkeypatch.setattr(jobs, "convert_film", and_away)
    convert(asset.pk)
    assert there(asset.pk) == set()


def test_folders_of_workers_that_were_killed_are_swept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jobs, "gettempdir", lambda: str(tmp_path))
    old, young = tmp_path / "kring-film-old", tmp_path / "kring-film-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "film.mp4").write_bytes(b"x")
    monkeypatch.setattr(jobs, "LEFT_AFTER", -1)
    jobs._sweep_left_folders()
    assert not old.exists()
    assert not young.exists()
    young.mkdir()
    monkeypatch.setattr(jobs, "LEFT_AFTER", 60)
    jobs._sweep_left_folders()
    assert young.exists()
