"""A push service on this machine, and phones that can open what it takes for them.

What an endpoint answers stands in its path: ``/410/…``. ``/hang/…`` answers nothing.
"""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from uuid import uuid4

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SECRET = b"sixteen octets.."


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message as the service got it."""

    path: str
    headers: dict[str, str]
    body: bytes


class Phone:
    """A device: it has the keys, and opens what comes."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.key = generate_private_key(SECP256R1())
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.p256dh, self.auth = _said(point), _said(SECRET)

    def told(self) -> dict[str, Any]:
        """As its browser tells Kring (``PushSubscription.toJSON``)."""
        keys = {"p256dh": self.p256dh, "auth": self.auth}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def open(self, body: bytes) -> dict[str, Any]:
        """What the service worker would be given."""
        clear = http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET)
        read: dict[str, Any] = json.loads(clear)
        return read


@dataclass
class PushService:
    """Takes every message, and answers as the path says."""

    origin: str = ""
    taken: list[Taken] = field(default_factory=list)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)  # of the answers, per status
    seconds: float = 0  # until it answers
    when_taken: Callable[[], None] = lambda: None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def phone(self, answer: str = "201") -> Phone:
        """A device whose endpoint answers this."""
        return Phone(f"{self.origin}/{answer}/{uuid4().hex}")

    def to(self, phone: Phone) -> list[Taken]:
        """What came for this device."""
        return [one for one in self.taken if self.origin + one.path == phone.endpoint]

    async def answer(self, request: web.Request) -> web.Response:
        """Write down what came, and say what the path says."""
        body = await request.read()
        self.taken.append(Taken(path=request.path, headers=dict(request.headers), body=body))
        self.when_taken()
        said = request.path.split("/")[1]
        if said == "hang":
            await self.ended.wait()
            said = "503"
        await asyncio.sleep(self.seconds)
        status = int(said)
        return web.Response(status=status, headers=self.headers.get(said, {}))


@contextmanager
def running(service: PushService) -> Iterator[PushService]:
    """Listen at a port of this machine."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(_listen(service), loop).result()
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(service.ended.set)
        asyncio.run_coroutine_threadsafe(listening.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(service: PushService) -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", service.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    service.origin = f"http://127.0.0.1:{port}"
    return runner


def _said(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")
