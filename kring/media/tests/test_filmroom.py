"""What happens when a film, its ffmpeg or the worker behaves badly, and what ffmpeg can reach."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from kring.media import confining
from kring.media.confining import NOBODY
from kring.media.filmroom import Failed, FilmRefused, Killed, Limits, _meaning
from kring.media.films import Converted
from kring.media.photo import Reason
from kring.media.tests.moving import (
    QUICK,
    boxes,
    converted,
    ffmpegs,
    is_gone,
    made,
    picture,
    soon,
)

DECODER, ENCODER = "rawvideo", "libx264"  # words that only their arguments have
LONGEST = 60  # seconds of waiting for what should come at once


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some seconds of work."""
    folder = tmp_path_factory.mktemp("films")
    return made(folder / "long.mp4", *picture("1280x720", rate=30, seconds=6), *QUICK)


@contextmanager
def at_work(
    film: Path, folder: Path, limits: Limits | None = None, *, on: str = ENCODER
) -> Iterator[tuple[psutil.Process, Future[Converted]]]:
    """One of the programs in the middle of a film, and what will become of that."""
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(converted, film, folder, limits=limits)
        yield soon(lambda: ffmpegs(saying=on))[0], answer


def refusal(answer: Future[Converted], folder: Path) -> Reason:
    with pytest.raises(FilmRefused) as refused:
        answer.result(LONGEST)
    assert not list((folder / "made").iterdir())
    assert not ffmpegs()
    return refused.value.reason


@pytest.mark.parametrize("which", [DECODER, ENCODER])
def test_an_ffmpeg_that_was_killed_is_started_again(
    which: str, long_film: Path, tmp_path: Path
) -> None:
    with at_work(long_film, tmp_path, on=which) as (ffmpeg, answer):
        ffmpeg.kill()
        assert answer.result(LONGEST).seconds == pytest.approx(6, abs=0.1)
    assert not ffmpegs()


@pytest.mark.parametrize("which", [DECODER, ENCODER])
def test_a_film_that_ends_two_is_refused(which: str, long_film: Path, tmp_path: Path) -> None:
    with at_work(long_film, tmp_path, on=which) as (first, answer):
        first.kill()
        second = soon(lambda: [one for one in ffmpegs(saying=which) if one.pid != first.pid])[0]
        second.kill()
        assert refusal(answer, tmp_path) == Reason.BROKEN


@pytest.mark.parametrize("which", [DECODER, ENCODER])
def test_a_film_that_never_ends_is_refused(which: str, long_film: Path, tmp_path: Path) -> None:
    with at_work(long_film, tmp_path, Limits(wall_seconds=3), on=which) as (ffmpeg, answer):
        ffmpeg.suspend()
        assert refusal(answer, tmp_path) == Reason.TOO_SLOW
        assert is_gone(ffmpeg)


def test_a_film_that_takes_too_much_of_the_processor_is_refused(
    long_film: Path, tmp_path: Path
) -> None:
    with at_work(long_film, tmp_path, Limits(cpu_seconds=1)) as (_, answer):
        assert refusal(answer, tmp_path) == Reason.TOO_SLOW


def test_a_film_that_becomes_too_large_is_refused(long_film: Path, tmp_path: Path) -> None:
    with at_work(long_film, tmp_path, Limits(film_bytes=100_000)) as (_, answer):
        assert refusal(answer, tmp_path) == Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("size", "reason"),
    [("640x360", Reason.BROKEN), ("2560x1440", Reason.TOO_MANY_PIXELS)],
)
def test_a_film_that_takes_too_much_memory_is_refused(
    size: str, reason: Reason, tmp_path: Path
) -> None:
    source = made(tmp_path / "a.mp4", *picture(size, seconds=0.4), *QUICK)
    assert converted(source, tmp_path).seconds < 1
    with pytest.raises(FilmRefused) as refused:
        converted(source, tmp_path, limits=Limits(memory_bytes=32 * 1024 * 1024))
    assert refused.value.reason == reason
    assert not list((tmp_path / "made").iterdir())


@pytest.mark.parametrize(
    "how",
    [
        ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-pix_fmt", "yuv420p"),
        (
            *("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"),
            *("-x265-params", "log-level=none:bframes=0"),
        ),
    ],
    ids=["h264", "hevc"],
)
def test_no_program_holds_more_than_250_megabytes(how: tuple[str, ...], tmp_path: Path) -> None:
    source = made(tmp_path / "a.mp4", *picture("3840x2160", rate=10, seconds=0.8), *how)
    most: dict[int, int] = {}
    with at_work(source, tmp_path) as (_, answer):
        while not answer.done():
            for ffmpeg in ffmpegs():
                most[ffmpeg.pid] = max(most.get(ffmpeg.pid, 0), held(ffmpeg.pid))
        assert (answer.result().width, answer.result().height) == (1280, 720)
    assert 100_000_000 < max(most.values()) <= 250_000_000


def held(pid: int) -> int:
    """The most bytes that a process ever had in memory."""
    for line in told(pid, "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def told(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_nobody_who_listens_loses_the_folder_when_he_stumbles(
    long_film: Path, tmp_path: Path
) -> None:
    def stumble(percent: int) -> None:
        raise LookupError(percent)

    with pytest.raises(LookupError):
        converted(long_film, tmp_path, told=stumble)
    assert not list((tmp_path / "made").iterdir())
    assert not ffmpegs()


def test_ffmpeg_ends_within_a_second_of_a_killed_worker(long_film: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from django.conf import settings\n"
        "settings.configure(FILM_MAX_BYTES=10**8, FILM_MAX_SECONDS=180)\n"
        "from kring.media.films import convert\n"
        "convert(Path(sys.argv[1]), Path(sys.argv[2]), told=lambda percent: None)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, long_film, tmp_path]) as worker:
        soon(lambda: len(ffmpegs(worker.pid)) == len((DECODER, ENCODER)))
        left = ffmpegs(worker.pid)
        for ffmpeg in left:
            ffmpeg.suspend()  # even one that could not notice
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        soon(lambda: all(map(is_gone, left)), seconds=1)


def test_ffmpeg_has_only_what_it_was_given(long_film: Path, tmp_path: Path) -> None:
    with at_work(long_film, tmp_path, on=DECODER) as (ffmpeg, answer):
        soon(lambda: ffmpegs(saying=ENCODER))
        ffmpeg.suspend()
        limits = told(ffmpeg.pid, "limits")
        for name, most in (("file size", 0), ("core file size", 0), ("cpu time", 1200)):
            (line,) = [line for line in limits.splitlines() if f"Max {name} " in line]
            assert line.split()[-3:-1] == [str(most), str(most)]
        links = [str(path.readlink()) for path in Path(f"/proc/{ffmpeg.pid}/fd").iterdir()]
        named = {link for link in links if link.startswith("/")}
        assert named == {str(long_film), os.devnull}
        assert len(links) <= 8
        assert ffmpeg.uids().effective == (os.getuid() or NOBODY)
        assert ffmpeg.nice() == 10
        environment = told(ffmpeg.pid, "environ")
        assert "LC_ALL=C.UTF-8" in environment
        assert not [name for name in ("SECRET_KEY", "DATABASE_URL", "PATH=") if name in environment]
        assert "NoNewPrivs:\t1" in told(ffmpeg.pid, "status")
        if os.getuid() == 0:
            networks = [Path(f"/proc/{pid}/ns/net").readlink() for pid in (ffmpeg.pid, "self")]
            assert networks[0] != networks[1]
        ffmpeg.resume()
        assert answer.result(LONGEST).width == 1280


def behind_walls(*command: str) -> subprocess.CompletedProcess[str]:
    """What another program says behind the same walls."""
    code = (
        "import os, sys; from kring.media.confining import *\n"
        "walls = Walls(parent=os.getppid(), memory_bytes=10**8, cpu_seconds=5, wall_seconds=5.0)\n"
        "become(os.open(sys.argv[1], os.O_RDONLY), sys.argv[1:], walls)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *command], check=False, capture_output=True, text=True
    )


def has_landlock() -> bool:
    version: int = ctypes.CDLL(None).syscall(444, None, 0, 1)  # landlock_create_ruleset
    return version > 0


@pytest.mark.skipif(not has_landlock(), reason="this kernel has no Landlock")
@pytest.mark.parametrize(
    "command",
    [
        ("/bin/cat", "/etc/passwd"),
        ("/bin/cat", "/proc/self/environ"),
        ("/bin/cat", __file__),
        ("/bin/ls", "/"),
        ("/usr/bin/touch", "/tmp/kring-was-here"),
        ("/usr/bin/env", "/bin/true"),
    ],
    ids=["people", "environment", "ours", "folders", "writing", "programs"],
)
def test_behind_the_walls_no_other_file_can_be_opened(command: tuple[str, ...]) -> None:
    run = behind_walls(*command)
    assert run.returncode
    assert "Permission denied" in run.stderr


def test_behind_the_walls_there_is_no_network() -> None:
    run = behind_walls("/bin/bash", "-c", "echo >/dev/tcp/127.0.0.1/22")
    assert run.returncode


def test_who_lost_its_parent_before_it_began_does_not_begin() -> None:
    walls = '{"parent": 1, "memory_bytes": 100000000, "cpu_seconds": 5, "wall_seconds": 5}'
    program = [sys.executable, "-I", "-S", confining.__file__, walls]
    run = subprocess.run([*program, "/bin/echo", "here"], check=False, capture_output=True)
    assert (run.returncode, run.stdout) == (127, b"")


@pytest.mark.parametrize(
    ("code", "kind", "what"),
    [
        (256 - errno.ENOSPC, OSError, errno.ENOSPC),
        (256 - errno.EDQUOT, OSError, errno.EDQUOT),
        (127, OSError, errno.ECHILD),
        (1, OSError, errno.ECHILD),
        (-signal.SIGKILL, Killed, None),
        (-signal.SIGTERM, Killed, None),
        (-signal.SIGSEGV, Failed, None),
        (256 - errno.EINVAL, Failed, None),
        (69, Failed, None),
    ],
)
def test_an_end_means_what_it_says(code: int, kind: type[Exception], what: int | None) -> None:
    meant = _meaning(code)
    assert type(meant) in {kind, *kind.__subclasses__()}
    assert getattr(meant, "errno", None) == what


def test_a_machine_without_ffmpeg_is_no_fault_of_the_film(
    monkeypatch: pytest.MonkeyPatch, long_film: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr("kring.media.filmroom.get_ffmpeg_exe", lambda: "/nowhere/ffmpeg")
    with pytest.raises(ChildProcessError):
        converted(long_film, tmp_path)
    assert not list((tmp_path / "made").iterdir())


def test_threads_that_work_at_films_do_not_disturb_each_other(tmp_path: Path) -> None:
    source = made(tmp_path / "a.mp4", *picture("160x120"), *QUICK)
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(3) as threads:
        films = list(threads.map(lambda folder: converted(source, folder), folders))
    assert len({film.film.read_bytes() for film in films}) == 1
    names = [name for name, _, _ in boxes(films[0].film.read_bytes(), b"moov")]
    assert names.count(b"trak") == 1
