"""What an upload leaves behind when a process dies, or when the database does."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import RequestFactory
from pytest_django import Settings

from kring.media.files import stored_ids
from kring.media.tests.pictures import quarters, written
from kring.media.uploads import Photo, render_uploads, stored

JPEG = written(quarters())
ROOT = Path(__file__).resolve().parent.parent.parent
DIE_WHILE_IT_COMES_IN = """
import os, signal, sys
from django.conf import settings
settings.configure(FILE_UPLOAD_TEMP_DIR=sys.argv[1], DEFAULT_CHARSET="utf-8")
from kring.media.spooling import OnDiskWithoutName
handler = OnDiskWithoutName()
handler.new_file("photo", "a.jpg", "image/jpeg", None)
handler.receive_data_chunk(b"where it was taken", 0)
handler.file.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def photo(settings: Settings, tmp_path: Path) -> Photo:
    default = settings.STORAGES["default"]
    options = default["OPTIONS"] | {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"default": default | {"OPTIONS": options}}
    (made,), _ = render_uploads([SimpleUploadedFile("a.jpg", JPEG, "image/jpeg")])
    return made


def left_after(photo: Photo, error: Exception) -> list[UUID]:
    with pytest.raises(type(error)), stored([photo]):
        raise error
    return list(stored_ids())


@pytest.mark.parametrize("error", [OperationalError("lost at COMMIT"), InterfaceError("closed")])
def test_a_photo_whose_row_may_stand_keeps_its_files(photo: Photo, error: Exception) -> None:
    assert left_after(photo, error) == [photo.id]


@pytest.mark.parametrize("error", [IntegrityError("refused"), ValueError("wrong")])
def test_a_photo_whose_row_cannot_stand_goes(photo: Photo, error: Exception) -> None:
    assert left_after(photo, error) == []


def test_a_file_that_came_in_has_no_name_on_disk_and_can_be_read(
    settings: Settings, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    sent = SimpleUploadedFile("a.jpg", JPEG, "image/jpeg")
    request = RequestFactory().post("/", {"photo": sent})
    file = request.FILES["photo"]
    assert isinstance(file, TemporaryUploadedFile)
    assert not list(tmp_path.iterdir())
    assert file.read() == JPEG
    photos, _ = render_uploads([file])
    assert photos[0].rendered.width == 120
    request.close()


def test_a_process_that_is_killed_leaves_no_photo_on_disk(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DIE_WHILE_IT_COMES_IN, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, check=False)
    assert done.returncode == -9
    assert not list(tmp_path.iterdir())
