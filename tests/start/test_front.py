"""The front: a real Caddy before a small upstream that says what it was told."""

import http.client
import json
import os
import re
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.urls import reverse

from kring.folder import StartError
from kring.front import (
    LARGEST_PORTRAIT,
    LARGEST_REQUEST,
    LARGEST_UPLOAD,
    PORTRAITS,
    UPLOADS,
    Front,
    largest_upload,
    refuse_taken,
)
from kring.handing import from_bucket
from kring.supervisor import Child
from tests.start.conftest import those_of

PHOTO = b"a photo"
ID = "0190a1b2-1111-7111-8111-0123456789ab"
HASHED = "/static/app.0123456789ab.css"

posted: list[str] = []  # the paths of all requests with a body that began to reach the pages
uploaded: list[str] = []  # the same of the process for uploads


class Upstream(BaseHTTPRequestHandler):
    """Answers with the headers that it got; below /photo/ with the name of a file."""

    began = posted

    def do_GET(self) -> None:
        self.send_response(200)
        told = b"" if self.path.startswith("/photo/") else json.dumps(self.told()).encode()
        self.send_header("Content-Type", "application/json" if told else "image/webp")
        self.send_header("Content-Length", str(len(told)))
        if not told:
            self.send_header("X-Accel-Redirect", self.path.removeprefix("/photo"))
            self.send_header("Cache-Control", "private, max-age=300")
        self.end_headers()
        self.wfile.write(told)

    def do_POST(self) -> None:
        self.began.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    do_PUT = do_POST  # noqa: N815  (the names that http.server looks for)

    def told(self) -> list[tuple[str, str]]:
        return [(name.lower(), value) for name, value in self.headers.items()]

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


class Uploads(Upstream):
    """The same, for what is large."""

    began = uploaded


class Socket(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def get_request(self) -> tuple[Any, Any]:
        request, _ = super().get_request()
        return request, ("local", 0)


@pytest.fixture
def front(place: Path, port: int) -> Iterator[Front]:
    for folder in ("static", "media/a"):
        (place / folder).mkdir(parents=True)
    (place / "static" / HASHED.rpartition("/")[2]).write_text("a{}" * 1000)
    (place / "static/app.css").write_text("a{}")
    (place / "static/staticfiles.json").write_text("{}")
    (place / "media/a/b.webp").write_bytes(PHOTO)
    front = Front(
        origin=f"http://localhost:{port}",
        port=port,
        web=place / "web.sock",
        uploads=place / "uploads.sock",
        static=place / "static",
        media=place / "media",
        home=place / "front",
    )
    child = Child(name="front", command=front.command(), environment=front.environment())
    with listening(front.web, Upstream), listening(place / "uploads.sock", Uploads):
        child.start()
        deadline = time.monotonic() + 10
        while not front.answers():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield front
        child.stop()


@contextmanager
def listening(path: Path, upstream: type[Upstream]) -> Iterator[None]:
    """An upstream at a socket."""
    with Socket(str(path), upstream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def get(front: Front, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
    connection.request("GET", path, headers={"Host": f"localhost:{front.port}"} | headers)
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    return answer, told


def test_pages_come_from_the_socket_and_headers_cannot_be_forged(front: Front) -> None:
    forged = {"X_Forwarded_Proto": "https", "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Me": "x"}
    answer, told = get(front, "/", **forged, Forwarded="for=1.2.3.4", Cookie="a=b")
    headers = dict(json.loads(told))
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["cookie"] == "a=b"
    assert {"x_forwarded_proto", "x-forwarded-me", "forwarded"}.isdisjoint(headers)
    assert answer.headers["Server"] is None


def test_static_files_are_compressed_and_those_with_a_hash_are_kept_for_good(front: Front) -> None:
    answer, _ = get(front, HASHED, **{"Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert get(front, "/static/app.css")[0].headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/static/", "/static/staticfiles.json", "/static/gone.0123456789ab.css"]
)
def test_what_is_not_there_is_not_kept_and_folders_are_not_shown(front: Front, path: str) -> None:
    answer, _ = get(front, path)
    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_photo_is_handed_off_with_the_headers_of_the_page(front: Front) -> None:
    answer, told = get(front, "/photo/a/b.webp")
    assert told == PHOTO
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert answer.headers["X-Accel-Redirect"] is None


@pytest.mark.parametrize("path", ["/a/b.webp", "/media/a/b.webp", "/static/../media/a/b.webp"])
def test_a_photo_cannot_be_asked_for_by_its_file(front: Front, path: str) -> None:
    assert PHOTO not in get(front, path, **{"X-Accel-Redirect": "/a/b.webp"})[1]


@pytest.mark.parametrize("path", ["/../front/caddy.json", "/%2e%2e/front/caddy.json"])
def test_a_hand_off_never_leaves_the_media_folder(front: Front, path: str) -> None:
    assert b"listen" not in get(front, f"/photo{path}")[1]


def send(front: Front, path: str, body: bytes, told: int, method: str = "POST") -> socket.socket:
    """Begin a request of so many bytes, of which only the first come."""
    line = socket.create_connection(("127.0.0.1", front.port or 0), timeout=10)
    host = f"Host: localhost:{front.port}"
    line.sendall(f"{method} {path} HTTP/1.1\r\n{host}\r\nContent-Length: {told}\r\n\r\n".encode())
    line.sendall(body)
    return line


@pytest.mark.parametrize("path", ["/account/sign-in/", "/posts/new/"])
def test_a_request_that_comes_slowly_reaches_the_pages_whole(front: Front, path: str) -> None:
    posted.clear()
    lines = [send(front, path, b"a=b", 9) for _ in range(30)]
    begun = time.monotonic()
    assert get(front, "/health/live")[0].status == 200
    assert time.monotonic() - begun < 2
    assert not posted
    for line in lines[1:]:
        line.close()
    lines[0].sendall(b"cdefgh")
    assert lines[0].recv(12) == b"HTTP/1.1 200"
    lines[0].close()
    assert posted == [path]  # those that broke off never came


UPLOADING = [
    "/posts/new/",
    f"/posts/{ID}/edit/",
    "/media/uploads/",
    f"/office/{ID}/import/",
    f"/office/{ID}/import/{ID}/columns/",
    "/more/about-me/",
    "/share/",
]


@pytest.mark.parametrize("path", UPLOADING)
def test_what_is_large_goes_to_its_own_process(front: Front, path: str) -> None:
    posted.clear()
    uploaded.clear()
    much = LARGEST_REQUEST + 1
    with send(front, path, b"b" * much, much) as line:
        assert line.recv(12).split()[1] == b"200"
    assert (posted, uploaded) == ([], [path])
    with send(front, path, b"b" * 9, 9) as line:  # so a message is sent also while films come in
        assert line.recv(12).split()[1] == b"200"
    assert (posted, uploaded) == ([path], [path])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/posts/",
        "/posts/1/edit/",
        f"/posts/{ID}/edit/more/",
        f"/posts/{ID.upper()}/edit/",
        "/POSTS/NEW/",
        "/Media/Uploads/",
        "/media/uploads/states/",
        "/office/x/import/",
        f"/office/{ID}/import/{ID}/answers/",
        "/more/",
    ],
)
def test_only_pages_that_take_files_take_much(front: Front, path: str) -> None:
    much = LARGEST_REQUEST + 1
    with send(front, path, b"b" * much, much) as line:
        assert line.recv(12).split()[1] == b"413"


def test_what_is_not_posted_is_never_large(front: Front) -> None:
    much = LARGEST_REQUEST + 1
    with send(front, "/media/uploads/", b"b" * much, much, method="PUT") as line:
        assert line.recv(12).split()[1] == b"413"


def test_a_photo_of_oneself_is_no_film(front: Front) -> None:
    limits = {
        route["match"][0]["path_regexp"]["pattern"]: route["handle"][0]["max_size"]
        for route in front.routes()
        if "path_regexp" in route.get("match", [{}])[0]
    }
    assert limits == {UPLOADS: LARGEST_UPLOAD, PORTRAITS: LARGEST_PORTRAIT}
    assert settings.PHOTO_MAX_BYTES < LARGEST_PORTRAIT < 2 * settings.PHOTO_MAX_BYTES


def test_the_pages_know_the_addresses_that_take_files() -> None:
    ours = [
        reverse("feed:compose"),
        reverse("feed:edit", args=[ID]),
        reverse("media:upload"),
        reverse("importing:imports", args=[ID]),
        reverse("importing:columns", args=[ID, ID]),
        reverse("home:about_me"),
        reverse("app:share"),
    ]
    assert ours == UPLOADING
    assert all(re.search(f"{UPLOADS}|{PORTRAITS}", path) for path in ours)


def test_a_number_instead_of_a_name_leads_to_the_name(front: Front) -> None:
    answer, _ = get(front, "/account/?a=b", Host=f"127.0.0.1:{front.port}")
    assert (answer.status, answer.headers["Location"]) == (307, f"{front.origin}/account/?a=b")


def test_it_opens_no_other_address(front: Front) -> None:
    opened = {
        connection.laddr
        for process in those_of(front.home)
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {address.port for address in opened} == {front.port}
    assert {address.ip for address in opened} <= {"127.0.0.1", "::1"}


def test_a_port_in_use_is_told_in_a_sentence(front: Front) -> None:
    assert front.port
    with pytest.raises(StartError, match=f"Port {front.port} is in use"):
        refuse_taken(front.port)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may take any port")
def test_a_port_of_root_is_told_in_a_sentence() -> None:
    with pytest.raises(StartError, match="Port 80 is kept for root"):
        refuse_taken(80)


def test_a_longer_film_gets_more_room_and_more_time() -> None:
    at = Path("/none")
    fronts = [
        Front(
            origin="https://kring.example",
            port=None,
            web=at,
            static=at,
            media=at,
            home=at,
            largest_upload=largest_upload(film),
        )
        for film in (0, 300, 1000)
    ]
    assert [front.largest_upload for front in fronts[:2]] == [LARGEST_UPLOAD] * 2
    assert settings.FILM_MAX_BYTES < LARGEST_UPLOAD
    for front in fronts:
        seconds = front.server()["read_timeout"] / 1_000_000_000
        assert front.largest_upload * 8 / 3_000_000 < seconds  # of a phone with 3 Mbit/s


def test_nobody_is_named_in_a_log(front: Front) -> None:
    """Whoever leaves a film half-way would be, with the address of it."""
    config = front.config()["logging"]["logs"]["default"]
    assert {"http.handlers.reverse_proxy", "http.log.error"} <= set(config["exclude"])
    assert front.config()["logging"]["logs"].keys() == {"default"}


def test_a_bucket_elsewhere_is_asked_by_its_name_over_tls() -> None:
    handler = json.dumps(from_bucket("https://s3.example"))
    assert '"dial": "s3.example:443"' in handler
    assert '"Host": ["s3.example"]' in handler
    assert '"server_name": "s3.example"' in handler


def test_a_server_serves_its_own_name_only_and_gets_its_certificate(place: Path) -> None:
    front = Front(
        origin="https://kring.example",
        port=None,
        web=place,
        static=place,
        media=place,
        home=place / "front",
    )
    server = front.server()
    assert server["listen"] == [":443"]
    assert server["routes"][0]["match"] == [{"host": ["kring.example"]}]
    assert "automatic_https" not in server
