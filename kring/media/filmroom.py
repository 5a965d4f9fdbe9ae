"""ffmpeg at work on a stranger's film, behind the walls of confining.py, and what its end means."""

import errno
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from imageio_ffmpeg import get_ffmpeg_exe

from kring.media import confining
from kring.media.confining import Walls
from kring.media.photo import Reason

_ENVIRONMENT = {
    **{name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
    "LC_ALL": "C.UTF-8",
    # A frame is given back to the system at once, and threads share what is small.
    "GLIBC_TUNABLES": "glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=1048576",
}
_QUIET = ("-hide_banner", "-nostdin", "-nostats", "-v", "quiet")
_NOT_STARTED = (1, 127)
_ALMOST = 0.9  # the two clocks of a processor's time differ a little
_OURS = (errno.EIO, errno.ENOSPC, errno.EDQUOT)  # of a disk: no fault of the film


class FilmRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A file that does not become a film, and why; the sentence for a person is in sentences.py."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Killed(Exception):  # noqa: N818 - it was not the film
    """Somebody or something ended ffmpeg in the middle."""


class Failed(Exception):  # noqa: N818 - the caller knows what it means for the film
    """ffmpeg gave up; ``error`` is its reason, the name of an errno where it is one."""

    def __init__(self, error: int) -> None:
        super().__init__(errno.errorcode.get(error, str(error)))
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one film may cost, in each of the programs that work at it.

    ``memory_bytes`` is what a program writes to. With the parts of ffmpeg that lie in its file,
    250 MB is the most that one ever holds.
    """

    memory_bytes: int = 226 * 1024 * 1024
    cpu_seconds: int = 20 * 60
    wall_seconds: float = 30 * 60.0
    film_bytes: int = 128 * 1024 * 1024  # three minutes at the highest rate take 70 MB


def _started(
    command: Sequence[str], takes: int, gives: int, others: Sequence[int]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and program
        command,
        stdin=takes,
        stdout=gives,
        stderr=subprocess.DEVNULL,  # what it says of a hostile file goes nowhere
        pass_fds=others,
        cwd="/",
        env=_ENVIRONMENT,
        start_new_session=True,
    )


class Ffmpeg:
    """One ffmpeg, in a session of its own; it never outlives the ``with`` block or this thread.

    ``takes`` and ``gives`` become its ``fd:`` to read from and to write to. It can open no more
    than those and the ``pipes``.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        limits: Limits,
        *,
        takes: int,
        gives: int,
        pipes: Sequence[int] = (),
        file_bytes: int = 0,
        tells: bool = True,
    ) -> None:
        self._limits = limits
        self._deadline = time.monotonic() + limits.wall_seconds
        self._telling, telling = os.pipe()
        progress = ("-stats_period", "0.5", "-progress", f"pipe:{telling}") if tells else ()
        command = [*_behind_walls(limits, file_bytes), *_QUIET, *progress, *arguments]
        try:
            self._process = _started(command, takes, gives, (*pipes, telling))
        except BaseException:
            os.close(self._telling)
            raise
        finally:
            os.close(telling)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._telling)

    def told(self) -> Iterator[float]:
        """Up to which second of the film it is, now and then until its end."""
        rest = b""
        while self._comes(self._telling) and (part := os.read(self._telling, 1 << 16)):
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                name, _, value = line.partition(b"=")
                if name == b"out_time_us" and value.isdigit():
                    yield int(value) / 1_000_000

    def end(self) -> None:
        """Wait until it is done.

        Raises ``Failed``, ``Killed``, ``FilmRefused`` when a limit was reached, and ``OSError``
        when it was the machine: a full disk, or no ffmpeg.
        """
        handle = os.pidfd_open(self._process.pid)
        try:
            late = not self._comes(handle)
        finally:
            os.close(handle)
        if late:
            raise FilmRefused(Reason.TOO_SLOW)
        _, status, spent = os.wait4(self._process.pid, 0)
        code = self._process.returncode = os.waitstatus_to_exitcode(status)
        if code == 0:
            return
        busy = spent.ru_utime + spent.ru_stime
        if busy >= _ALMOST * self._limits.cpu_seconds or code == -signal.SIGALRM:
            raise FilmRefused(Reason.TOO_SLOW)
        raise _meaning(code)

    def _comes(self, descriptor: int) -> bool:
        """Whether there is something to read before it is too late."""
        left = max(0.0, self._deadline - time.monotonic())
        return bool(select.select([descriptor], [], [], left)[0])


def _behind_walls(limits: Limits, file_bytes: int) -> list[str]:
    """The beginning of the command that becomes ffmpeg."""
    walls = Walls(
        parent=os.getpid(),
        memory_bytes=limits.memory_bytes,
        cpu_seconds=limits.cpu_seconds,
        wall_seconds=limits.wall_seconds,
        file_bytes=file_bytes,
    )
    program = [sys.executable, "-I", "-S", confining.__file__]
    return [*program, json.dumps(asdict(walls)), str(Path(get_ffmpeg_exe()))]


def _meaning(code: int) -> Exception:
    """Of an end that was not a good one. ffmpeg gives back the last byte of ``-errno``."""
    error = 256 - code
    if code in (-signal.SIGKILL, -signal.SIGTERM):
        return Killed()
    if code == -signal.SIGPIPE:
        return Failed(errno.EPIPE)
    if code in _NOT_STARTED:
        return ChildProcessError(errno.ECHILD, "ffmpeg could not be started")
    if error in _OURS:
        return OSError(error, os.strerror(error))
    if code == -signal.SIGXFSZ or error == errno.EFBIG:
        return FilmRefused(Reason.TOO_LARGE)
    return Failed(error)
