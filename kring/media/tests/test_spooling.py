"""A disk without room for what comes in: one sentence, no row, no half file, and posts go on."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from kring.demo.cast import identity
from kring.feed.models import Post
from kring.media.files import stored_ids
from kring.media.models import Asset
from kring.media.spooling import OnDiskWithoutName, WithoutRoom
from kring.media.storage import NoRoomError
from kring.media.tests.pictures import quarters, written
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

MEGABYTE = 1024 * 1024
ROOM = 2 * MEGABYTE
JPEG = written(quarters())
LARGE = JPEG + bytes(3 * MEGABYTE)  # a photo with much behind it
NO_ROOM = "Kring heeft nu geen ruimte voor bestanden."


@contextmanager
def short_files() -> Iterator[None]:
    """Nothing that this process writes grows past the room, as by a quota."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(params=["a quota", "a small disk"])
def full(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """What comes in meets a disk that has room for some of it only."""
    folder = tmp_path / "spool"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    if request.param == "a quota":
        with short_files():
            yield folder
        return
    command = ["/bin/mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("nobody but root may mount a small disk")
    yield folder
    subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """The files of this test."""
    default = settings.STORAGES["default"]
    options = default["OPTIONS"] | {"location": tmp_path / "media"}
    settings.STORAGES = settings.STORAGES | {"default": default | {"OPTIONS": options}}
    return tmp_path / "media"


def photo(content: bytes = LARGE, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def entered() -> int:
    with unlocked():
        return Asset.objects.count()


def test_the_rest_of_a_form_is_read_on_and_the_file_says_so(full: Path) -> None:
    sent = {"a": photo(), "text": "typed", "b": photo(JPEG * 10)}
    request = RequestFactory().post("/", sent)
    assert request.POST["text"] == "typed"
    assert isinstance(request.FILES["a"], WithoutRoom)
    assert request.FILES["a"].name == "a.jpg"
    assert isinstance(request.FILES["b"], TemporaryUploadedFile)  # there was room again
    assert request.FILES["b"].read() == JPEG * 10
    with pytest.raises(NoRoomError):
        request.FILES["a"].read()
    request.close()


def test_other_trouble_with_the_disk_stays_an_error(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        OnDiskWithoutName().new_file("a", "a.jpg", "image/jpeg", 1)


@pytest.mark.django_db
def test_an_upload_is_answered_in_one_sentence(sign_in: SignIn, full: Path) -> None:
    sent = {"school": identity("wilgenhoek"), "file": photo()}
    answer = sign_in("teacher").post(
        reverse("media:upload"), sent, headers={"Accept": "application/json"}
    )
    assert answer.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    assert answer.json()["error"].startswith(NO_ROOM)
    assert entered() == 0
    assert not list(stored_ids())
    assert not list(full.iterdir())


@pytest.mark.django_db
def test_a_form_with_a_file_keeps_what_was_typed(sign_in: SignIn, cast: Cast, full: Path) -> None:
    teacher = sign_in("teacher")
    form = {"audience": [f"group:{cast.group_5.pk}"], "text": "Wij maken taart", "key": KEY}
    answer = teacher.post(reverse("feed:compose"), form | {"photos": photo()})
    assert answer.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    page = answer.content.decode()
    assert NO_ROOM in page
    assert "Wij maken taart" in page
    assert entered() == 0
    assert teacher.post(reverse("feed:compose"), form).status_code == HTTPStatus.SEE_OTHER
    with unlocked():
        assert Post.objects.filter(text="Wij maken taart").exists()


KEY = "0193a1b2-0000-7000-8000-00000000cafe"


@pytest.mark.django_db
def test_a_form_of_the_office_says_it_too(sign_in: SignIn, cast: Cast, full: Path) -> None:
    address = reverse("importing:imports", args=[cast.wilgenhoek.pk])
    answer = sign_in("administrator").post(
        address, {"source": "edexml", "file": photo(name="edex.xml")}
    )
    assert answer.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    assert NO_ROOM in answer.content.decode()


@pytest.mark.django_db
def test_a_page_inside_the_lock_never_meets_half_a_file(
    sign_in: SignIn, cast: Cast, full: Path
) -> None:
    post = cast.post("group_5", by="teacher")
    answer = sign_in("teacher").post(reverse("feed:comments", args=[post.pk]), {"file": photo()})
    assert answer.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    assert NO_ROOM in answer.content.decode()


# ── the disk of the files ────────────────────────────────────────────────────
def test_no_half_file_stays_on_a_disk_that_is_full(media: Path) -> None:
    with short_files(), pytest.raises(NoRoomError):
        default_storage.save("photos/cd/a/film.mp4", ContentFile(bytes(3 * MEGABYTE)))
    assert not [one for one in media.rglob("*") if one.is_file()]
    default_storage.save("photos/cd/a/film.mp4", ContentFile(b"short"))


def test_other_trouble_with_the_folder_stays_an_error(media: Path) -> None:
    media.mkdir()
    (media / "photos").write_text("in the way")
    with pytest.raises(OSError, match="photos") as met:
        default_storage.save("photos/cd/a/film.mp4", ContentFile(b"film"))
    assert not isinstance(met.value, NoRoomError)
