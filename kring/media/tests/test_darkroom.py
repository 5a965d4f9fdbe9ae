"""What happens when a photo, its child or a whole darkroom behaves badly."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kring.media.darkroom import ADDRESSES_BYTES, SHARED_BYTES
from kring.media.photo import Limits, PhotoRefused, Reason, Rendered, pack
from kring.media.renderers import Renderer, Renderers
from kring.media.rendering import _renderers
from kring.media.tests.pictures import difference, heavy, quarters, written
from kring.media.tests.pictures import opened as opened_picture

SMALL = written(quarters())
HEAVY = heavy()
SECONDS = 15


@contextmanager
def opened(
    limits: Limits | None = None, *, places: int = 1, patience: float = 60
) -> Iterator[Renderers]:
    renderers = Renderers(limits or Limits(), places, patience=patience)
    try:
        yield renderers
    finally:
        renderers.close()


def develop(renderers: Renderers, data: bytes) -> Rendered:
    return Rendered.unpack(renderers.render(io.BytesIO(data), len(data)))


def reason(renderers: Renderers, data: bytes) -> Reason:
    with pytest.raises(PhotoRefused) as refused:
        develop(renderers, data)
    return refused.value.reason


def darkrooms() -> list[int]:
    """The numbers of the darkrooms that this process started."""
    return [
        pid for pid in children_of(os.getpid()) if b"kring.media.darkroom" in told(pid, "cmdline")
    ]


def told(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def soon[Found](look: Callable[[], Found]) -> Found:
    """What ``look`` finds, as soon as it finds anything."""
    deadline = time.monotonic() + SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)
    return found


def is_gone(pid: int) -> bool:
    stat = told(pid, "stat")
    return not stat or stat.rpartition(b")")[2].split()[0] == b"Z"


@contextmanager
def at_work(renderers: Renderers, then: signal.Signals) -> Iterator[tuple[int, Future[Rendered]]]:
    """A child that renders the heavy photo, and was sent this signal."""
    develop(renderers, SMALL)
    (darkroom,) = darkrooms()
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(develop, renderers, HEAVY)
        child = soon(lambda: children_of(darkroom))[0]
        soon(lambda: b"Max open files            0" in told(child, "limits"))
        os.kill(child, then)
        yield child, answer


@pytest.fixture(autouse=True)
def _no_darkroom_left() -> Iterator[None]:
    """The tests look for the darkrooms of their own; those of other tests end first."""
    _renderers().close()
    yield
    assert not darkrooms()


def test_a_child_that_hangs_is_killed_and_the_next_photo_comes_out() -> None:
    with opened(Limits(wall_seconds=1)) as renderers:
        with at_work(renderers, signal.SIGSTOP) as (child, answer):
            with pytest.raises(PhotoRefused) as refused:
                answer.result(SECONDS)
            assert refused.value.reason == Reason.TOO_SLOW
            assert is_gone(child)
        assert develop(renderers, SMALL).width == 120


def test_a_photo_that_takes_too_long_is_refused() -> None:
    with opened(Limits(wall_seconds=0.1)) as renderers:
        before = time.monotonic()
        assert reason(renderers, HEAVY) == Reason.TOO_SLOW
        assert time.monotonic() - before < 5


@pytest.mark.parametrize(
    ("ended_by", "expected"),
    [
        (signal.SIGXCPU, Reason.TOO_SLOW),
        (signal.SIGSEGV, Reason.BROKEN),
        (signal.SIGKILL, Reason.BROKEN),
    ],
)
def test_a_child_that_dies_takes_nobody_along(ended_by: signal.Signals, expected: Reason) -> None:
    with opened() as renderers:
        with at_work(renderers, ended_by) as (_, answer), pytest.raises(PhotoRefused) as refused:
            answer.result(SECONDS)
        assert refused.value.reason == expected
        (before,) = darkrooms()
        assert develop(renderers, SMALL).width == 120
        assert darkrooms() == [before]


def test_memory_is_bounded_and_what_does_not_fit_is_told_so() -> None:
    photo = written(Image.new("RGB", (5000, 5000)), progressive=True)
    with opened(Limits(memory_bytes=100_000_000)) as renderers:
        assert develop(renderers, SMALL).width == 120
        assert reason(renderers, photo) == Reason.TOO_MANY_PIXELS
    with opened() as renderers:
        assert develop(renderers, photo).width == 1600


@pytest.mark.parametrize("megabytes", range(110, 160, 5))
def test_a_photo_that_almost_fits_has_no_holes(megabytes: int) -> None:
    """libvips goes on when a small piece of memory cannot be had, with what lay there before."""
    photo = written(quarters(4800, 4800), progressive=True)
    with opened(Limits(memory_bytes=megabytes * 1_000_000)) as renderers:
        try:
            shown = opened_picture(develop(renderers, photo).small)
        except PhotoRefused as refused:
            outcome: object = refused.reason
        else:
            outcome = difference(shown, quarters(4800, 4800)) < 3
    assert outcome in {Reason.TOO_MANY_PIXELS, True}


def test_a_child_can_open_nothing_and_knows_no_secret() -> None:
    with opened() as renderers, at_work(renderers, signal.SIGSTOP) as (child, answer):
        limits = told(child, "limits").decode()
        assert [
            limit.split()[-3:-1] for limit in limits.splitlines() if "Max cpu time" in limit
        ] == [["10", "11"]]
        for nothing in ("Max open files", "Max file size", "Max core file size"):
            (line,) = [line for line in limits.splitlines() if nothing in line]
            assert line.removeprefix(nothing).split()[:2] == ["0", "0"]
        assert f"Max data size             {Limits().memory_bytes - SHARED_BYTES}" in limits
        assert f"Max address space         {ADDRESSES_BYTES}" in limits
        links = [path.readlink() for path in Path(f"/proc/{child}/fd").iterdir()]
        assert [str(link) for link in links if str(link) != os.devnull] == [
            str(link) for link in links if str(link).startswith("pipe:")
        ]
        assert len(links) == 4
        owner = Path(f"/proc/{child}").stat().st_uid
        assert owner == (os.getuid() or 65534)
        environment = told(darkrooms()[0], "environ")
        assert b"LC_ALL=C.UTF-8" in environment
        for name in ("SECRET_KEY", "DATABASE_URL"):
            assert name in os.environ
            assert name.encode() not in environment
        os.kill(child, signal.SIGCONT)
        assert answer.result(SECONDS).width == 1600


def test_a_darkroom_has_no_thread_that_a_fork_could_lose() -> None:
    with opened() as renderers:
        develop(renderers, SMALL)
        (darkroom,) = darkrooms()
        assert b"Threads:\t1\n" in told(darkroom, "status")


def test_a_darkroom_killed_while_idle_is_replaced() -> None:
    with opened() as renderers:
        develop(renderers, SMALL)
        (before,) = darkrooms()
        os.kill(before, signal.SIGKILL)
        assert develop(renderers, SMALL).width == 120
        assert darkrooms() != [before]


def test_a_darkroom_killed_at_work_is_replaced_and_the_photo_comes_out() -> None:
    with opened() as renderers:
        with at_work(renderers, signal.SIGCONT) as (child, answer):
            os.kill(darkrooms()[0], signal.SIGKILL)
            assert answer.result(SECONDS).width == 1600
        assert is_gone(child)


def test_a_darkroom_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kring.media.renderers._GRACE", 0.5)
    with opened(Limits(wall_seconds=0.5)) as renderers:
        develop(renderers, SMALL)
        os.kill(darkrooms()[0], signal.SIGSTOP)
        assert develop(renderers, SMALL).width == 120


def test_only_so_many_photos_are_rendered_at_a_time() -> None:
    with opened(places=2) as renderers, ThreadPoolExecutor(6) as threads:
        answers = [threads.submit(develop, renderers, SMALL) for _ in range(12)]
        assert {answer.result(SECONDS).width for answer in answers} == {120}
        assert 1 <= len(darkrooms()) <= 2


def test_who_waits_too_long_hears_that_kring_is_busy() -> None:
    with opened(patience=0.05) as renderers, at_work(renderers, signal.SIGCONT) as (_, answer):
        assert reason(renderers, SMALL) == Reason.BUSY
        assert answer.result(SECONDS).width == 1600


def test_a_file_that_cannot_be_read_costs_the_darkroom_nothing() -> None:
    class Unreadable(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(size)

    with opened() as renderers:
        with pytest.raises(PhotoRefused):
            renderers.render(Unreadable(), 10)
        assert develop(renderers, SMALL).width == 120


def test_a_darkroom_ends_with_the_process_that_started_it() -> None:
    code = (
        "import io, os, signal, sys\n"
        "from kring.media.photo import Limits\n"
        "from kring.media.renderers import Renderer\n"
        "data = sys.stdin.buffer.read()\n"
        "one = Renderer(Limits())\n"
        "one.render(io.BytesIO(data), len(data))\n"
        "print(one.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], input=SMALL, capture_output=True, check=False
    )
    darkroom = int(run.stdout)
    soon(lambda: is_gone(darkroom))


def test_closing_twice_is_fine() -> None:
    renderer = Renderer(Limits())
    renderer.close()
    renderer.close()


WEBP, JPEG = b"RIFF1234WEBP", b"\xff\xd8\xff"
WHOLE: dict[str, Any] = {
    "size": (100, 100),
    "animated": False,
    "colour": b"\1\2\3",
    "thumbhash": b"12345",
    "renditions": (WEBP, WEBP, WEBP),
}


def test_a_reply_is_read_as_it_was_packed() -> None:
    photo = Rendered.unpack(b"".join(pack(**WHOLE, original=JPEG)))
    assert photo == Rendered(
        width=100,
        height=100,
        small=WEBP,
        medium=WEBP,
        large=WEBP,
        thumbhash="MTIzNDU",
        colour="#010203",
        original=JPEG,
    )
    assert photo.bytes == 3 * len(WEBP) + len(JPEG)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"done",
        b"what else".ljust(80, b"\0"),
        "¿qué?".encode().ljust(80, b"\0"),
        b"".join(pack(**WHOLE | {"renditions": (b"<html>", b"<html>", b"<html>")})),
        b"".join(pack(**WHOLE))[:-1],
        b"".join(pack(**WHOLE)) + b"more",
        b"".join(pack(**WHOLE | {"size": (0, 100)})),
        b"".join(pack(**WHOLE | {"size": (100, 1601)})),
        b"".join(pack(**WHOLE | {"thumbhash": b""})),
        b"".join(pack(**WHOLE, original=b"<html>")),
    ],
)
def test_a_reply_is_not_trusted(reply: bytes) -> None:
    with pytest.raises(PhotoRefused) as refused:
        Rendered.unpack(reply)
    assert refused.value.reason == Reason.BROKEN
