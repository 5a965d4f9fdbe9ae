"""The push service of the tests of faults: it takes its time, and may go away."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from aiohttp import web

from tests.push_service import PushService

LONGEST = 0.15  # seconds of an answer; well below what a line calls late
WELL = ""


@dataclass
class Telephones(PushService):
    """Takes every message after a moment; while it is away it answers so instead."""

    away: str = WELL  # or what stands first in a path: "503", "hang"
    asked: int = 0  # while it was away
    there: Event = field(default_factory=Event)
    moments: list[float] = field(default_factory=list)  # of time.monotonic(), beside what was taken

    def __post_init__(self) -> None:
        self.when_taken = lambda: self.moments.append(time.monotonic())

    @contextmanager
    def out_of_order(self, answer: str) -> Iterator[None]:
        """It takes nothing for a while."""
        self.away = answer
        self.there.clear()
        try:
            yield
        finally:
            self.away = WELL
            self.there.set()

    def names(self) -> list[str]:
        """Per message the endpoint and the topic: the same when it goes again."""
        return [f"{self.origin}{one.path} {one.headers['Topic']}" for one in self.taken]

    async def answer(self, request: web.Request) -> web.Response:
        """Write down what came, and say so a moment later."""
        if self.away:
            return await self._refuse(request, self.away)
        answer = await super().answer(request)
        await asyncio.sleep(random.uniform(0, LONGEST))  # noqa: S311
        return answer

    async def _refuse(self, request: web.Request, answer: str) -> web.Response:
        await request.read()
        self.asked += 1
        if answer == "hang":
            await asyncio.to_thread(self.there.wait)
        return web.Response(status=503)
