from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from django.core.files.uploadedfile import (
    InMemoryUploadedFile,
    SimpleUploadedFile,
    TemporaryUploadedFile,
)
from django.test import RequestFactory
from django.utils import translation
from pytest_django import Settings

from kring.media.photo import Reason
from kring.media.sentences import sentence
from kring.media.tests import pictures
from kring.media.uploads import (
    Photo,
    Refusal,
    Upload,
    receive,
    render_uploads,
)

JPEG = pictures.written(pictures.quarters())


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def sent(name: str, data: bytes = JPEG) -> Upload:
    return SimpleUploadedFile(name, data, "image/jpeg")


def test_each_file_gets_its_answer_and_the_rest_goes_on() -> None:
    files = [sent("a.jpg"), sent("b.jpg", b"<svg/>"), sent("c.jpg", b""), sent("d.jpg")]
    first, svg, empty, last = receive(files)
    assert isinstance(first, Photo)
    assert isinstance(last, Photo)
    assert (first.name, last.name) == ("a.jpg", "d.jpg")
    assert first.id != last.id
    assert svg == Refusal(
        name="b.jpg",
        sentence="b.jpg is not a photo, film or document that Kring can read."
        " Save it as JPEG, MP4 or PDF.",
    )
    assert empty == Refusal(name="c.jpg", sentence="c.jpg is empty. Choose the file again.")


def test_a_form_gets_the_photos_and_the_sentences_apart() -> None:
    photos, sentences = render_uploads([sent("a.jpg"), sent("b.jpg", b"%PDF"), sent("c.jpg")])
    assert [photo.name for photo in photos] == ["a.jpg", "c.jpg"]
    assert len(sentences) == 1
    assert sentences[0].startswith("b.jpg ")
    assert render_uploads([]) == ([], [])


def test_a_file_that_lies_on_disk_is_rendered_too() -> None:
    with TemporaryUploadedFile("a.jpg", "image/jpeg", len(JPEG), None) as file:
        file.write(JPEG)
        file.seek(0)
        photos, _ = render_uploads([file])
    assert photos[0].rendered.width == 120


@pytest.mark.parametrize("name", [name for name in pictures.named("kapot") if "truncated_" in name])
def test_a_hostile_file_is_refused_with_its_name(name: str) -> None:
    path = pictures.real(name)
    (refusal,) = receive([sent("IMG_1.jpg", path.read_bytes())])
    assert isinstance(refusal, Refusal)
    assert refusal.sentence.startswith("IMG_1.jpg is ")


def test_the_limits_are_named(settings: Settings) -> None:
    settings.PHOTO_MAX_BYTES = 3 * 1024 * 1024
    large = sent("a.jpg", JPEG + bytes(settings.PHOTO_MAX_BYTES))
    wide = sent("b.png", pictures.png(50_000, 50_000, rows=1))
    _, sentences = render_uploads([large, wide])
    assert "photos fit up to 3 MB" in sentences[0]
    assert "too many pixels" in sentences[1]


def test_every_reason_has_its_own_dutch_sentence() -> None:
    english = {sentence(reason, "a.jpg") for reason in Reason}
    with translation.override("nl"):
        dutch = {sentence(reason, "a.jpg") for reason in Reason}
    assert len(english) == len(dutch) == len(Reason)
    assert not english & dutch


@pytest.mark.parametrize("memory", [1, 10**6])
def test_no_file_grows_past_the_limit_on_disk(settings: Settings, memory: int) -> None:
    settings.FILM_MAX_BYTES = settings.PHOTO_MAX_BYTES = 100_000
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = memory
    request = RequestFactory().post(
        "/", {"photo": [sent("a.jpg", JPEG), sent("b.jpg", JPEG + bytes(900_000)), sent("c.jpg")]}
    )
    files = cast("list[Upload]", request.FILES.getlist("photo"))
    assert [file.size for file in files] == [len(JPEG), 100_001, len(JPEG)]
    assert {type(file) for file in files} <= {InMemoryUploadedFile, TemporaryUploadedFile}
    photos, sentences = render_uploads(files)
    assert [photo.name for photo in photos] == ["a.jpg", "c.jpg"]
    assert sentences[0].startswith("b.jpg is too large")
    for file in files:
        file.close()


def test_nothing_stays_in_the_temporary_folder(settings: Settings, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    request = RequestFactory().post("/", {"photo": sent("a.jpg")})
    render_uploads(request.FILES.getlist("photo"))
    request.close()
    assert not list(tmp_path.iterdir())
