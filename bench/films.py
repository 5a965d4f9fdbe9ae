"""A film of 3 MB through Kring, beside ffmpeg that does only the same work.

The floor is one plain ffmpeg with the same settings: no look beforehand, no poster, no walls and
no second program. It is as modest as ours (``nice``), so that what else the machine does hits both.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import psutil
from imageio_ffmpeg import get_ffmpeg_exe

from bench.measure import Measure
from kring.media.films import _ENCODED, _bare, _shown, convert, probe

ROUNDS = 3  # the two sides take turns
SECONDS = 16  # of the film, in Full HD
MEGABYTE = 1_000_000
LOOKS = 0.01  # seconds between two looks at what a program holds
_SCENE = "mandelbrot=size=1920x1080:rate=30:end_pts=500,noise=alls=3:allf=t"
_SOURCES = ("-f", "lavfi", "-i", _SCENE, "-f", "lavfi", "-i", "sine=sample_rate=48000")
_SIZE = ("-b:v", "1450k", "-maxrate", "1600k", "-bufsize", "1600k", "-c:a", "aac", "-b:a", "96k")


def measure() -> Iterator[Measure]:
    """How many times as fast as the film is long; and the most memory of any of the programs."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        film = made(folder / "film.mp4", "-c:v", "libx264", "-preset", "veryfast", *_SIZE)
        assert 2.7 * MEGABYTE < film.stat().st_size < 3.3 * MEGABYTE
        rounds = [[speed(work, film, folder) for work in (ours, bare)] for _ in range(ROUNDS)]
        value, floor = map(max, zip(*rounds, strict=True))
        yield Measure(name="film", value=value, floor=floor, goal=0.85, better="higher")
        yield Measure(name="film memory", value=held(film, folder), goal=250, unit="MB")


def speed(work: Callable[[Path, Path], object], film: Path, folder: Path) -> float:
    """Seconds of film a second."""
    before = time.perf_counter()
    work(film, folder)
    return SECONDS / (time.perf_counter() - before)


def ours(film: Path, folder: Path) -> None:
    """From what was sent in to a film and a poster."""
    made = folder / "made"
    made.mkdir(exist_ok=True)
    convert(film, made, told=lambda _: None)


def bare(film: Path, folder: Path) -> None:
    """The film alone."""
    found = probe(film)
    recipe = _bare(found)
    picture, sound = (recipe[recipe.index(filters) + 1] for filters in ("-vf", "-af"))
    subprocess.run(  # noqa: S603 - our own words
        [
            *("nice", get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"),
            *("-threads", "1", "-filter_threads", "1", "-i", film),
            *("-vf", f"{picture},{_shown(found)}", "-af", sound, "-ac", "2", "-ar", "48000"),
            *(*_ENCODED[:-1], folder / "bare.mp4"),
        ],
        check=True,
    )


def made(path: Path, *how: str) -> Path:
    """A film as a phone makes it: light, movement and a sensor's noise."""
    program = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *_SOURCES, "-t", str(SECONDS)]
    subprocess.run([*program, "-pix_fmt", "yuv420p", *how, path], check=True)  # noqa: S603
    return path


def held(film: Path, folder: Path) -> float:
    """The most megabytes that any of the programs had in memory for one film."""
    done, most = Event(), [0]

    def look() -> None:
        while not done.wait(LOOKS):
            for child in psutil.Process(os.getpid()).children():
                try:
                    most.append(child.memory_info().rss)
                except psutil.Error:
                    continue

    watching = Thread(target=look)
    watching.start()
    try:
        ours(film, folder)
    finally:
        done.set()
        watching.join()
    return max(most) / MEGABYTE
