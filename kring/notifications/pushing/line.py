"""The line to the push services: one for the process, with many messages under way at once.

No endpoint waits for another. One that does not answer at once gives its place to the next, and is
asked about again later: its request stays open meanwhile, and the answer is kept. A service that
answers nobody gets nothing for a while, so that what goes to others does not queue behind it.
"""

from __future__ import annotations

import asyncio
import atexit
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from queue import Empty, SimpleQueue
from threading import Thread
from uuid import UUID

import aiohttp
import http_ece
import uvloop
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from py_vapid.utils import b64urldecode
from yarl import URL

from kring.notifications.pushing.allowed import PublicOnly, accepts, origin_of
from kring.notifications.pushing.keys import Signer

AT_ONCE = 100  # messages under way to one service that may still answer at once
SOON = 0.5  # seconds in which a service answers; then the next takes the place
SOONEST = 0.1  # where it usually answers at once
PATIENT = 10  # times as long as usual is soon, too
RECENT = 0.05  # how much of what is usual the last answer is
PATIENCE = 10  # seconds for the whole request
MOST_LATE = 300  # requests that are left open; then the oldest is given up
MOST_KEPT = 10_000  # answers that nobody came for yet
SILENCE = 30  # seconds that a service is left alone that answers nobody
PROBES = 5  # that are tried then
GATHERED = 0.2  # seconds in which answers gather into one group
LONGEST_WAIT = timedelta(hours=2)  # that a service may ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One message to one device, not sealed yet."""

    key: UUID  # the delivery
    endpoint: str
    p256dh: str
    auth: str
    payload: bytes
    topic: str  # RFC 8030 §5.4: one that waits for the device makes way for another of the same
    seconds: int  # to keep it for a device that is away
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a push service said; ``status`` 0 where it said nothing, and ``trouble`` why."""

    status: int = 0
    trouble: str = ""
    after: timedelta | None = None  # as it asked (Retry-After)


LATE = Answer(trouble="late")  # still under way: ask again when PATIENCE is over
SILENT = Answer(trouble="silent")  # not sent: the service answers nobody now
TIMED_OUT = Answer(trouble="TimeoutError")
REFUSED = Answer(trouble="endpoint")  # not sent: of no service that we know
UNSEALED = Answer(trouble="keys")  # not sent: nothing can be sealed for this device

type Answered = tuple[Push, Answer]


@dataclass(slots=True)
class Service:
    """What is known of one push service, by its origin."""

    origin: str
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    trying: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PROBES))
    probes: int = 0  # how many may still be tried
    unanswered: int = 0  # in a row
    usual: float | None = None  # seconds until an answer, as it was lately
    answered_at: float = field(default_factory=time.monotonic)
    left_alone_until: float = 0.0

    def is_in_doubt(self) -> bool:
        """Whether it answers nobody. Where only this machine was slow, it did a moment ago."""
        return self.unanswered >= AT_ONCE and time.monotonic() - self.answered_at >= 2 * SOON

    def is_silent(self) -> bool:
        """Whether it gets nothing. When its time is over, a few are tried: who asks, goes."""
        now = time.monotonic()
        if now < self.left_alone_until:
            return True
        if not self.is_in_doubt():
            return False
        if self.probes:
            self.probes -= 1
            return False
        self.probes, self.left_alone_until = PROBES, now + SILENCE
        return True

    def soon(self) -> float:
        """In how many seconds one that is answered as usual is answered."""
        return SOON if self.usual is None else min(SOON, max(SOONEST, PATIENT * self.usual))

    def answered(self, seconds: float) -> None:
        """It took so long, also where nobody waited for it any more: it may have become slow."""
        known = seconds if self.usual is None else self.usual
        self.usual = known + RECENT * (min(seconds, SOON) - known)

    def missed(self) -> None:
        """It did not answer soon."""
        self.unanswered += 1

    def heard(self, since: float, asked: asyncio.Task[Answer]) -> None:
        """It answered, also if late: then it is there."""
        if not asked.cancelled() and asked.result().status:
            self.answered(time.monotonic() - since)
            self.unanswered, self.answered_at = 0, time.monotonic()
            self.probes, self.left_alone_until = 0, 0.0


class Line:
    """A loop in a thread of its own, and the connections that it keeps open."""

    def __init__(self) -> None:
        self.loop = uvloop.new_event_loop()
        self.services: dict[str, Service] = {}
        self.open: OrderedDict[UUID, asyncio.Task[Answer]] = OrderedDict()
        self.kept: OrderedDict[UUID, Answer] = OrderedDict()
        self.session: aiohttp.ClientSession | None = None
        self.thread = Thread(target=self.loop.run_forever, name="push", daemon=True)
        self.thread.start()

    def send(self, pushes: Sequence[Push], signer: Signer) -> Iterator[list[Answered]]:
        """Send them all, and tell of each group as it is answered; each is answered once."""
        came: SimpleQueue[Answered | None] = SimpleQueue()
        running = asyncio.run_coroutine_threadsafe(self._send(pushes, signer, came.put), self.loop)
        running.add_done_callback(lambda _: came.put(None))
        try:
            yield from _groups(came)
        finally:
            running.cancel()  # where who reads it ended before: nobody would note what still goes
        running.result()

    async def _send(
        self, pushes: Sequence[Push], signer: Signer, tell: Callable[[Answered], None]
    ) -> None:
        of_service: dict[str, list[Push]] = {}
        for push in pushes:
            if (known := self._known(push)) is not None:
                tell((push, known))
            else:
                of_service.setdefault(origin_of(push.endpoint), []).append(push)
        async with asyncio.TaskGroup() as group:
            for origin, its in of_service.items():
                service, left = self.services.setdefault(origin, Service(origin)), iter(its)
                for _ in range(min(AT_ONCE, len(its))):
                    group.create_task(self._take(service, left, signer, tell))

    def _known(self, push: Push) -> Answer | None:
        """What is known of it without asking."""
        if push.key in self.open:
            return LATE
        return self.kept.pop(push.key, None) or (None if accepts(push.endpoint) else REFUSED)

    async def _take(
        self,
        service: Service,
        left: Iterator[Push],
        signer: Signer,
        tell: Callable[[Answered], None],
    ) -> None:
        """One after the other, beside others who take from the same."""
        for push in left:
            async with service.places:
                answer = await self._answer(service, push, signer)
            tell((push, answer))

    async def _answer(self, service: Service, push: Push, signer: Signer) -> Answer:
        """Whatever is known soon. A few find out about a service in doubt; others wait for them."""
        if service.is_in_doubt():
            async with service.trying:
                if service.is_silent():
                    return SILENT
                if service.is_in_doubt():
                    return await self._asked(service, push, signer)
        return await self._asked(service, push, signer)

    async def _asked(self, service: Service, push: Push, signer: Signer) -> Answer:
        since, authorization = time.monotonic(), signer.authorization(service.origin)
        asked = asyncio.create_task(self._ask(push, authorization))
        asked.add_done_callback(partial(service.heard, since))
        await asyncio.wait([asked], timeout=service.soon())
        if not asked.done():  # or this loop itself was late
            await asyncio.wait([asked], timeout=SOON / 10)
        if asked.done():
            return asked.result()
        service.missed()
        self._leave_open(push.key, asked)
        return LATE

    def _leave_open(self, key: UUID, asked: asyncio.Task[Answer]) -> None:
        """Let it take its time, and keep the answer for when it is asked for again."""
        self.open[key] = asked

        def keep(task: asyncio.Task[Answer]) -> None:
            self.open.pop(key, None)
            self.kept[key] = TIMED_OUT if task.cancelled() else task.result()
            while len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)

        asked.add_done_callback(keep)
        self.loop.call_later(PATIENCE - SOON, asked.cancel)
        if len(self.open) > MOST_LATE:
            next(iter(self.open.values())).cancel()

    async def _ask(self, push: Push, authorization: str) -> Answer:
        """One request. Nothing of the answer is read but its head."""
        try:
            body = sealed(push)
        except (http_ece.ECEException, ValueError):
            return UNSEALED
        headers = {
            "Authorization": authorization,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(push.seconds),
            "Topic": push.topic,
            "Urgency": "high" if push.urgent else "normal",
        }
        try:
            async with self._client().post(
                URL(push.endpoint, encoded=True),
                data=aiohttp.BytesPayload(body),
                headers=headers,
                allow_redirects=False,
            ) as response:
                return Answer(response.status, after=_asked_wait(response))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Answer(trouble=type(error).__name__)

    def _client(self) -> aiohttp.ClientSession:
        """Connections that stay open; no cookies, and no proxy that the environment names."""
        if self.session is None:
            self.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, resolver=PublicOnly(), ttl_dns_cache=60),
                timeout=aiohttp.ClientTimeout(),  # what is late is ended by its own clock
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self.session

    def close(self) -> None:
        """End what is open."""
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(1)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(1)
        self.loop.close()

    async def _end(self) -> None:
        left = list(self.open.values())
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self.session is not None:
            await self.session.close()


@cache
def line() -> Line:
    """That of this process, until it ends."""
    opened = Line()
    atexit.register(opened.close)
    return opened


def sealed(push: Push) -> bytes:
    """So that only the device can read it (RFC 8291). Raises ValueError or ECEException."""
    return bytes(
        http_ece.encrypt(
            push.payload,
            private_key=generate_private_key(SECP256R1()),
            dh=b64urldecode(push.p256dh.encode()),
            auth_secret=b64urldecode(push.auth.encode()),
            version="aes128gcm",
        )
    )


def _asked_wait(response: aiohttp.ClientResponse) -> timedelta | None:
    """How long to wait as the service asked, in seconds or until a moment (RFC 9110 §10.2.3)."""
    told = response.headers.get("Retry-After", "").strip()
    if not told:
        return None
    if told.isascii() and told.isdecimal():
        wait = timedelta(seconds=min(int(told[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            until = parsedate_to_datetime(told)
        except ValueError:
            return None
        wait = until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)
    return max(timedelta(seconds=1), min(wait, LONGEST_WAIT))


def _groups(came: SimpleQueue[Answered | None]) -> Iterator[list[Answered]]:
    """What came since the last time; until the end, which is told by nothing."""
    while (one := came.get()) is not None:
        group, until = [one], time.monotonic() + GATHERED
        while (left := until - time.monotonic()) > 0:
            try:
                one = came.get(timeout=left)
            except Empty:
                break
            if one is None:
                yield group
                return
            group.append(one)
        yield group
