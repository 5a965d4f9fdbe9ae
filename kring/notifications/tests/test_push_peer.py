"""Push messages to an independent service (npm ``web-push-testing``): it opens them and refuses."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from socket import create_server
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from kring.notifications.pushing import line
from kring.notifications.pushing.keys import Signer, new_pair
from kring.notifications.pushing.line import Answer, Line, Push

ROOT = Path(__file__).resolve().parents[3]
SERVER = ROOT / "node_modules/web-push-testing/src/bin/server.js"
SAID = '{"title":"De Wilgenhoek"}'


class Peer:
    """The service, and one device of it that takes messages of one Kring only."""

    def __init__(self, origin: str, public: str) -> None:
        self.origin = origin
        told = self.ask("subscribe", userVisibleOnly="true", applicationServerKey=public)
        self.device = told["data"]

    def ask(self, path: str, **told: str) -> Any:
        """What it answers to its own questions."""
        headers = {"Content-Type": "application/json"}
        asked = Request(f"{self.origin}/{path}", json.dumps(told).encode(), headers)  # noqa: S310
        with urlopen(asked, timeout=5) as answer:  # noqa: S310 - our own
            text = answer.read()
        return json.loads(text) if text.startswith(b"{") else text

    def opened(self) -> list[str]:
        """What its device could read."""
        told = self.ask("get-notifications", clientHash=self.device["clientHash"])
        return list(told["data"]["messages"])

    def send(self, private: str) -> Answer:
        """Push to its device, signed with this key."""
        push = Push(
            key=uuid4(),
            endpoint=self.device["endpoint"],
            **self.device["keys"],
            payload=SAID.encode(),
            topic="a",
            seconds=60,
        )
        opened = Line()
        try:
            ((_, answer),) = (
                one for group in opened.send([push], Signer(private)) for one in group
            )
        finally:
            opened.close()
        return answer


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Where it listens, once it does."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(["node", SERVER, str(port)], stdout=subprocess.DEVNULL) as node:  # noqa: S607
        try:
            for _ in range(100):
                with suppress(OSError):
                    urlopen(f"http://localhost:{port}/status", data=b"", timeout=1).close()
                    break
                time.sleep(0.1)
            yield f"http://localhost:{port}"
        finally:
            node.terminate()


@pytest.fixture
def keys() -> tuple[str, str]:
    """The public and the private one."""
    return new_pair()


@pytest.fixture
def peer(
    origin: str, keys: tuple[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Peer:
    """It, with a device for these keys; its first answer takes a while."""
    monkeypatch.setattr(line, "SOON", 10)
    settings.PUSH_SERVICES = [origin]
    return Peer(origin, keys[0])


def test_it_opens_what_we_sealed(peer: Peer, keys: tuple[str, str]) -> None:
    assert peer.send(keys[1]).status == 201
    assert peer.opened() == [SAID]


def test_it_refuses_what_another_signed(peer: Peer) -> None:
    assert peer.send(new_pair()[1]).status == 400
    assert peer.opened() == []


def test_it_says_that_a_device_is_gone(peer: Peer, keys: tuple[str, str]) -> None:
    peer.ask(f"expire-subscription/{peer.device['clientHash']}")
    assert peer.send(keys[1]).status == 410
