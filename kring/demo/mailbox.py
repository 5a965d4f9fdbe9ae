"""The mailbox of the demo: every mail that Kring sends stays on this machine, for all to read."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Message
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

NAME = re.compile(r"(\d{19})\.[0-9a-f]{16}")  # when it came in nanoseconds, and a number of its own


class MaildirBackend(BaseEmailBackend):
    """Puts each mail into a Maildir: whole or not at all, also when the process is killed."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them down, and say how many."""
        for mail in email_messages:
            _put(mail.message().as_bytes(policy=policy.SMTP))
        return len(email_messages)


class Mail(NamedTuple):
    """A mail as the list shows it."""

    key: str
    to: str
    sender: str
    subject: str
    came_at: datetime


class Content(NamedTuple):
    """What stands in a mail."""

    headers: list[tuple[str, str]]
    text: str
    html: str


def mails() -> list[Mail]:
    """Every mail, the newest first."""
    names = (path.name for path in _folder("new").iterdir())
    return [_head(name) for name in sorted(filter(NAME.fullmatch, names), reverse=True)]


def opened(key: str) -> tuple[Mail, Content] | None:
    """One mail; None where there is none by this key."""
    if not NAME.fullmatch(key) or not (_folder("new") / key).exists():
        return None
    message = _read(key)
    headers = [(name, str(value)) for name, value in message.items()]
    return _head(key), Content(headers, _part(message, "plain"), _part(message, "html"))


def _folder(name: str) -> Path:
    path = Path(settings.DATA_DIR) / "mail" / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _put(content: bytes) -> None:
    name = f"{time.time_ns()}.{token_hex(8)}"
    unfinished = _folder("tmp") / name
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(_folder("new") / name)


@lru_cache(maxsize=20_000)  # a mail never changes
def _head(key: str) -> Mail:
    message = _read(key)
    to, sender, subject = (str(message.get(name, "")) for name in ("to", "from", "subject"))
    came_at = datetime.fromtimestamp(int(key.partition(".")[0]) / 1e9, UTC)
    return Mail(key, to, sender, subject, came_at)


def _read(key: str) -> Message:
    return message_from_bytes((_folder("new") / key).read_bytes(), policy=policy.default)


def _part(message: Message, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
