"""Files in a bucket of a real S3 server."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from kring.demo.cast import identity
from kring.feed.models import Post
from kring.handing import FROM_BUCKET
from kring.media import presigning
from kring.media.bucket import Bucket
from kring.media.files import copy_files, delete_files, fetch, path_of, store_file, stored_ids
from kring.media.models import Asset
from kring.media.presigning import presigned
from kring.media.signing import sign
from kring.media.storage import NoRoomError, StorageAwayError
from kring.media.tests.pictures import quarters, written
from tests.cast import Cast
from tests.seaweed import Seaweed
from tests.unlocked import unlocked

ASSET = UUID("0193a1b2-0000-7000-8000-00000000abcd")
LARGE = 12 * 1024 * 1024  # bytes: more than one part of what boto3 would cut


def put(asset_id: UUID, content: bytes = b"a picture") -> None:
    store_file(asset_id, "small", ContentFile(content))


def test_a_file_lies_below_the_prefix_and_can_be_read_back(seaweed: Seaweed) -> None:
    put(ASSET)
    assert seaweed.names() == [f"kring/{path_of(ASSET, 'small')}"]
    assert default_storage.exists(path_of(ASSET, "small"))
    assert default_storage.size(path_of(ASSET, "small")) == 9
    with default_storage.open(path_of(ASSET, "small")) as file:
        assert file.read() == b"a picture"


def test_a_large_file_goes_over_disks_and_comes_back_the_same(
    seaweed: Seaweed, tmp_path: Path
) -> None:
    with (tmp_path / "film").open("w+b") as film, tempfile.TemporaryFile() as back:
        film.write(bytes(range(256)) * (LARGE // 256))
        assert store_file(ASSET, "film", film) == LARGE
        fetch(ASSET, "film", back)
        film.seek(0), back.seek(0)
        assert film.read() == back.read()


def test_nothing_is_written_over(seaweed: Seaweed) -> None:
    put(ASSET)
    with pytest.raises(FileExistsError):
        put(ASSET, b"another")
    with default_storage.open(path_of(ASSET, "small")) as file:
        assert file.read() == b"a picture"


def test_deleting_leaves_nothing_and_may_be_done_twice(seaweed: Seaweed) -> None:
    put(ASSET)
    delete_files(ASSET)
    delete_files(ASSET)
    assert seaweed.names() == []


def test_what_is_not_there_is_said_as_by_a_folder(seaweed: Seaweed) -> None:
    assert not default_storage.exists("photos/none")
    for ask in (default_storage.open, default_storage.size):
        with pytest.raises(FileNotFoundError):
            ask("photos/none")


def test_a_copy_has_files_of_its_own(seaweed: Seaweed) -> None:
    put(ASSET)
    copy_id = uuid4()
    copy_files(ASSET, copy_id)
    delete_files(ASSET)
    assert seaweed.names() == [f"kring/{path_of(copy_id, 'small')}"]


def test_what_is_in_the_bucket_can_be_listed_for_a_sweep(seaweed: Seaweed) -> None:
    before = set(stored_ids())  # this server keeps folders a while when they are empty
    others = {uuid4() for _ in range(5)}
    for asset_id in others:
        put(asset_id)
    assert set(stored_ids()) - before == others


def test_no_name_leads_out_of_the_prefix(seaweed: Seaweed) -> None:
    with pytest.raises(SuspiciousOperation):
        default_storage.open("../other/file")


# ── addresses for the front ──────────────────────────────────────────────────
def fetched(seaweed: Seaweed, address: str, method: str = "GET") -> tuple[int, bytes]:
    with closing(HTTPConnection(urlsplit(seaweed.store.endpoint_url).netloc, timeout=5)) as line:
        line.request(method, address)
        answer = line.getresponse()
        return answer.status, answer.read()


def test_an_address_gives_its_file_for_a_minute(
    seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ASSET)
    name = path_of(ASSET, "small")
    assert fetched(seaweed, presigned(name)) == (200, b"a picture")
    assert fetched(seaweed, presigned(name, "HEAD"), "HEAD")[0] == 200
    monkeypatch.setattr(presigning, "SECONDS", 1)
    short = presigned(name)
    time.sleep(2.1)
    assert fetched(seaweed, short)[0] == 403


def test_an_address_gives_nothing_else(seaweed: Seaweed) -> None:
    put(ASSET)
    another = uuid4()
    put(another, b"another")
    address = presigned(path_of(ASSET, "small"))
    other = address.replace(path_of(ASSET, "small"), path_of(another, "small"))
    assert other != address
    assert fetched(seaweed, other)[0] == 403
    assert fetched(seaweed, address, "PUT")[0] == 403
    assert fetched(seaweed, address, "DELETE")[0] == 403
    assert fetched(seaweed, address.partition("?")[0])[0] == 403


def test_botocore_would_make_the_same_address(seaweed: Seaweed) -> None:
    name = path_of(ASSET, "small")
    told = {"Bucket": "school", "Key": f"kring/{name}"}
    for _ in range(3):  # a second may go by between the two
        theirs = seaweed.client.generate_presigned_url(
            "get_object", Params=told, ExpiresIn=presigning.SECONDS
        )
        if theirs == seaweed.store.endpoint_url + presigned(name):
            return
    pytest.fail(theirs)


# ── while the server is away ─────────────────────────────────────────────────
ASKED: dict[str, Callable[[], object]] = {
    "write": lambda: default_storage.save("photos/x", ContentFile(b"x")),
    "read": lambda: default_storage.open("photos/x"),
    "delete": lambda: default_storage.delete("photos/x"),
    "look": lambda: default_storage.exists("photos/x"),
    "list": lambda: default_storage.listdir("photos"),
    "size": lambda: default_storage.size("photos/x"),
}


@pytest.mark.parametrize("what", ASKED)
def test_a_server_that_is_not_there_is_away(settings: Settings, what: str) -> None:
    settings.STORAGES = settings.STORAGES | {"default": nobody()}
    with pytest.raises(StorageAwayError):
        ASKED[what]()


def nobody() -> dict[str, Any]:
    """A bucket at a port where nobody listens."""
    keys = {"access_key": "key", "secret_key": "secret", "region_name": "eu"}
    options = {"endpoint_url": "http://127.0.0.1:1", "bucket_name": "school", **keys}
    return {"BACKEND": "kring.media.bucket.Bucket", "OPTIONS": options}


def test_a_server_that_hangs_holds_one_caller_and_is_found_when_it_is_back(
    seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kring.media.bucket.SECONDS_TO_ANSWER", 1)
    monkeypatch.setattr("kring.media.bucket.SECONDS_BETWEEN_TRIES", 0.5)
    bucket = Bucket(**seaweed.store._asdict())
    bucket.save("photos/x", ContentFile(b"x"))
    seaweed.pause()
    try:
        assert 0.9 < seconds_until_away(bucket) < 3
        for _ in range(20):
            assert seconds_until_away(bucket) < 0.1
    finally:
        seaweed.go_on()
    time.sleep(0.6)
    assert bucket.exists("photos/x")
    bucket.save("photos/y", ContentFile(b"y"))


def seconds_until_away(bucket: Bucket) -> float:
    begun = time.monotonic()
    with pytest.raises(StorageAwayError):
        bucket.save(f"photos/{uuid4()}", ContentFile(b"x"))
    return time.monotonic() - begun


def test_a_wrong_key_is_no_answer_either(seaweed: Seaweed) -> None:
    wrong = seaweed.store._replace(secret_key="wrong")
    with pytest.raises(StorageAwayError, match="403"):
        Bucket(**wrong._asdict()).exists("photos/x")


ANSWERS: dict[str, tuple[int, str, type[OSError]]] = {
    "full": (507, "InsufficientStorage", NoRoomError),
    "over its quota": (403, "QuotaExceeded", NoRoomError),
    "too busy": (503, "SlowDown", StorageAwayError),
    "closed to us": (403, "AccessDenied", StorageAwayError),
    "taken": (412, "PreconditionFailed", FileExistsError),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_what_a_server_answers_means_the_same_as_of_a_folder(how: str) -> None:
    status, code, meant = ANSWERS[how]
    with answering(status, code, []) as address:
        options = nobody()["OPTIONS"] | {"endpoint_url": address}
        with pytest.raises(meant):
            Bucket(**options).save("photos/x", ContentFile(b"x"))


def test_a_server_that_knows_no_conditions_is_asked_without() -> None:
    taken: list[bytes] = []
    with answering(501, "NotImplemented", taken) as address:
        bucket = Bucket(**nobody()["OPTIONS"] | {"endpoint_url": address})
        for name in ("photos/x", "photos/y"):
            assert bucket.save(name, ContentFile(name.encode())) == name
    assert taken == [b"photos/x", b"photos/x", b"photos/y"]  # and it is remembered


@contextmanager
def answering(status: int, code: str, taken: list[bytes]) -> Iterator[str]:
    """A server with one answer for whoever sets a condition."""

    class Answerer(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            conditional = "If-None-Match" in self.headers
            error = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            said = error if conditional else b""
            self.send_response(status if conditional else 200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answerer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.django_db
def test_an_upload_is_asked_for_later_and_enters_nothing(
    settings: Settings, sign_in: Callable[[str], Client]
) -> None:
    settings.STORAGES = settings.STORAGES | {"default": nobody()}
    sent = {"school": identity("wilgenhoek"), "file": photo()}
    answer = sign_in("teacher").post(reverse("media:upload"), sent)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.headers["Retry-After"] == "5"
    assert "Kring" in answer.json()["error"]
    with unlocked():
        assert not Asset.objects.exists()


@pytest.mark.django_db
def test_a_form_with_a_photo_keeps_what_was_typed_and_goes_without_it(
    settings: Settings, sign_in: Callable[[str], Client], cast: Cast
) -> None:
    settings.STORAGES = settings.STORAGES | {"default": nobody()}
    teacher, key = sign_in("teacher"), uuid4()
    form = {"audience": [f"group:{cast.group_5.pk}"], "text": "Wij maken taart", "key": key}
    answer = teacher.post(reverse("feed:compose"), form | {"photos": photo()})
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Wij maken taart" in answer.content.decode()
    with unlocked():
        assert not Asset.objects.exists()
        assert not Post.objects.filter(key=key).exists()
    assert teacher.post(reverse("feed:compose"), form).status_code == HTTPStatus.SEE_OTHER


@pytest.mark.django_db
def test_a_page_that_says_it_no_better_has_a_sentence(
    settings: Settings, sign_in: Callable[[str], Client]
) -> None:
    settings.STORAGES = settings.STORAGES | {"default": nobody()}
    sent = {"about": "Ik hou van taart", "photo": photo()}
    answer = sign_in("teacher").post(reverse("home:about_me"), sent)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Kring" in answer.content.decode()


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", written(quarters()), "image/jpeg")


# ── what the pages say to the front ──────────────────────────────────────────
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_front_is_told_where_in_the_bucket_a_picture_lies(
    seaweed: Seaweed, settings: Settings, method: str
) -> None:
    settings.MEDIA_HANDED_OFF = True
    put(ASSET)
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
    answer = browser.generic(method, sign(ASSET, "small", "k" * 32))
    assert "X-Accel-Redirect" not in answer.headers
    assert answer.headers["Content-Type"] == "image/webp"
    told = answer.headers[FROM_BUCKET]
    assert fetched(seaweed, told, method)[0] == 200


def test_without_a_front_the_pages_send_it_themselves(seaweed: Seaweed, settings: Settings) -> None:
    put(ASSET)
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
    answer = browser.get(sign(ASSET, "small", "k" * 32))
    assert answer.getvalue() == b"a picture"
    assert browser.get(sign(uuid4(), "small", "k" * 32)).status_code == 404
