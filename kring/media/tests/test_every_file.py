"""Every real file of the shared folder, sent in as a person would: taken clean, or refused.

What is taken is read by exiftool, which knows nothing of us: of all that a photo or film says of
itself, only what a decoder needs may be left.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from kring.demo.cast import identity
from kring.media import jobs
from kring.media.files import path_of, stored_ids
from kring.media.models import Asset
from kring.media.tests.made import store_in
from kring.media.tests.pictures import REAL, named, real
from kring.schools.models import Policy
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

FILMS = REAL.parent / "video"
FOLDERS = ("animatie", "bijzonder", "bom", "gewoon", "gps", "heic", "kapot", "orientatie")
WILGENHOEK = identity("wilgenhoek")
REFUSED = {
    "bom/P_decompression_bomb.gif",
    "bom/P_decompression_bomb.ico",
    "gps/pixel6_ultrahdr_gps.jpg",  # only its head is there
    "kapot/broken_data_stream.png",
    "kapot/truncated_image.png",
    "kapot/truncated_jpeg.jpg",
}
REFUSED_FILMS = {"exiftool_QuickTime.mov", "klein.mp4", "klein_met_geluid.mp4"}
MOVING = {"animatie/chi.gif", "animatie/iss634.webp", "bom/P_decompression_bomb_extents.gif"}
# What exiftool finds in a file that holds nothing but a picture or film.
PLAIN = {
    "System", "File", "Composite", "ExifTool", "RIFF", "Track1", "Track2", "QuickTime", "JFIF",
}  # fmt: skip
TELLING = (
    "GPS", "Location", "Make", "Model", "Software", "Comment", "Author", "Artist", "Copyright",
    "CreatorTool", "Serial", "Thumbnail", "XMP", "Person", "Description", "Title", "Keywords",
    "Encoder", "LensModel", "HostComputer", "ImageDescription", "DateTimeOriginal",
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    store_in(tmp_path / "media", settings)
    with translation.override("nl"):
        yield


def send(client: Client, path: Path, called: str) -> Any:
    file = SimpleUploadedFile(called, path.read_bytes(), "application/octet-stream")
    return client.post("/media/uploads/", {"file": file, "school": str(WILGENHOEK)})


def films() -> list[str]:
    return sorted(path.name for path in FILMS.glob("*")) or ["none"]


def read(path: str) -> dict[str, Any]:
    """What an independent reader finds: group and name of each thing, and what it says."""
    told = ["exiftool", "-json", "-G1", "-a", "-u", "-ee", path]
    found = json.loads(subprocess.run(told, check=True, capture_output=True).stdout)
    return dict(found[0])


def assert_clean(asset: Asset) -> None:
    folder = Path(default_storage.path(path_of(asset.pk, "small"))).parent
    assert list(folder.iterdir())
    for path in folder.iterdir():
        found = read(str(path))
        groups = {name.partition(":")[0] for name in found} - {"SourceFile"}
        assert groups <= PLAIN, (path.name, groups - PLAIN)
        names = [name.partition(":")[2] for name in found]
        telling = [one for one in names if any(one.startswith(word) for word in TELLING)]
        assert telling == [], (path.name, telling)
        assert not found.get("ExifTool:Warning"), found  # data behind the end, say


@pytest.mark.parametrize("name", named(*FOLDERS))
def test_a_photo_is_taken_clean_or_refused_with_a_sentence(sign_in: SignIn, name: str) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not here")
    path = real(name)
    with unlocked():
        last = Policy.objects.filter(school=WILGENHOEK).order_by("version").last()
        assert last is not None
        Policy.objects.filter(pk=last.pk).update(keeps_originals=True)
    answer = send(sign_in("teacher"), path, "IMG_0001.bin")  # its name says nothing
    told = answer.json()
    if name in REFUSED:
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert told["error"].startswith("IMG_0001.bin ")
        assert told["error"].endswith(".")
        assert not list(stored_ids())
        return
    assert answer.status_code == HTTPStatus.CREATED, told
    assert told["kind"] == ("animation" if name in MOVING else "photo")
    with unlocked():
        assert_clean(Asset.objects.get(pk=told["id"]))


@pytest.mark.parametrize("name", films())
def test_a_film_is_taken_clean_or_refused_with_a_sentence(sign_in: SignIn, name: str) -> None:
    if not (FILMS / name).exists():
        pytest.skip("the films of the shared folder are not here")
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not here")
    teacher = sign_in("teacher")
    answer = send(teacher, FILMS / name, "IMG_0001.jpg")
    told = answer.json()
    if name in REFUSED_FILMS:
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert told["error"].startswith("IMG_0001.jpg ")
        assert not list(stored_ids())
        return
    assert answer.status_code == HTTPStatus.CREATED, told
    jobs.convert(school_id=str(WILGENHOEK), asset=told["id"])
    with unlocked():
        asset = Asset.objects.get(pk=told["id"])
    assert (asset.kind, asset.state, asset.trouble) == ("film", "ready", "")
    assert_clean(asset)
