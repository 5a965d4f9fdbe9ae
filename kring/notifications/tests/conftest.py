"""A mail server to send to, and what happens between a post and the mails about it."""

from __future__ import annotations

import json
from asyncio import AbstractServer
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import create_server
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.base import clock
from kring.base.jobs import Job
from kring.events.jobs import dispatch
from kring.events.models import Event
from kring.feed.models import Post
from kring.notifications.jobs import deliver
from kring.notifications.models import Delivery
from tests import factories
from tests.unlocked import unlocked


class Server:
    """A mail server that keeps what it takes, and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, ...]] = []
        self.senders: list[str] = []  # of the envelopes
        self.connections = 0
        self.answers: dict[str, list[str]] = defaultdict(list)  # to an address, one after the other
        self.at_data: list[str] = []  # to the text of a mail
        self.when_taken: Callable[[], None] = lambda: None

    async def handle_EHLO(  # noqa: N802  (the names are aiosmtpd's)
        self, _smtp: SMTP, session: Session, _envelope: Envelope, host: str, answer: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = host
        return answer

    async def handle_RCPT(  # noqa: N802
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if self.answers[address]:
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _smtp: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.at_data:
            return self.at_data.pop(0)
        self.when_taken()
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append(tuple(envelope.rcpt_tos))
        self.senders.append(str(envelope.mail_from))
        return "250 OK"

    def mail_to(self, person: User) -> EmailMessage:
        """The one mail to this person."""
        (found,) = (mail for mail in self.taken if mail["To"] == person.email)
        return found

    @property
    def reached(self) -> list[str]:
        """The addresses that got a mail, in the order of the alphabet."""
        return sorted(str(mail["To"]) for mail in self.taken)


class AtAnyPort(Controller):
    """Listens at a port that is free."""

    def _create_server(self) -> Coroutine[Any, Any, AbstractServer]:
        listening = create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """A mail server on this machine, and Kring set to send to it."""
    taking = Server()
    controller = AtAnyPort(taking, hostname="127.0.0.1")
    controller.start()
    settings.MAILERS = mailers_at(controller.port)
    yield taking
    controller.stop()


def mailers_at(port: int) -> dict[str, Any]:
    """The setting that sends to a port of this machine."""
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    return {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }


def tell(post: Post) -> Event:
    """Run the dispatch of a post that came out, as the worker does."""
    event = factories.event(post)
    dispatch(school_id=str(post.school_id), event_id=str(event.pk))
    return event


def waiting(job: Job) -> list[dict[str, str]]:
    """The arguments of the jobs of this kind that are in the queue."""
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [job.name]
        )
        return [args if isinstance(args, dict) else json.loads(args) for (args,) in cursor]


def send_all() -> None:
    """Run every job that waits to send, each once: what it puts in the queue waits."""
    for arguments in map(dict, {tuple(one.items()): None for one in waiting(deliver)}):
        deliver(**arguments)


def let_time_pass() -> None:
    """The moment has come of everything that was to go later."""
    with unlocked():
        queued = Delivery.objects.filter(state=Delivery.State.QUEUED)
        queued.update(due_at=clock.now() - factories.MINUTE)


def deliveries(post: Post) -> dict[UUID, Delivery]:
    """What became of the mails about a post, per person."""
    with unlocked():
        found = Delivery.objects.filter(notification__about_id=post.card_id)
        return {one.person_id: one for one in found}


def states(post: Post) -> Counter[str]:
    """How many of those mails are in which state."""
    return Counter(one.state for one in deliveries(post).values())
