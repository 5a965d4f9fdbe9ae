"""Parts of a file, through a real Caddy: from a folder, and from the bucket of a real S3 server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from kring.handing import FROM_BUCKET, SECONDS_TO_ANSWER
from kring.media.presigning import presigned
from tests.seaweed import BUCKET, SECRET, Seaweed
from tests.start.handing import SAID, Handing, from_folder, handing, listening

FILM = bytes(range(256)) * 4096  # a megabyte, whose every part can be told from the next
SIZE = len(FILM)
PATH = "/photos/cd/film.mp4"
NAMES = {name.lower(): value for name, value in SAID.items()}
OURS = {*NAMES, "accept-ranges", "content-length", "date", "etag", "last-modified", "vary"}


@pytest.fixture(params=["folder", "bucket"])
def film(request: pytest.FixtureRequest, place: Path, port: int) -> Iterator[Handing]:
    """The film, wherever it lies."""
    if request.param == "folder":
        (place / "media/photos/cd").mkdir(parents=True)
        (place / f"media{PATH}").write_bytes(FILM)
        with handing(place, port, from_folder) as made:
            yield made
        return
    seaweed: Seaweed = request.getfixturevalue("seaweed")
    seaweed.client.put_object(Bucket=BUCKET, Key=f"kring{PATH}", Body=FILM)
    with handing(place, port, in_bucket, seaweed.store.endpoint_url) as made:
        yield made


def in_bucket(method: str, path: str) -> tuple[str, str]:
    return FROM_BUCKET, presigned(path.lstrip("/"), method)


def test_a_whole_file_comes_with_what_the_pages_say_of_it(film: Handing) -> None:
    answer = film.get(PATH)
    assert (answer.status, answer.body) == (200, FILM)
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert NAMES.items() <= answer.headers.items()
    assert answer.headers.keys() <= OURS  # and with nothing of who keeps it


PARTS: dict[str, tuple[str, bytes]] = {
    "bytes=0-": (f"bytes 0-{SIZE - 1}/{SIZE}", FILM),  # how a browser begins with a film
    "bytes=0-1": (f"bytes 0-1/{SIZE}", FILM[:2]),  # how Safari does
    "bytes=1000-1999": (f"bytes 1000-1999/{SIZE}", FILM[1000:2000]),
    "bytes=-500": (f"bytes {SIZE - 500}-{SIZE - 1}/{SIZE}", FILM[-500:]),
    f"bytes={SIZE - 1}-": (f"bytes {SIZE - 1}-{SIZE - 1}/{SIZE}", FILM[-1:]),
    f"bytes=5-{SIZE * 2}": (f"bytes 5-{SIZE - 1}/{SIZE}", FILM[5:]),
}


@pytest.mark.parametrize("asked", PARTS)
def test_a_part_is_that_part(film: Handing, asked: str) -> None:
    answer = film.get(PATH, Range=asked)
    said, body = PARTS[asked]
    assert answer.status == 206
    assert answer.headers["content-range"] == said
    assert answer.headers["content-length"] == str(len(body))
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.body == body


def test_several_parts_come_as_parts(film: Handing) -> None:
    """Of a real S3 server in whatever way it does that; no browser asks a film for it."""
    answer = film.get(PATH, Range="bytes=0-9,20-29")
    assert answer.status in {200, 206}
    assert FILM[:10] in answer.body
    assert FILM[20:30] in answer.body


def test_what_lies_beyond_the_end_is_refused_with_the_length(film: Handing) -> None:
    answer = film.get(PATH, Range=f"bytes={SIZE}-")
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert b"<" not in answer.body
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_a_part_of_the_same_file_is_that_part(film: Handing) -> None:
    etag = film.get(PATH).headers["etag"]
    answer = film.get(PATH, Range="bytes=0-9", If_Range=etag)
    assert (answer.status, answer.body) == (206, FILM[:10])


def test_the_head_alone_comes_without_the_bytes(film: Handing) -> None:
    answer = film.get(PATH, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)


def test_what_is_not_there_is_said_in_a_number_that_nobody_keeps(film: Handing) -> None:
    answer = film.get("/photos/cd/none.mp4")
    assert (answer.status, answer.body) == (404, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert "content-disposition" not in answer.headers
    assert "content-type" not in answer.headers


def test_a_browser_names_no_file_by_itself(film: Handing, settings: Settings) -> None:
    """What a browser says is not what the pages say."""
    said = {"X-Accel-Redirect": "/photos/cd/film.mp4", FROM_BUCKET: f"/{BUCKET}/kring{PATH}"}
    for path in (f"/{BUCKET}/kring{PATH}", f"/s3{PATH}", f"/media{PATH}"):
        assert film.get(path, **said).status == 404


# ── the server of the bucket ─────────────────────────────────────────────────
@pytest.fixture
def bucket(seaweed: Seaweed, place: Path, port: int) -> Iterator[Handing]:
    seaweed.client.put_object(Bucket=BUCKET, Key=f"kring{PATH}", Body=FILM)
    with handing(place, port, in_bucket, seaweed.store.endpoint_url) as made:
        yield made


def test_the_secret_of_the_bucket_is_not_known_to_the_front(bucket: Handing) -> None:
    assert SECRET not in (bucket.front.home / "caddy.json").read_text()


def test_a_bucket_that_refuses_says_nothing_to_the_browser(
    bucket: Handing, seaweed: Seaweed, settings: Settings
) -> None:
    settings.OBJECT_STORE = seaweed.store._replace(secret_key="another")
    answer = bucket.get(PATH)
    assert (answer.status, answer.body) == (503, b"")
    assert answer.headers["cache-control"] == "no-store"


def test_who_looks_is_not_told_to_the_bucket(place: Path, port: int) -> None:
    """Neither cookie nor address nor browser: asked of a server that answers with what it hears."""
    heard: list[dict[str, str]] = []
    with listening(heard) as server, handing(place, port, in_a_bucket, server) as made:
        made.get(
            PATH,
            Cookie="session=x",
            Authorization="Basic x",
            Referer="https://kring.example/",
            User_Agent="a phone",
            Accept_Language="nl",
            Range="bytes=0-1",
        )
    [headers] = heard
    assert headers.pop("range") == "bytes=0-1"
    assert headers.pop("host") == server.partition("//")[2]
    assert headers.keys() <= {"user-agent", "accept-encoding", "connection"}
    assert headers["user-agent"] != "a phone"


def in_a_bucket(_method: str, path: str) -> tuple[str, str]:
    return FROM_BUCKET, f"{path}?X-Amz-Signature=1"


def test_while_the_server_hangs_some_wait_and_others_hear_at_once(
    bucket: Handing, seaweed: Seaweed
) -> None:
    seaweed.pause()
    try:
        with ThreadPoolExecutor(4) as threads:
            for status, waited in threads.map(lambda _: timed(bucket), range(4)):
                assert (status, waited < SECONDS_TO_ANSWER + 2) == (503, True)
        status, waited = timed(bucket)
        assert (status, waited < 1) == (503, True)
    finally:
        seaweed.go_on()
    deadline = time.monotonic() + 15
    while bucket.get(PATH).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def timed(bucket: Handing) -> tuple[int, float]:
    """What came, and how many seconds it took."""
    begun = time.monotonic()
    answer = bucket.get(PATH)
    assert answer.headers["retry-after"]
    return answer.status, time.monotonic() - begun
