"""Warm darkrooms: processes that wait for photos, so many at a time, replaced when they die."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Timer
from typing import IO

import structlog

from kring.media.photo import LENGTH, REQUEST, Limits, PhotoRefused, Reason

log = structlog.get_logger("kring.media")

_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {
    **{name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
    "PYTHONPATH": str(_ROOT),
    "LC_ALL": "C.UTF-8",
    "VIPS_CONCURRENCY": "1",  # a photo keeps one core busy; several photos keep several
    # A child begins with no memory of its own and gets it page by page: few large pages save 7 %.
    "GLIBC_TUNABLES": "glibc.malloc.arena_max=1:glibc.malloc.hugetlb=1"
    ":glibc.malloc.top_pad=33554432",
}
_GRACE = 5.0  # seconds beyond its limit before a darkroom itself counts as hanging
_TRIES = 2  # a darkroom that was killed is replaced once; a photo that kills two is refused


class Renderer:
    """One darkroom, in a session of its own so that it and its child can be ended as one.

    It knows nothing of ours: its environment holds no setting, its pipes carry one photo at a time.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-s", "-P", "-m", "kring.media.darkroom", json.dumps(asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env=_ENVIRONMENT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The darkroom's process, which leads the session of its children."""
        return self._process.pid

    def render(self, photo: IO[bytes], size: int, *, keep_original: bool = False) -> bytes:
        """The reply to a photo of ``size`` bytes; raises ``OSError`` or ``EOFError`` when it died.

        The watchdog turns a darkroom that hangs into one that died.
        """
        requests, replies = self._process.stdin, self._process.stdout
        assert requests and replies  # noqa: PT018 - both are pipes, see above
        watchdog = Timer(self._limits.wall_seconds + _GRACE, self._kill)
        watchdog.start()
        try:
            requests.write(REQUEST.pack(size, keep_original))
            shutil.copyfileobj(photo, requests, 1 << 18)
            requests.flush()
            return _exactly(replies, LENGTH.unpack(_exactly(replies, LENGTH.size))[0])
        finally:
            watchdog.cancel()
            watchdog.join()

    def close(self) -> None:
        """End the darkroom with all that runs in it."""
        self._kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # unsent bytes to a dead reader
                pipe.close()  # type: ignore[union-attr]

    def _kill(self) -> None:
        """Until ``wait`` nobody else can get this number, so this never hits a stranger."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


class Renderers:
    """At most ``places`` photos at a time in this process; who comes later waits a while."""

    def __init__(self, limits: Limits, places: int, *, patience: float = 60.0) -> None:
        self._limits = limits
        self._patience = patience  # seconds
        self._owner = os.getpid()
        self._places: LifoQueue[Renderer | None] = LifoQueue()  # last in, first out: stays warm
        for _ in range(places):
            self._places.put(None)
        atexit.register(self.close)

    def render(self, photo: IO[bytes], size: int, *, keep_original: bool = False) -> bytes:
        """The darkroom's reply to a photo; raises ``PhotoRefused`` when there is none."""
        try:
            renderer = self._places.get(timeout=self._patience)
        except Empty:
            raise PhotoRefused(Reason.BUSY) from None
        try:
            for _ in range(_TRIES):
                renderer = renderer or Renderer(self._limits)
                try:
                    photo.seek(0)
                    return renderer.render(photo, size, keep_original=keep_original)
                except BaseException as error:
                    log.warning("darkroom.ended", error=repr(error), photo_bytes=size)
                    renderer.close()  # whatever stood half on its pipes goes with it
                    renderer = None
                    if not isinstance(error, OSError | EOFError):
                        raise
            raise PhotoRefused(Reason.BROKEN)
        finally:
            self._places.put(renderer)

    def close(self) -> None:
        """End the darkrooms that wait; they start again when a photo comes."""
        if os.getpid() != self._owner:
            return  # a fork ends, and whose darkrooms these are goes on
        waiting: list[Renderer | None] = []
        with suppress(Empty):
            while True:
                waiting.append(self._places.get_nowait())
        for renderer in waiting:
            if renderer:
                renderer.close()
            self._places.put(None)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
