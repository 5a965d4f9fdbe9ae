"""The bounce mailbox: read over IMAP, mail by mail, each handled once and then thrown away.

A mail is handled → COMMIT → deleted. Who is killed in between handles it again, and nothing of it
counts twice. What is not about a mail of ours is put aside in a folder, for a person to look at; so
is what failed twice. Nothing holds up what lies behind it: what could not be dealt with is flagged,
and comes after all that is new. What lies aside for 30 days is deleted.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from imaplib import IMAP4, IMAP4_SSL
from itertools import batched
from typing import Any

import structlog
from django.conf import settings

from kring.base import clock
from kring.base.jobs import periodic
from kring.notifications import coming_back, reading
from kring.notifications.reading import Came

log = structlog.get_logger("kring.notifications")

MOST = 200  # mails of one run
LONGEST = 120.0  # seconds of one run
PATIENCE = 20.0  # seconds that the server may take to answer
ENOUGH = 256 * 1024  # bytes: what a mail server says stands before the mail that it brings back
ASIDE = "Kring-unknown"  # the folder of what is about no mail of ours
FAILED = "Kring-failed"  # and of what is, and could not be handled
KEPT_ASIDE = timedelta(days=30)  # a person may have written in it of a child
MOST_ASIDE = 1_000  # mails in such a folder: who sends more pushes out the oldest
AT_ONCE = 200  # mails that one command names


@periodic(cron="*/5 * * * *", queue="house")
def read_the_mailbox(timestamp: int) -> None:  # noqa: ARG001  (the moment of the period)
    """Take in what came, as much as fits a run; a mailbox that is away is read the next time."""
    if settings.BOUNCE_MAILBOX is None or not settings.BOUNCE_ADDRESS:
        return
    try:
        with _opened(settings.BOUNCE_MAILBOX) as box:
            _read(box)
            _clear_aside(box)
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
    new, before = _found(box, "UNFLAGGED"), _found(box, "FLAGGED")
    for uid in [*new, *before][:MOST]:
        if time.monotonic() > ends_at:
            return
        try:
            _handle(box, uid, failed_before=uid in before)
        except IMAP4.abort:  # the connection is gone
            raise
        except IMAP4.error as error:  # of this one: no room to put it aside
            log.warning("mailbox.stuck", error=type(error).__name__)
            _flag(box, uid)


def _handle(box: IMAP4, uid: str, *, failed_before: bool) -> None:
    came = _said(_content(box, uid))
    try:
        ours = came is not None and coming_back.take_in(came)
    except Exception as error:  # noqa: BLE001  (it holds up no other)
        log.warning("mailbox.failed", error=type(error).__name__)
        if failed_before:
            _put_aside(box, uid, FAILED)
        else:
            _flag(box, uid)
        return
    if ours:
        _throw_away(box, uid)
    else:
        _put_aside(box, uid, ASIDE)


def _found(box: IMAP4, *asked: str) -> list[str]:
    """The mails of the folder that answer to this, oldest first."""
    (found,) = _done(box.uid("SEARCH", *asked))
    return (found or b"").decode().split()


def _flag(box: IMAP4, uid: str) -> None:
    """So that it comes after what is new, the next time."""
    _done(box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Flagged)"))


def _clear_aside(box: IMAP4) -> None:
    """Delete what has lain aside for its term, and what is too much."""
    last = f"{clock.today() - KEPT_ASIDE:%d-%b-%Y}"
    for folder in (ASIDE, FAILED):
        if box.select(folder)[0] != "OK":  # nothing was ever put there
            continue
        old = set(_found(box, "BEFORE", last)) | set(_found(box, "ALL")[:-MOST_ASIDE])
        for some in batched(sorted(old, key=int), AT_ONCE, strict=False):
            _throw_away(box, ",".join(some))


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
    """One mail, or several with commas between."""
    _done(box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
    if "UIDPLUS" in box.capabilities:
        _done(box.uid("EXPUNGE", uid))
    else:
        _done(box.expunge())


def _put_aside(box: IMAP4, uid: str, folder: str) -> None:
    """Moved; IMAP4.error where it cannot be copied: it stays, and is looked at again."""
    box.create(folder)  # which says no where it stands there
    _done(box.uid("COPY", uid, folder))
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
