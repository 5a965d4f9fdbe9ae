"""A running demo and a Chromium: what every browser test starts from."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests import chromium as machine
from tests.browser.watching import Watch

TOP = Path(__file__).parent.parent.parent
SECONDS_TO_START = 300
SECONDS_TO_ANSWER = 15  # on a machine that does much else
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
# A window has no way out, whatever a page tries; and text waits for its font in every picture.
FLAGS = ("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost")

type Demo = dict[str, Any]


@contextmanager
def running_demo(data: Path) -> Iterator[Demo]:
    """The demo on a port of its own, as ``bin/demo --json`` tells of it; its people by key."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "bin/demo", "--json", "--small", f"--port={port}", f"--data={data}"]
    with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        line = running.stdout.readline()
        assert line, "the demo did not start; it says above why"
        told: Demo = json.loads(line)
        try:
            yield told | {"people": {person["key"]: person for person in told["people"]}}
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(SECONDS_TO_START)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=SECONDS_TO_ANSWER * 1000)
        chromium = playwright.chromium.launch(executable_path=machine.path(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for the tests of one file: none meets what those of another left behind."""
    with running_demo(tmp_path_factory.mktemp("demo")) as told:
        yield told


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    if machine.path() is None:
        pytest.skip("there is no Chromium here")
    with running_chromium() as running:
        yield running


class Windows:
    """Opens windows for people of the cast, by key; nobody is signed in where there is none."""

    def __init__(self, chromium: Browser, demo: Demo) -> None:
        self.chromium, self.demo = chromium, demo
        self.watches: dict[BrowserContext, Watch] = {}

    def __call__(self, key: str = "", forgiven: tuple[str, ...] = (), **options: Any) -> Page:
        usual = {
            "base_url": self.demo["address"],
            "viewport": PHONE,
            "locale": "nl-NL",
            "reduced_motion": "reduce",
        }
        window = self.chromium.new_context(**usual | options)
        window.set_default_timeout(SECONDS_TO_ANSWER * 1000)
        self.watches[window] = Watch(window, self.demo["address"], forgiven)
        page = window.new_page()
        if key:
            page.goto(self.demo["people"][key]["sign_in"])
        return page


@contextmanager
def opened(chromium: Browser, demo: Demo) -> Iterator[Windows]:
    """Windows that close. Whatever a test looks at, in none anything may go wrong by itself."""
    windows = Windows(chromium, demo)
    yield windows
    for window in windows.watches:
        window.close()
    problems = [problem for watch in windows.watches.values() for problem in watch.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def windows(chromium: Browser, demo: Demo) -> Iterator[Windows]:
    """Open windows for people of the cast; they close with the test."""
    with opened(chromium, demo) as open_window:
        yield open_window


@pytest.fixture
def page(windows: Windows) -> Page:
    """A phone on which nobody is signed in."""
    return windows()


@pytest.fixture
def window(page: Page) -> BrowserContext:
    """The window of that phone: its cookies, and what it can play by itself."""
    return page.context
