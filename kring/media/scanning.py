"""The virus scanner of the server, where one is configured: ClamAV's clamd, asked over a socket."""

import os
import socket
import time
from contextlib import suppress
from typing import IO

import structlog
from django.conf import settings

from kring.media.documents.kinds import DocumentRefused
from kring.media.photo import Reason

_CONNECT_SECONDS = 5.0
_SECONDS = 60.0  # for all of it, with the wait for a thread of clamd
_CHUNK = 128 * 1024
_LONGEST_REPLY = 4096
_REASONS = {  # what clamd calls its own limits and settings, where the operator turned them on
    "Heuristics.Limits.Exceeded": Reason.TOO_MUCH_INSIDE,
    "Heuristics.Encrypted": Reason.LOCKED,
    "Heuristics.OLE2.ContainsMacros": Reason.MACROS,
}

log = structlog.get_logger("kring.media")


class ScannerAwayError(OSError):
    """The scanner gave no answer about this file; nothing is known of it, and it is not taken."""


def scan(file: IO[bytes]) -> None:
    """Let the scanner look at a whole file, of any kind; does nothing where there is no scanner.

    Takes as long as clamd takes, at most a minute. Raises ``DocumentRefused`` when it found
    something, and ``ScannerAwayError`` when it gave no answer.
    """
    if not settings.CLAMAV:
        return
    file.seek(0)
    try:
        _judge(_asked(file, time.monotonic() + _SECONDS))
    except OSError as error:
        log.error("scanner.away", answer=str(error))  # noqa: TRY400 - what clamd said says it all
        raise ScannerAwayError from error


def _judge(answer: str) -> None:
    """Raises what the answer means; one word too little is not taken for a yes."""
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return
    if not said.endswith(" FOUND"):
        raise OSError(answer)
    reasons = (reason for start, reason in _REASONS.items() if said.startswith(start))
    raise DocumentRefused(next(reasons, Reason.INFECTED))


def _asked(file: IO[bytes], deadline: float) -> str:
    """Send the file as clamd's INSTREAM wants it, and read the answer."""
    with _connected() as connection:
        # It hangs up in the midst of a file that is too large for it, having said so.
        with suppress(BrokenPipeError, ConnectionResetError):
            _send(connection, b"zINSTREAM\0", deadline)
            while chunk := file.read(_CHUNK):
                _send(connection, len(chunk).to_bytes(4) + chunk, deadline)
            _send(connection, bytes(4), deadline)
        return _answer(connection, deadline)


def _connected() -> socket.socket:
    where: str = settings.CLAMAV
    if os.sep in where:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_CONNECT_SECONDS)
        try:
            connection.connect(where)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS)


def _send(connection: socket.socket, data: bytes, deadline: float) -> None:
    connection.settimeout(max(0.001, deadline - time.monotonic()))
    connection.sendall(data)


def _answer(connection: socket.socket, deadline: float) -> str:
    """What clamd says up to its closing NUL; raises ``OSError`` when it stops short of that."""
    answer = b""
    while not answer.endswith(b"\0"):
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        part = connection.recv(_LONGEST_REPLY)
        if not part or len(answer) > _LONGEST_REPLY:
            raise ConnectionError(f"The scanner hung up after {answer!r}.")
        answer += part
    return answer[:-1].decode("utf-8", "replace")
