from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from kring.base.visibility import seen_by
from kring.demo.cast import identity
from kring.media.files import stored_ids
from kring.media.models import Asset
from kring.media.tests.made import store_in
from kring.media.tests.pictures import quarters, written
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

JPEG = written(quarters())
WILGENHOEK = identity("wilgenhoek")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    store_in(tmp_path, settings)
    with translation.override("en"):
        yield


def photo(name: str = "IMG_1.jpg", data: bytes = JPEG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def send(client: Client, *files: SimpleUploadedFile, school: UUID | str = WILGENHOEK) -> Any:
    return client.post("/media/uploads/", {"file": list(files), "school": str(school)})


def assets(who: str) -> list[Asset]:
    viewer = viewer_of(identity(who))
    with seen_by(viewer):
        return list(Asset.objects.visible_to(viewer))


def test_a_teacher_sends_a_photo_and_sees_it_at_once(sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    answer = send(teacher, photo())
    assert answer.status_code == HTTPStatus.CREATED
    told = answer.json()
    (asset,) = assets("teacher")
    assert (told["id"], told["name"]) == (str(asset.pk), "IMG_1.jpg")
    assert (told["width"], told["height"]) == (asset.width, asset.height) == (120, 80)
    assert asset.school_id == WILGENHOEK
    assert (asset.kind, asset.state) == (Asset.Kind.PHOTO, Asset.State.READY)
    assert len(asset.placeholder) < 50
    assert asset.colour.startswith("#")
    shown = teacher.get(told["url"])
    assert shown.getvalue()[8:12] == b"WEBP"
    assert sign_in("duo_teacher").get(told["url"]).status_code == HTTPStatus.NOT_FOUND


def test_a_file_that_is_no_photo_is_refused_by_name(sign_in: SignIn) -> None:
    answer = send(sign_in("teacher"), photo("virus.jpg", b"<svg onload=alert(1)>"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json() == {
        "name": "virus.jpg",
        "error": "virus.jpg is geen foto, film of document dat Kring kan lezen."
        " Bewaar het als JPEG, MP4 of PDF.",
    }
    assert not assets("teacher")
    assert not list(stored_ids())


def test_of_many_files_the_good_ones_are_taken(sign_in: SignIn) -> None:
    answer = send(sign_in("teacher"), photo("a.jpg"), photo("b.jpg", b""), photo("c.jpg"))
    assert answer.status_code == HTTPStatus.CREATED
    first, refused, last = answer.json()["files"]
    assert refused == {"name": "b.jpg", "error": "b.jpg is leeg. Kies het bestand opnieuw."}
    assert {first["id"], last["id"]} == {str(asset.pk) for asset in assets("teacher")}
    assert {first["id"], last["id"]} == set(map(str, stored_ids()))


def test_when_none_is_good_all_are_refused(sign_in: SignIn) -> None:
    answer = send(sign_in("teacher"), photo("a.jpg", b"\0\1"), photo("b.jpg", b"\0\2"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert [one["name"] for one in answer.json()["files"]] == ["a.jpg", "b.jpg"]
    assert send(sign_in("teacher")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    "who", ["mother", "withheld_father", "guardian_elsewhere", "principal_elsewhere", "operator"]
)
def test_only_staff_of_the_school_may_send(sign_in: SignIn, who: str) -> None:
    assert send(sign_in(who), photo()).status_code == HTTPStatus.NOT_FOUND
    assert not list(stored_ids())


@pytest.mark.parametrize("school", ["", "wilgenhoek", "\0", identity("kompas"), identity("vijver")])
def test_a_teacher_sends_to_no_school_but_her_own(sign_in: SignIn, school: UUID | str) -> None:
    answer = send(sign_in("teacher"), photo(), school=school)
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_who_is_not_signed_in_is_sent_to_the_sign_in(sign_in: SignIn) -> None:
    answer = send(Client(), photo())
    assert answer.status_code == HTTPStatus.FOUND
    assert "/account/" in answer["Location"]


def test_without_the_token_of_the_form_nothing_is_taken(sign_in: SignIn) -> None:
    client = sign_in("teacher")
    client.handler.enforce_csrf_checks = True
    assert send(client, photo()).status_code == HTTPStatus.FORBIDDEN
    assert not list(stored_ids())


def test_when_the_row_cannot_be_written_no_file_stays(sign_in: SignIn) -> None:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE media_asset ADD CHECK (false) NOT VALID")
    with pytest.raises(IntegrityError):
        send(sign_in("teacher"), photo("a.jpg"), photo("b.jpg"))
    assert not list(stored_ids())
    assert not assets("teacher")


def test_more_files_than_a_post_may_have_are_refused_unread(sign_in: SignIn) -> None:
    files = [photo(f"{number}.jpg", b"x") for number in range(41)]
    assert send(sign_in("teacher"), *files).status_code == HTTPStatus.BAD_REQUEST


def test_what_hangs_nowhere_is_taken_back_with_its_files(sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    told = send(teacher, photo()).json()
    address = f"/media/uploads/{told['id']}/removal/"
    for other in ("duo_teacher", "principal", "mother"):
        assert sign_in(other).post(address).status_code == HTTPStatus.NOT_FOUND
    assert teacher.post(address).status_code == HTTPStatus.NO_CONTENT
    assert not list(stored_ids())
    assert not assets("teacher")
    assert teacher.post(address).status_code == HTTPStatus.NOT_FOUND


def test_what_hangs_on_a_message_stays(sign_in: SignIn, cast: Cast) -> None:
    hung = factories.photo(cast.post("group_5", by="teacher")).asset_id
    address = f"/media/uploads/{hung}/removal/"
    assert sign_in("teacher").post(address).status_code == HTTPStatus.NOT_FOUND
    assert [one.pk for one in assets("teacher")] == [hung]
