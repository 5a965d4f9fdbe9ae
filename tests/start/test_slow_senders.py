"""The whole of Kring, and people who send slowly, too much, or nothing more at all."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from kring.front import LARGEST_REQUEST
from tests.start.conftest import those_of
from tests.start.test_demo import Demo

pytestmark = pytest.mark.slow

FORM = "application/x-www-form-urlencoded"
MANY = 30  # more than there are threads
SLOW = (b"a=" + b"b" * 98, 100_000)  # what comes, of how many bytes that were told
UPLOADS = 8  # as of three teachers, each with her films
FILM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
MUCH = (b"a=" + b"b" * (LARGEST_REQUEST + 500_000), 20_000_000)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


class Slow(Demo):
    """A demo that remembers its people."""

    def start(self) -> dict[str, Any]:
        self.told = super().start()
        return self.told

    def session(self, key: str) -> str:
        """The cookie of somebody who is signed in now."""
        (person,) = (one for one in self.told["people"] if one["key"] == key)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            path = urlsplit(person["sign_in"]).path
            line.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            cookies = line.getresponse().headers.get_all("Set-Cookie", [])
        return next(each.split(";")[0] for each in cookies if each.startswith("session="))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Slow]:
    made = Slow(tmp_path_factory.mktemp("slow"), port)
    made.start()
    yield made
    made.stop()
    assert not those_of(made.data)


def begin(
    port: int, path: str, body: bytes, told: int, kind: str = FORM, session: str = "none=here"
) -> socket.socket:
    """A request of so many bytes, of which only the first come."""
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    words = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {told}\r\n"
    words += f"Content-Type: {kind}\r\n"
    # Without a token, no page would look for one in the body.
    words += f"Cookie: csrf={'c' * 32}; {session}\r\n\r\n"
    line.sendall(words.encode())
    line.sendall(body)
    return line


def seconds_to_answer(port: int, path: str = "/health/live") -> float:
    begun = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        line.request("GET", path, headers={"Host": f"localhost:{port}"})
        assert line.getresponse().status == http.client.OK
    return time.monotonic() - begun


@pytest.mark.parametrize("path", ["/account/sign-in/", "/posts/new/", "/media/uploads/"])
def test_who_sends_slowly_keeps_nobody_waiting(demo: Slow, path: str) -> None:
    with ExitStack() as lines:
        for _ in range(MANY):
            lines.enter_context(begin(demo.port, path, *SLOW))
        time.sleep(0.5)
        assert seconds_to_answer(demo.port) < 2


def test_who_is_not_signed_in_sends_a_photo_that_nobody_waits_for(demo: Slow) -> None:
    with ExitStack() as lines:
        sent = [
            lines.enter_context(begin(demo.port, "/media/uploads/", *MUCH)) for _ in range(MANY)
        ]
        assert seconds_to_answer(demo.port) < 2
        for line in sent:  # refused, as well as it can be while more is to come
            assert line.recv(12) in {b"HTTP/1.1 302", b"HTTP/1.1 502"}


def films(demo: Slow, session: str) -> Iterator[socket.socket]:
    """Uploads that come as slowly as those of a phone do."""
    for _ in range(UPLOADS):
        body = FILM + MUCH[0]
        kind = "multipart/form-data; boundary=x"
        yield begin(demo.port, "/media/uploads/", body, 100_000_000, kind, session)


def test_films_that_come_slowly_keep_no_page_waiting(demo: Slow) -> None:
    teacher = demo.session("teacher")
    with ExitStack() as lines:
        sent = [lines.enter_context(line) for line in films(demo, teacher)]
        time.sleep(1)
        assert seconds_to_answer(demo.port, "/account/sign-in/") < 2
        photo = b"--x\r\n\r\n--x--\r\n"  # nor another upload, which is refused for what it is
        kind = "multipart/form-data; boundary=x"
        with begin(demo.port, "/media/uploads/", photo, len(photo), kind, teacher) as line:
            assert line.recv(12) == b"HTTP/1.1 403"
        for line in sent:  # none of them was answered: all are still coming in
            line.settimeout(0)
            with pytest.raises(BlockingIOError):
                line.recv(1)


def test_the_film_of_a_parent_is_refused_before_it_is_here(demo: Slow) -> None:
    with ExitStack() as lines:
        sent = [lines.enter_context(line) for line in films(demo, demo.session("mother"))]
        for line in sent:  # as well as it can be while more is to come
            assert line.recv(12) in {b"HTTP/1.1 404", b"HTTP/1.1 502"}


@pytest.mark.parametrize("path", ["/office/x/import/", "/posts/x/edit/", "/Media/Uploads/"])
def test_what_comes_slowly_to_no_page_keeps_nobody_waiting(demo: Slow, path: str) -> None:
    with ExitStack() as lines:
        for _ in range(MANY):
            lines.enter_context(begin(demo.port, path, MUCH[0], MUCH[1]))
        assert seconds_to_answer(demo.port) < 2


def test_who_is_no_longer_signed_in_is_sent_to_the_sign_in_also_with_a_photo(demo: Slow) -> None:
    photo = b"b" * (LARGEST_REQUEST - 500_000)
    for _ in range(5):
        with begin(demo.port, "/media/uploads/", photo, len(photo)) as line:
            assert line.recv(12) == b"HTTP/1.1 302"


def test_who_sends_too_much_to_a_page_is_told(demo: Slow) -> None:
    with begin(demo.port, "/account/sign-in/", MUCH[0], len(MUCH[0])) as line:
        assert line.recv(12) in {b"HTTP/1.1 400", b"HTTP/1.1 413"}  # of the pages, of the front


@pytest.mark.parametrize("path", ["/account/sign-in/", "/account/language/"])
def test_a_form_of_too_many_fields_is_refused_by_a_page(demo: Slow, path: str) -> None:
    body = b"&".join(b"a%d=b" % number for number in range(20_000))
    with begin(demo.port, path, body, len(body)) as line:
        assert line.recv(12) == b"HTTP/1.1 400"


def test_a_form_of_too_many_parts_is_refused_by_a_page(demo: Slow) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"b" * 40 + b"\r\n"
    body = part * 20_000 + b"--x--\r\n"
    with begin(
        demo.port, "/account/sign-in/", body, len(body), "multipart/form-data; boundary=x"
    ) as line:
        assert line.recv(12) == b"HTTP/1.1 400"
