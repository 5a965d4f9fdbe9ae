"""What a school allows, and documents, from the upload to the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pytest_django import Settings

from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import seen_by
from kring.demo.cast import identity
from kring.feed.models import Post, PostFile
from kring.media.files import path_of, stored_ids
from kring.media.models import Asset, bytes_of
from kring.media.tests.made import store_in
from kring.media.tests.papers import office
from kring.media.tests.pictures import quarters, written
from kring.schools.models import Policy, School
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

JPEG, PNG = written(quarters()), written(quarters(), "PNG")
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
WILGENHOEK = identity("wilgenhoek")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    store_in(tmp_path / "media", settings)
    with translation.override("nl"):
        yield


def send(client: Client, name: str, data: bytes) -> Any:
    file = SimpleUploadedFile(name, data, "application/octet-stream")
    return client.post("/media/uploads/", {"file": file, "school": str(WILGENHOEK)})


def adopt(cast: Cast, **told: Any) -> None:
    by = cast.viewer("principal")
    with seen_by(by):
        school = School.objects.visible_to(by).get(pk=WILGENHOEK)
        Policy.adopt(school, by=by, **told)


def kept() -> int:
    """How much the school keeps, as its jobs know."""
    with at_work(WILGENHOEK):
        return bytes_of(WILGENHOEK)


# ── room ─────────────────────────────────────────────────────────────────────
def test_a_school_keeps_no_more_than_it_may(sign_in: SignIn, settings: Settings) -> None:
    teacher = sign_in("teacher")
    assert send(teacher, "a.jpg", JPEG).status_code == HTTPStatus.CREATED
    settings.MEDIA_QUOTA_BYTES = kept() + len(JPEG) - 1
    answer = send(teacher, "b.jpg", JPEG)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["error"].startswith("b.jpg past er niet meer bij")
    assert len(list(stored_ids())) == 1
    settings.MEDIA_QUOTA_BYTES += 1
    assert send(teacher, "b.jpg", JPEG).status_code == HTTPStatus.CREATED


def test_the_room_of_one_school_is_not_that_of_another(cast: Cast) -> None:
    before = kept()
    factories.asset(cast.id("kompas"), cast.id("principal_elsewhere"))
    assert kept() == before
    factories.asset(WILGENHOEK, cast.id("teacher"))
    assert kept() == before + 1


def test_nobody_else_hears_how_much_a_school_keeps(cast: Cast) -> None:
    factories.asset(WILGENHOEK, cast.id("teacher"))
    heard = {}
    for who in ("teacher", "mother", "principal_elsewhere"):
        with seen_by(cast.viewer(who)):
            heard[who] = bytes_of(WILGENHOEK)
    assert heard == {"teacher": 1, "mother": 0, "principal_elsewhere": 0}


def test_a_full_school_still_sends_words(cast: Cast, sign_in: SignIn, settings: Settings) -> None:
    settings.MEDIA_QUOTA_BYTES = 0
    form = {
        "audience": [f"group:{cast.id('group_5')}"],
        "text": "Zonder foto dan maar.",
        "key": str(uuid4()),
        "photos": SimpleUploadedFile("a.jpg", JPEG),
    }
    refused = sign_in("teacher").post(reverse("feed:compose"), form)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = refused.content.decode()
    assert "a.jpg past er niet meer bij" in page
    assert "Zonder foto dan maar." in page
    answer = sign_in("teacher").post(reverse("feed:compose"), form | {"photos": ""})
    assert answer.status_code == HTTPStatus.SEE_OTHER


# ── originals ────────────────────────────────────────────────────────────────
def test_the_original_is_not_kept_unless_the_school_says_so(cast: Cast, sign_in: SignIn) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Een toestel"
    large = written(quarters(3000, 2000), exif=exif)
    first = send(sign_in("teacher"), "a.jpg", large).json()
    adopt(cast, keeps_originals=True)
    second = send(sign_in("teacher"), "b.jpg", large).json()
    with unlocked():
        without, kept = (Asset.objects.get(pk=one["id"]) for one in (first, second))
    assert (without.has_original, kept.has_original) == (False, True)
    assert not default_storage.exists(path_of(without.pk, "original"))
    with default_storage.open(path_of(kept.pk, "original")) as file:
        original = Image.open(BytesIO(file.read()))
    assert original.size == (3000, 2000)
    assert not original.getexif()
    assert b"Een toestel" not in original.fp.getvalue()  # type: ignore[union-attr]


# ── documents ────────────────────────────────────────────────────────────────
def test_a_document_hangs_on_a_post_and_is_saved_by_its_readers(
    cast: Cast, sign_in: SignIn
) -> None:
    teacher = sign_in("teacher")
    told = send(teacher, "../brief\u202egnp.pdf.exe", PDF).json()
    assert (told["kind"], told["extension"], told["name"]) == ("document", "pdf", "briefgnp.pdf")
    form = {
        "audience": [f"group:{cast.id('group_5')}"],
        "text": "Zie de bijlage.",
        "key": str(uuid4()),
        "assets": told["id"],
    }
    assert teacher.post(reverse("feed:compose"), form).status_code == HTTPStatus.SEE_OTHER
    with unlocked():
        post = Post.objects.get(text="Zie de bijlage.")
        assert post.has_files
        hung = PostFile.objects.get(post=post)
    cast.change(post, published_at=clock.now() - factories.MINUTE)
    mother = sign_in("mother")
    page = mother.get(reverse("feed:post", args=[post.pk])).content.decode()
    address = page.partition(f'"/media/{hung.asset_id}/document/')[2].partition('"')[0]
    answer = mother.get(f"/media/{hung.asset_id}/document/{address}")
    assert answer.getvalue() == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="briefgnp.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    other = sign_in("co_parent").get(f"/media/{hung.asset_id}/document/{address}")
    assert other.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("foto.jpg", b"<!doctype html><script>alert(1)</script>"),
        ("tekening.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.exe", b"MZ\x90\0" + bytes(200)),
        ("leeg.pdf", b""),
    ],
)
def test_what_is_no_document_is_refused_whatever_it_is_called(
    sign_in: SignIn, name: str, data: bytes
) -> None:
    answer = send(sign_in("teacher"), name, data)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["error"].startswith(name)
    assert not list(stored_ids())


def test_a_bomb_in_a_letter_is_refused(sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    letter = office(parts={"word/media/a.png": PNG})
    assert send(teacher, "brief.docx", letter).status_code == HTTPStatus.CREATED
    parts = {f"word/media/{number}.png": PNG + bytes(100_000_000) for number in range(2)}
    bomb = office(parts=parts)
    answer = send(teacher, "brief.docx", bomb)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["error"].startswith("brief.docx bevat meer dan Kring kan nakijken")


def test_nothing_that_was_not_scanned_is_taken(
    sign_in: SignIn, settings: Settings, tmp_path: Path
) -> None:
    settings.CLAMAV = str(tmp_path / "nobody")
    answer = send(sign_in("teacher"), "brief.pdf", PDF)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "virusscanner" in answer.json()["error"]
    assert not list(stored_ids())
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM media_asset")
        assert cursor.fetchone() == (0,)
