"""The bounce mailbox: read over IMAP, mail by mail, each handled once and then thrown away.

A mail is handled → COMMIT → deleted. Who is killed in between handles it again, and nothing of it
counts twice. What is not about a mail of ours is put aside in a folder, for a person to look at.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from imaplib import IMAP4, IMAP4_SSL
from typing import Any

import structlog
from django.conf import settings

from kring.base.jobs import periodic
from kring.notifications import coming_back, reading
from kring.notifications.reading import Came

log = structlog.get_logger("kring.notifications")

MOST = 200  # mails of one run
LONGEST = 120.0  # seconds of one run
PATIENCE = 20.0  # seconds that the server may take to answer
ENOUGH = 256 * 1024  # bytes: what a mail server says stands before the mail that it brings back
ASIDE = "Kring-unknown"  # the folder


@periodic(cron="*/5 * * * *", queue="house")
def read_the_mailbox(timestamp: int) -> None:  # noqa: ARG001  (the moment of the period)
    """Take in what came, as much as fits a run; a mailbox that is away is read the next time."""
    if settings.BOUNCE_MAILBOX is None or not settings.BOUNCE_ADDRESS:
        return
    try:
        with _opened(settings.BOUNCE_MAILBOX) as box:
            _read(box)
    except (IMAP4.error, OSError) as error:
        log.warning("mailbox.away", error=type(error).__name__)


@contextmanager
def _opened(at: Any) -> Iterator[IMAP4]:
    """The folder of a ``Mailbox`` of the settings."""
    context = ssl.create_default_context()
    box = IMAP4_SSL(at.host, at.port, ssl_context=context, timeout=PATIENCE)
    try:
        box.login(at.user, at.password)
        _done(box.select(_quoted(at.folder)))
        yield box
    finally:
        with suppress(IMAP4.error, OSError):
            box.logout()


def _read(box: IMAP4) -> None:
    ends_at = time.monotonic() + LONGEST
    (found,) = _done(box.uid("SEARCH", "ALL"))
    for uid in (found or b"").split()[:MOST]:
        if time.monotonic() > ends_at:
            return
        name = uid.decode()
        came = _said(_content(box, name))
        try:
            ours = came is not None and coming_back.take_in(came)
        except Exception as error:  # noqa: BLE001  (it holds up no other, and is read again)
            log.warning("mailbox.failed", error=type(error).__name__)
            continue
        (_throw_away if ours else _put_aside)(box, name)


def _said(raw: bytes) -> Came | None:
    """What a mail says. One that nobody can parse says nothing."""
    try:
        return reading.read(raw)
    except Exception as error:  # noqa: BLE001  (whatever a hostile mail brings about)
        log.warning("mailbox.unreadable", error=type(error).__name__)
        return None


def _content(box: IMAP4, uid: str) -> bytes:
    """The first part of a mail, however long it is; it stays unread."""
    for part in _done(box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{ENOUGH}>)")):
        if isinstance(part, tuple):
            return bytes(part[1])
    return b""


def _throw_away(box: IMAP4, uid: str) -> None:
    _done(box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
    if "UIDPLUS" in box.capabilities:
        _done(box.uid("EXPUNGE", uid))
    else:
        _done(box.expunge())


def _put_aside(box: IMAP4, uid: str) -> None:
    """Moved, where the server can; where it cannot be copied, it stays, and is looked at again."""
    with suppress(IMAP4.error):
        box.create(ASIDE)  # which says no where it stands there
    _done(box.uid("COPY", uid, ASIDE))
    _throw_away(box, uid)


def _done(answer: tuple[str, list[Any]]) -> list[Any]:
    """What the server said, where it did as it was asked."""
    said, lines = answer
    if said != "OK":
        raise IMAP4.error(said)
    return lines


def _quoted(folder: str) -> str:
    escaped = re.sub(r'([\\"])', r"\\\1", folder)
    return f'"{escaped}"'
