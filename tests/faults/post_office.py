"""A mail server in this process that writes down every mail it took, and when."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from asyncio import AbstractServer
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from socket import create_server
from typing import Any
from uuid import UUID

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

POST = re.compile(r"/posts/([0-9a-f-]{36})/")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail as it was taken: to whom, about which post, by which name, when."""

    to: str
    post_id: UUID | None  # None: it is about no single post
    message_id: str
    taken_at: float  # of time.monotonic()


class PostOffice:
    """Takes every mail. What stands in ``before`` and ``after`` is called once, for the next one.

    In between the sender waits for its answer: what is killed there had a mail in flight.
    """

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[Mail] = []
        self.answers = threading.Event()  # until it is set, nobody hears whether a mail was taken
        self.answers.set()
        self.is_busy = False  # and takes nothing for now
        self.before: list[Callable[[], object]] = []
        self.after: list[Callable[[], object]] = []

    @contextmanager
    def opened(self) -> Iterator[int]:
        """Take mail at a port of this machine: the same whenever it opens again."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.counter = _Counter(self, hostname="127.0.0.1", timeout=600)
        self.counter.start()
        try:
            yield self.port
        finally:
            self.counter.stop()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Nobody listens for a while."""
        self.counter.stop()
        try:
            yield
        finally:
            self.counter = _Counter(self, hostname="127.0.0.1", timeout=600)
            self.counter.start()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Whoever brings a mail waits for an answer, and waits."""
        self.answers.clear()
        try:
            yield
        finally:
            self.answers.set()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Whoever brings a mail is asked to come again later."""
        self.is_busy = True
        try:
            yield
        finally:
            self.is_busy = False

    async def handle_DATA(  # noqa: N802  (the name is aiosmtpd's)
        self, _smtp: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Write a mail down."""
        if not self.answers.is_set():
            await asyncio.to_thread(self.answers.wait)
        if self.is_busy:
            return "451 Try again later"
        await _call_one(self.before)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found = POST.search(body.get_content())
        (to,) = envelope.rcpt_tos
        self.mails.append(
            Mail(
                to=to,
                post_id=UUID(found[1]) if found else None,
                message_id=str(message["Message-ID"]),
                taken_at=time.monotonic(),
            )
        )
        await _call_one(self.after)
        return "250 OK"


class _Counter(Controller):
    """Listens at a port that is free, or at that of before."""

    handler: PostOffice

    def _create_server(self) -> Coroutine[Any, Any, AbstractServer]:
        listening = create_server(("127.0.0.1", self.handler.port))
        self.port = self.handler.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)


async def _call_one(waiting: list[Callable[[], object]]) -> None:
    if waiting:
        await asyncio.to_thread(waiting.pop(0))
