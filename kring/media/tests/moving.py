"""Films to send in: real ones where the shared folder is there, and small ones made here."""

import os
import re
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from kring.media.films import Converted, Limits, convert

REAL = Path(__file__).resolve().parents[4] / "shared/data/video"
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=15:duration=1")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
QUICK = ("-c:v", "mpeg4", "-q:v", "8")
_SECONDS = 20


def real(name: str) -> Path:
    """A film of the shared folder."""
    path = REAL / name
    if not path.exists():
        pytest.skip("the films of the shared folder are not here")
    return path


def made(path: Path, *how: str | Path) -> Path:
    """What ffmpeg makes of these arguments."""
    program = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
    subprocess.run([*program, *how, path], check=True)
    return path


def picture(size: str, *, rate: int = 15, seconds: float = 1) -> tuple[str, ...]:
    """A moving picture to make a film of."""
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}")


def converted(
    source: Path,
    folder: Path,
    *,
    told: Callable[[int], None] = lambda _: None,
    limits: Limits | None = None,
) -> Converted:
    """What becomes of it, in a folder of its own."""
    folder = folder / "made"
    folder.mkdir(exist_ok=True)
    return convert(source, folder, told=told, limits=limits)


def looks(path: Path) -> str:
    """What ffmpeg says of a film of ours, which has no words of others in it; decodes all of it."""
    program = [get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", path]
    told = subprocess.run([*program, "-f", "null", "-"], capture_output=True, check=True, text=True)
    assert "rror" not in told.stderr
    return told.stderr.partition("Stream mapping")[0]


def rate(path: Path) -> float:
    """Frames a second."""
    found = re.search(r"([0-9.]+) fps", looks(path))
    assert found
    return float(found[1])


def boxes(data: bytes, *inside: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of an MP4 in the first box of each of these names: name, begin, end."""
    begin, end = 0, len(data)
    for name in inside:
        begin, end = next((b, e) for n, b, e in _boxes(data, begin, end) if n == name)
        begin += 8
    return _boxes(data, begin, end)


def _boxes(data: bytes, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while begin + 8 <= end:
        size, name = struct.unpack_from("!I4s", data, begin)
        yield name, begin, begin + size
        begin += max(size, 8)


def lying(data: bytes, seconds: int) -> bytes:
    """The same MP4, whose headers all say that it is so long."""
    lies = bytearray(data)
    for name, at in ((b"mvhd", 20), (b"mdhd", 20), (b"tkhd", 24)):
        for found in re.finditer(name, data):
            length = seconds if name != b"mdhd" else seconds * 1000
            struct.pack_into("!I", lies, found.start() + at, length)
    return bytes(lies)


def pointing(data: bytes, address: bytes) -> bytes:
    """The same MP4 with its index at the end, whose pictures lie elsewhere, it says."""
    way = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")
    entry = struct.pack("!I4sI", 12 + len(address) + 1, b"url ", 0) + address + b"\0"
    found = [
        next(b for n, b, _ in boxes(data, *way[:depth]) if n == name)
        for depth, name in enumerate(way)
    ]
    old = found[-1] + 16  # header, version, count
    grown = bytearray(data[:old] + entry + data[old + 12 :])
    for begin in found:
        (size,) = struct.unpack_from("!I", data, begin)
        struct.pack_into("!I", grown, begin, size + len(entry) - 12)
    return bytes(grown)


def ffmpegs(of: int | None = None, *, saying: str = "") -> list[psutil.Process]:
    """The programs at work on a film of this process, whose arguments have such a word."""
    found = []
    for child in psutil.Process(of or os.getpid()).children(recursive=True):
        try:
            command = child.cmdline()
        except psutil.Error:
            continue
        if "ffmpeg" in Path(command[0] if command else "").name and saying in " ".join(command):
            found.append(child)
    return found


def soon[Found](look: Callable[[], Found], *, seconds: float = _SECONDS) -> Found:
    """What ``look`` finds, as soon as it finds anything."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)
    return found


def is_gone(process: psutil.Process) -> bool:
    """Whether it runs no more."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
