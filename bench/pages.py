"""Web processes to be measured: ours, and the barest one under the same server."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from socket import AF_UNIX, socket
from urllib.parse import urlsplit

from django.conf import settings

from kring.serving import kring
from kring.supervisor import end, spawn

HOST = urlsplit(settings.ORIGIN).netloc
SECONDS_TO_START = 60
APPLICATION = "config.wsgi:application"


class Browser(HTTPConnection):
    """One connection that is kept, and cookies, over the Unix socket that the front uses, too."""

    def __init__(self, path: Path) -> None:
        super().__init__(HOST, timeout=60)
        self.path = path
        self.cookies: SimpleCookie = SimpleCookie()

    def connect(self) -> None:
        self.sock = socket(AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))

    def get(self, path: str) -> tuple[HTTPResponse, bytes]:
        """Fetch an address, as a signed-in browser that was here before."""
        cookies = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        self.request("GET", path, headers={"Cookie": cookies})
        response = self.getresponse()
        body = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        return response, body


class Pages:
    """A web process with one worker."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self.number = path, number

    def browser(self) -> Browser:
        """Somebody who looks at these pages."""
        return Browser(self.path)

    def command(self) -> list[str]:
        """The command line that it became."""
        return Path(f"/proc/{self.number}/cmdline").read_text(encoding="utf-8").split("\0")[:-1]


@contextmanager
def serving(path: Path, environment: Mapping[str, str], workers: int = 1) -> Iterator[Pages]:
    """Our pages, as ``kring up`` starts them, with so many workers."""
    command = kring("web", "--socket", str(path))
    with _running(command, {**environment, "KRING_WEB_WORKERS": str(workers)}, path) as pages:
        yield pages


@contextmanager
def bare(
    ours: Pages, path: Path, environment: Mapping[str, str], module: str = "bench.bare"
) -> Iterator[Pages]:
    """The barest application under the same server with the same options as our pages."""
    told = ours.command()
    swapped = {APPLICATION: f"{module}:application", str(ours.path): str(path)}
    command = [_replaced(word, swapped) for word in told]
    with _running(command, environment, path) as pages:
        yield pages


def _replaced(word: str, swapped: Mapping[str, str]) -> str:
    for old, new in swapped.items():
        word = word.replace(old, new)
    return word


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], path: Path) -> Iterator[Pages]:
    process = spawn(command, environment)
    try:
        pages = Pages(path, process.pid)
        deadline = time.monotonic() + SECONDS_TO_START
        while not _answers(pages):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[-1]} does not start")
            time.sleep(0.1)
        yield pages
    finally:
        end(process)


def _answers(pages: Pages) -> bool:
    try:
        with closing(pages.browser()) as browser:
            return browser.get("/health/live")[0].status == HTTPStatus.OK
    except OSError:
        return False


def cpu_seconds(*numbers: int) -> float:
    """The CPU time of these processes and of all that they started and still runs."""
    return sum(_own_cpu_seconds(number) for number in _with_descendants(numbers))


def _own_cpu_seconds(number: int) -> float:
    # The clock of another process in nanoseconds, as clock_getcpuclockid(3) names it on Linux;
    # /proc/…/stat counts in hundredths of a second.
    try:
        return time.clock_gettime((~number << 3) | 2)
    except OSError:  # it ended
        return 0.0


def _with_descendants(numbers: Iterable[int]) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                stat = Path(entry.path, "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = list(numbers)
    while waiting:
        number = waiting.pop()
        found.add(number)
        waiting += children.get(number, [])
    return found
