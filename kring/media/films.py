"""Films that every phone plays: H.264 and AAC in an MP4, right way up, with nothing else in it.

A stranger's film is read by one ffmpeg that can open and write nothing. Only bare pictures and
sound go through a pipe to a second, which writes what people get. Both work behind the walls of
confining.py. So no metadata, however it is hidden, has a way into a film of ours.
"""

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

import structlog
from django.conf import settings

from kring.media.filmprobe import Kind, Probe, bounded, kind_of, let_in, look_at, read_from
from kring.media.filmroom import Failed, Ffmpeg, FilmRefused, Killed, Limits
from kring.media.photo import Reason

__all__ = ["Converted", "FilmRefused", "Limits", "Probe", "convert", "is_film", "probe"]

log = structlog.get_logger("kring.media")

LONG_SIDE = 1280  # pixels
MOST_PIXELS = 1280 * 720  # of a frame that goes out: so every film fits level 3.1 and our memory
FRAMES_A_SECOND = 30
_TRIES = 2  # an ffmpeg that was killed is replaced once; a film that kills two is refused
_FULL_HD = 1920 * 1088  # pixels; above this it is the size that takes the memory
_HD_SIDE = 720  # pixels of the short side, from which films have the colours of HD
_SHORT = 20  # seconds
_FRAMES_COMPARED = 48  # for the poster; they are in memory together
_HEAD_BYTES = 128
_PIPE_BYTES = 1024 * 1024
_NOTHING_ELSE = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")
_ENCODED = (  # docs/adr/0018-films.md tells why these
    *("-map", "0:v:0", "-map", "0:a:0?", *_NOTHING_ELSE, "-fps_mode", "passthrough"),
    *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-threads", "1"),
    *("-crf", "23", "-maxrate", "3M", "-bufsize", "6M", "-g", "90"),
    *("-metadata:s:v", "encoder=", "-bsf:v", "filter_units=remove_types=6"),  # says how it was set
    *("-c:a", "aac", "-b:a", "128k"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
    *("-movflags", "+faststart", "-empty_hdlr_name", "1", "-f", "mp4", "fd:"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A film as people see it, and a picture of a good moment; sizes in pixels, of both."""

    film: Path
    poster: Path
    width: int
    height: int
    seconds: float


def is_film(head: bytes) -> bool:
    """Whether a file that begins so (64 bytes will do) is MP4, MOV, 3GP, WebM or Matroska."""
    return kind_of(head) is not None


def probe(path: Path, *, patience: float = 20.0) -> Probe:
    """Look at a film: a frame of it is decoded, and all of it is counted. Takes 0.2 s.

    As many are looked at a time as photos are made; who comes later waits so many seconds.
    Raises ``FilmRefused`` for what ``convert`` would refuse too, as far as it shows by now.
    """
    with _turn(patience), path.open("rb", buffering=0) as source:
        try:
            return look_at(source, let_in(source))
        except Killed:
            raise FilmRefused(Reason.BUSY) from None


@contextmanager
def _turn(patience: float) -> Iterator[None]:
    places = _places()
    if not places.acquire(timeout=patience):
        raise FilmRefused(Reason.BUSY)
    try:
        yield
    finally:
        places.release()


@cache
def _places() -> BoundedSemaphore:
    return BoundedSemaphore(settings.PHOTO_RENDERERS)


def convert(
    source: Path, folder: Path, *, told: Callable[[int], None], limits: Limits | None = None
) -> Converted:
    """Write ``film.mp4`` and ``poster.png`` in ``folder``; ``told`` hears percents, up to 100.

    Takes half of a film's length on one core. ``limits`` hold for each of the programs.
    Raises ``FilmRefused``, or ``OSError`` when it was the machine (a full disk); then the folder
    is as it was. What ``told`` raises ends it too. An ffmpeg that was killed is started again.
    """
    made = folder / "film.mp4", folder / "poster.png"
    try:
        with source.open("rb", buffering=0) as file:
            return _convert(file, *made, told, limits or Limits())
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _convert(
    source: IO[bytes], film: Path, poster: Path, told: Callable[[int], None], limits: Limits
) -> Converted:
    kind = let_in(source)
    for last in range(_TRIES):
        try:
            found = look_at(source, kind)
            seconds = _write_film(source, kind, found, film, told, limits)
            _write_poster(film, poster, seconds, limits)
            break
        except Killed:
            log.warning("film.killed")
            if last:
                raise FilmRefused(Reason.BROKEN) from None
        except Failed:
            is_large = found.width * found.height > _FULL_HD
            raise FilmRefused(Reason.TOO_MANY_PIXELS if is_large else Reason.BROKEN) from None
    told(100)
    width, height = _fitting(found)
    return Converted(film=film, poster=poster, width=width, height=height, seconds=seconds)


def _write_film(
    source: IO[bytes],
    kind: Kind,
    found: Probe,
    film: Path,
    told: Callable[[int], None],
    limits: Limits,
) -> float:
    """Decode in one program, encode in another; how many seconds came out.

    Of ``fd:`` ffmpeg reads from standard input and writes to standard output. The encoder has
    the film as both, because at its end it moves all of it to put the index first.
    """
    source.seek(0)
    with film.open("wb") as written, film.open("rb") as read, _pipe() as (take, give):
        bare, shown = [*bounded(kind), *_bare(found)], [*_reading(take), "-vf", _shown(found)]
        given, ends = source.fileno(), (read.fileno(), written.fileno())
        with (
            Ffmpeg(bare, limits, takes=given, gives=give.fileno(), tells=False) as decoder,
            _encoder([*shown, *_ENCODED], limits, ends, take.fileno()) as encoder,
        ):
            take.close()
            give.close()
            _follow(decoder, encoder, found.seconds, told)
    return _length(film)


def _encoder(arguments: list[str], limits: Limits, film: tuple[int, int], pipe: int) -> Ffmpeg:
    """Has the film to read from and to write to, and bare pictures and sound in the pipe."""
    takes, gives = film
    most = limits.film_bytes
    return Ffmpeg(arguments, limits, takes=takes, gives=gives, pipes=[pipe], file_bytes=most)


def _reading(pipe: IO[bytes]) -> list[str]:
    """How the encoder is given what it encodes."""
    return ["-filter_threads", "1", *read_from(f"pipe:{pipe.fileno()}", "nut")]


@contextmanager
def _pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Its two ends, with room for most of a frame."""
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as take, os.fdopen(writer, "wb") as give:
        with suppress(OSError):  # more than this user may have
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        yield take, give


def _follow(decoder: Ffmpeg, encoder: Ffmpeg, length: float, told: Callable[[int], None]) -> None:
    """Tell how far it is, until both are done."""
    for seconds in encoder.told():
        told(min(99, int(100 * seconds / max(length, seconds))))
    try:
        decoder.end()
    except Failed as failed:
        if failed.error != errno.EPIPE:  # nobody read on: the encoder knows why
            raise
    encoder.end()


def _length(film: Path) -> float:
    """The seconds of a film of ours, whose header comes first."""
    with film.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    scale, ticks = struct.unpack_from("!II", head, head.index(b"mvhd") + 16)
    return float(ticks / scale)


def _write_poster(film: Path, poster: Path, seconds: float, limits: Limits) -> None:
    """The frame that is most like the others: never the black of a beginning."""
    few = ["-skip_frame", "nokey"] if seconds > _SHORT else []
    every = 1 if few else max(1, round(seconds * FRAMES_A_SECOND / _FRAMES_COMPARED))
    filters = f"framestep={every},thumbnail={_FRAMES_COMPARED}"
    picture = ["-map", "0:v:0", "-vf", filters, "-frames:v", "1", "-c:v", "png"]
    with film.open("rb") as read, poster.open("wb") as written:
        ffmpeg = Ffmpeg(
            [*few, "-threads", "1", *read_from("fd:", "mov"), *picture, "-f", "image2pipe", "fd:"],
            limits,
            takes=read.fileno(),
            gives=written.fileno(),
            file_bytes=limits.film_bytes,
            tells=False,
        )
        with ffmpeg:
            ffmpeg.end()


def _fitting(found: Probe) -> tuple[int, int]:
    """The size that fits, of even numbers: colours are kept per four pixels."""
    width, height = found.width, found.height
    by = min(1.0, LONG_SIDE / max(width, height), sqrt(MOST_PIXELS / (width * height)))
    return _even(width * by), _even(height * by)


def _even(side: float) -> int:
    return max(2, 2 * int(side / 2 + 0.001))


def _bare(found: Probe) -> list[str]:
    """From a film to nothing but pictures and sound, on standard output.

    At a steady rate: that of the film up to 30 a second, else an even part of it (60 and 120
    become 30, 50 becomes 25). A picture that changes its size halfway is brought to one size.
    """
    part = "source_fps/max(1,ceil(source_fps/30-0.1))"
    rate = f"fps=fps='min({FRAMES_A_SECOND},{part})':eof_action=pass"
    depth = "yuv420p10le" if found.transfer else "yuv420p"
    filters = f"{_sized(found)},{rate},setsar=1,format={depth}"
    picture = ["-map", "0:V:0", "-vf", filters, "-c:v", "rawvideo"]
    sound = ["-map", "0:a:0", "-af", "aresample=async=1:first_pts=0", "-ac", "2", "-ar", "48000"]
    return [
        *("-max_error_rate", "0.05"),  # of frames; a few may be torn
        *picture,
        *([*sound, "-c:a", "pcm_s16le"] if found.has_sound else []),
        *_NOTHING_ELSE,
        *("-f", "nut", "pipe:1"),
    ]


def _sized(found: Probe) -> str:
    """To size, and to the colours of every screen (BT.709, limited range) unless that comes later.

    What says nothing of its colours is taken for what players take it for.
    """
    width, height = _fitting(found)
    if found.transfer:
        return f"scale={width}:{height}:out_range=tv"
    is_told = found.matrix not in ("", "unknown", "reserved")
    guess = "bt709" if min(found.width, found.height) >= _HD_SIDE else "bt601"
    matrix = "auto" if is_told else guess
    return f"scale={width}:{height}:in_color_matrix={matrix}:out_color_matrix=bt709:out_range=tv"


def _shown(found: Probe) -> str:
    """Light of a high range (iPhones, and others) down to what every screen shows.

    White paper becomes white, and what is brighter (a lamp, the sky) is squeezed in above it.
    This takes memory, and so it is left to the encoder.
    """
    told = "setparams=range=tv:color_primaries={0}:color_trc={1}:colorspace={2}"
    normal = told.format("bt709", "bt709", "bt709")
    if not found.transfer:
        return normal
    filters = [
        told.format("bt2020", found.transfer, "bt2020nc"),
        "zscale=t=linear:npl=203:p=bt709,format=gbrpf32le",
        "tonemap=mobius:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p",
        normal,
    ]
    return ",".join(filters)
