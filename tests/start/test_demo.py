"""The demo as people start it: ready, stopped, killed, started again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from kring.database import EmbeddedPostgres
from kring.supervisor import SAID
from tests.start.conftest import those_of

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 90
pytestmark = pytest.mark.slow


class Demo:
    """A demo on a folder of its own."""

    def __init__(self, place: Path, port: int) -> None:
        self.data, self.port = place / "data", port
        self.log = place / "log"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> dict[str, Any]:
        """Start, and return the line that it prints when it is ready."""
        self.process = self.spawn("--json")
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.log.read_text()
        told: dict[str, Any] = json.loads(line)
        return told

    def start_for_people(self) -> list[str]:
        """Start, and return the lines that people read."""
        self.process = self.spawn("--reload")
        assert self.process.stdout
        lines: list[str] = []
        while not lines or "Ctrl-C stops" not in lines[-1]:
            lines.append(self.process.stdout.readline())
            assert lines[-1], self.log.read_text()
        return lines

    def spawn(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "kring", "demo", f"--port={self.port}", *words]
        with self.log.open("a") as log:
            return subprocess.Popen(
                [*command, f"--data={self.data}"],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def refused(self) -> str:
        """What a start says that is refused."""
        process = self.spawn()
        process.communicate(timeout=SECONDS_TO_START)
        assert process.returncode == SAID
        said = self.log.read_text().splitlines()
        assert not [line for line in said if "Traceback" in line]
        return said[-1]

    def stop(self, sent: signal.Signals = signal.SIGINT) -> None:
        assert self.process
        self.process.send_signal(sent)
        self.process.communicate(timeout=60)

    def children(self, word: str) -> list[psutil.Process]:
        """The processes of this demo whose command line has this word."""
        return [process for process in those_of(self.data) if is_one(process, word)]


def is_one(process: psutil.Process, word: str) -> bool:
    """Whether the command line of a process has this word; not, when it just ended."""
    with suppress(psutil.Error):
        return word in process.cmdline()
    return False


def status(port: int, path: str = "/health/ready", host: str | None = None) -> int:
    """What the front answers."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=40)) as connection:
        connection.request("GET", path, headers={"Host": host or f"localhost:{port}"})
        return connection.getresponse().status


@pytest.fixture
def demo(place: Path, port: int) -> Iterator[Demo]:
    made = Demo(place, port)
    yield made
    for process in those_of(made.data):
        process.kill()
    if made.process:
        made.process.communicate()


def test_the_demo_starts_serves_stops_and_comes_back(demo: Demo) -> None:
    told = demo.start()
    assert told["address"] == f"http://localhost:{demo.port}/"
    assert told["mail"].startswith(told["address"])
    keys = {"key", "name", "roles", "schools", "sign_in"}
    assert all(set(person) == keys for person in told["people"])
    assert {"mother", "teacher"} <= {person["key"] for person in told["people"]}
    assert status(demo.port) == 200
    refused = demo.refused()
    assert "already runs on the folder" in refused
    demo.stop()
    assert not those_of(demo.data)
    *table, _, last = demo.start_for_people()
    assert f"http://localhost:{demo.port}/ " in last
    assert [line.split("  ")[0] for line in table] == [one["name"] for one in told["people"]]
    assert len({line.index("http") for line in table}) == 1
    demo.stop(signal.SIGTERM)
    assert not those_of(demo.data)


def test_after_a_kill_of_everything_at_any_moment_it_goes_on(demo: Demo) -> None:
    demo.start()
    demo.stop(signal.SIGKILL)
    demo.start()  # while what was left may still be ending
    for name in ("granian", "worker"):
        (victim, *_) = demo.children(name)
        victim.kill()
        gone = time.monotonic()
        while not {process.pid for process in demo.children(name)} - {victim.pid}:
            assert time.monotonic() < gone + 20
            time.sleep(0.05)
    assert status(demo.port) == 200  # the front waits for the pages
    demo.stop()
    assert not those_of(demo.data)


def test_a_school_is_served_on_a_server_of_its_own(postgres: EmbeddedPostgres, port: int) -> None:
    settings = {
        "DATABASE_URL": postgres.url(),
        "KRING_ORIGIN": f"http://localhost:{port}",
        "KRING_DATA": str(postgres.data.path),
    }
    with postgres.running():
        up = subprocess.Popen(
            [sys.executable, "-m", "kring", "up"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert up.stderr
        try:
            assert up.stderr.readline() == f"kring: serving http://localhost:{port}.\n"
            assert status(port, "/health/ready") == 200
            assert status(port, "/demo/people/") == 404
            assert status(port, "/health/ready", host="elsewhere.example") == 421
            pages = next(each for each in those_of(postgres.data.path) if is_one(each, "granian"))
            told = "\n".join(pages.environ().values())
            assert postgres.secrets.web in told
            assert postgres.secrets.owner not in told
            assert postgres.secrets.worker not in told
        finally:
            up.terminate()
            up.communicate()


def test_a_port_in_use_is_told_and_nothing_is_left(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", demo.port)):
        assert f"Port {demo.port} is in use" in demo.refused()
    assert not those_of(demo.data)


def test_a_school_is_never_opened_as_a_demo(demo: Demo) -> None:
    demo.data.mkdir()
    (demo.data / "kind").write_text("school")
    assert "holds the data of a school" in demo.refused()
