"""A mail server in this process that writes down every mail it took, and when."""

from __future__ import annotations

import asyncio
import logging
import re
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
    post_id: UUID
    message_id: str
    taken_at: float  # of time.monotonic()


class PostOffice:
    """Takes every mail. What stands in ``before`` and ``after`` is called once, for the next one.

    In between the sender waits for its answer: what is killed there had a mail in flight.
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.before: list[Callable[[], object]] = []
        self.after: list[Callable[[], object]] = []

    @contextmanager
    def opened(self) -> Iterator[int]:
        """Take mail at a port of this machine."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        counter = _Counter(self, hostname="127.0.0.1", timeout=600)
        counter.start()
        try:
            yield counter.port
        finally:
            counter.stop()

    async def handle_DATA(  # noqa: N802  (the name is aiosmtpd's)
        self, _smtp: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Write a mail down."""
        await _call_one(self.before)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found = POST.search(body.get_content())
        assert found
        (to,) = envelope.rcpt_tos
        self.mails.append(
            Mail(
                to=to,
                post_id=UUID(found[1]),
                message_id=str(message["Message-ID"]),
                taken_at=time.monotonic(),
            )
        )
        await _call_one(self.after)
        return "250 OK"


class _Counter(Controller):
    """Listens at a port that is free."""

    def _create_server(self) -> Coroutine[Any, Any, AbstractServer]:
        listening = create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)


async def _call_one(waiting: list[Callable[[], object]]) -> None:
    if waiting:
        await asyncio.to_thread(waiting.pop(0))
