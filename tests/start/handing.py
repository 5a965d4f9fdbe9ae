"""A real Caddy before a small upstream that names files, for the tests of what is handed over."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kring.front import Front
from kring.supervisor import Child
from tests.start.test_front import Socket

FILM = "video/mp4"
SAID = {
    "Content-Type": FILM,
    "Content-Disposition": 'inline; filename="kring-film.mp4"',
    "Cache-Control": "private, max-age=300, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}

type Where = Callable[[str, str], tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came over the line."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Handing:
    """A front that hands over what lies at the path that is asked for, as a film."""

    front: Front

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask the front."""
        line = http.client.HTTPConnection("127.0.0.1", self.front.port, timeout=20)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, headers={"Host": f"localhost:{self.front.port}", **said})
        answer = line.getresponse()
        body = answer.read()
        line.close()
        told = {name.lower(): value for name, value in answer.getheaders()}
        assert len(told) == len(answer.getheaders())  # nothing is said twice
        return Answer(status=answer.status, headers=told, body=body)


def from_folder(_method: str, path: str) -> tuple[str, str]:
    """The header that names a file of the folder."""
    return "X-Accel-Redirect", path


@contextmanager
def handing(place: Path, port: int, where: Where, bucket: str | None = None) -> Iterator[Handing]:
    """Start both; ``where`` gives the header that names the file of a path."""
    front = Front(
        origin=f"http://localhost:{port}",
        port=port,
        web=place / "web.sock",
        static=place,
        media=place / "media",
        home=place / "front",
        bucket=bucket,
    )
    child = Child(name="front", command=front.command(), environment=front.environment())
    with Socket(str(front.web), _upstream(where)) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        child.start()
        try:
            deadline = time.monotonic() + 10
            while not front.answers():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield Handing(front)
        finally:
            child.stop()
            upstream.shutdown()


@contextmanager
def listening(heard: list[dict[str, str]]) -> Iterator[str]:
    """A server that remembers what it was told, and has two bytes for everybody."""

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(206)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ab")

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _upstream(where: Where) -> type[BaseHTTPRequestHandler]:
    class Upstream(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in [*SAID.items(), where(self.command, self.path)]:
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815  (the names that http.server looks for)

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

    return Upstream
