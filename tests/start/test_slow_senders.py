"""The whole of Kring, and people who send slowly, too much, or nothing more at all."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from kring.front import LARGEST_REQUEST
from tests.start.conftest import those_of
from tests.start.test_demo import Demo

pytestmark = pytest.mark.slow

FORM = "application/x-www-form-urlencoded"
MANY = 30  # more than there are threads
SLOW = (b"a=" + b"b" * 98, 100_000)  # what comes, of how many bytes that were told
MUCH = (b"a=" + b"b" * (LARGEST_REQUEST + 500_000), 20_000_000)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Demo]:
    made = Demo(tmp_path_factory.mktemp("slow"), port)
    made.start()
    yield made
    made.stop()
    assert not those_of(made.data)


def begin(port: int, path: str, body: bytes, told: int, kind: str = FORM) -> socket.socket:
    """A request of so many bytes, of which only the first come."""
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    words = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {told}\r\n"
    words += f"Content-Type: {kind}\r\n"
    token = (
        f"Cookie: csrf={'c' * 32}\r\n\r\n"  # without one, no page would look for one in the body
    )
    line.sendall((words + token).encode())
    line.sendall(body)
    return line


def seconds_to_answer(port: int) -> float:
    begun = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        line.request("GET", "/health/live", headers={"Host": f"localhost:{port}"})
        assert line.getresponse().status == http.client.OK
    return time.monotonic() - begun


@pytest.mark.parametrize("path", ["/account/sign-in/", "/posts/new/", "/media/uploads/"])
def test_who_sends_slowly_keeps_nobody_waiting(demo: Demo, path: str) -> None:
    with ExitStack() as lines:
        for _ in range(MANY):
            lines.enter_context(begin(demo.port, path, *SLOW))
        time.sleep(0.5)
        assert seconds_to_answer(demo.port) < 2


def test_who_is_not_signed_in_sends_a_photo_that_nobody_waits_for(demo: Demo) -> None:
    with ExitStack() as lines:
        sent = [
            lines.enter_context(begin(demo.port, "/media/uploads/", *MUCH)) for _ in range(MANY)
        ]
        assert seconds_to_answer(demo.port) < 2
        for line in sent:  # refused, as well as it can be while more is to come
            assert line.recv(12) in {b"HTTP/1.1 302", b"HTTP/1.1 502"}


def test_who_is_no_longer_signed_in_is_sent_to_the_sign_in_also_with_a_photo(demo: Demo) -> None:
    photo = b"b" * (LARGEST_REQUEST - 500_000)
    for _ in range(5):
        with begin(demo.port, "/media/uploads/", photo, len(photo)) as line:
            assert line.recv(12) == b"HTTP/1.1 302"


def test_who_sends_too_much_to_a_page_is_told(demo: Demo) -> None:
    with begin(demo.port, "/account/sign-in/", MUCH[0], len(MUCH[0])) as line:
        assert line.recv(12) in {b"HTTP/1.1 400", b"HTTP/1.1 413"}  # of the pages, of the front


@pytest.mark.parametrize("path", ["/account/sign-in/", "/account/language/"])
def test_a_form_of_too_many_fields_is_refused_by_a_page(demo: Demo, path: str) -> None:
    body = b"&".join(b"a%d=b" % number for number in range(20_000))
    with begin(demo.port, path, body, len(body)) as line:
        assert line.recv(12) == b"HTTP/1.1 400"


def test_a_form_of_too_many_parts_is_refused_by_a_page(demo: Demo) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"b" * 40 + b"\r\n"
    body = part * 20_000 + b"--x--\r\n"
    with begin(
        demo.port, "/account/sign-in/", body, len(body), "multipart/form-data; boundary=x"
    ) as line:
        assert line.recv(12) == b"HTTP/1.1 400"
