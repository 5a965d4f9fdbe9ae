"""A running demo and a Chromium: what every browser test starts from."""

import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

TOP = Path(__file__).parent.parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
SECONDS_TO_START = 300


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The demo, as ``bin/demo --json`` tells of it; its people by their key."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "bin/demo", "--json", "--port", str(port), "--data", str(data)]
    with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        told: dict[str, Any] = json.loads(running.stdout.readline())
        yield told | {"people": {person["key"]: person for person in told["people"]}}
        running.send_signal(signal.SIGINT)
        running.wait(SECONDS_TO_START)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone of its own: no cookies of another test."""
    opened = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="nl-NL", reduced_motion="reduce"
    )
    yield opened
    opened.close()


@pytest.fixture
def page(window: BrowserContext) -> Page:
    """A page of that phone."""
    return window.new_page()
