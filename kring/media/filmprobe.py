"""Look at a film before it is converted: what it is, how long, how large, and whether it may be.

What a header says is not trusted, and what ffmpeg says in words is not read: a title can say
anything. One frame is decoded, all packets are counted, and ffmpeg tells of it in forms of its
own: the time that it came to, its filters drawn as JSON, a PNG.
"""

import errno
import json
import os
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from django.conf import settings

from kring.media.filmroom import Failed, Ffmpeg, FilmRefused, Limits
from kring.media.photo import Reason

MOST_PIXELS = 4096 * 2304  # of a frame
_MOST_STREAMS = 32  # phones add some with what their sensors felt
_HEAD_BYTES = 64
_LIMITS = Limits(cpu_seconds=20, wall_seconds=60)
_ANSWER_BYTES = 1024 * 1024
_SPARE = 2  # seconds past the longest film, so that it shows
_EBML = b"\x1a\x45\xdf\xa3"
_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"}
_CODECS = (  # of phones and cameras, and of what people send on
    "h264,hevc,mpeg4,h263,vp8,vp9,libdav1d,mjpeg,"
    "aac,mp3,mp3float,opus,vorbis,amrnb,amrwb,alac,ac3,flac,pcm_s16le,pcm_s16be,pcm_s24le,"
    "pcm_s24be,pcm_s32le,pcm_f32le,pcm_u8,pcm_alaw,pcm_mulaw"
)
_HIGH_RANGE = {b"\x10": "smpte2084", b"\x12": "arib-std-b67"}  # ITU-T H.273

type Kind = Literal["mov", "matroska"]  # ffmpeg's name for what reads it; it is never left to guess


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a film is before it is converted: its length, and its size when played."""

    seconds: float
    width: int
    height: int
    matrix: str = ""  # of its colours, as ffmpeg names it
    transfer: str = ""  # the same, where its light has a high range
    has_sound: bool = False  # that can be played


def kind_of(head: bytes) -> Kind | None:
    """What kind of film begins so, if any."""
    if head.startswith(_EBML):
        return "matroska"
    is_picture = head[4:8] == b"ftyp" and head[8:12] in _PICTURES | {b"avis"}
    return "mov" if head[4:8] in _BOXES and not is_picture else None


def let_in(source: IO[bytes]) -> Kind:
    """What kind of film it is, by its content; raises ``FilmRefused`` for what is none."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    kind = kind_of(source.read(_HEAD_BYTES))
    if size == 0:
        raise FilmRefused(Reason.EMPTY)
    if size > settings.FILM_MAX_BYTES:
        raise FilmRefused(Reason.TOO_LARGE)
    if kind is None:
        raise FilmRefused(Reason.UNKNOWN_KIND)
    return kind


def read_from(address: str, kind: str) -> list[str]:
    """What ffmpeg reads, and as what."""
    return ["-protocol_whitelist", "fd,pipe", "-f", kind, "-i", address]


def bounded(kind: Kind) -> list[str]:
    """How a stranger's film is decoded: nothing larger, longer or stranger than this."""
    size = ["-max_pixels", str(MOST_PIXELS), "-max_streams", str(_MOST_STREAMS)]
    length = ["-t", str(settings.FILM_MAX_SECONDS + _SPARE), "-codec_whitelist", _CODECS]
    return [*size, *length, "-threads", "1", "-filter_threads", "1", *read_from("fd:", kind)]


def look_at(source: IO[bytes], kind: Kind) -> Probe:
    """What it is; raises ``FilmRefused`` for what will not become a film of ours, or ``Killed``."""
    try:
        try:
            found = _looked(source, kind, "-map", "0:a:0?", "-frames:a", "1")
        except Failed:  # of a sound that nobody knows: it is shown without
            found = _looked(source, kind)
        if found.matrix.startswith(("bt2020", "ictcp")):
            found = replace(found, transfer=_transfer(source, kind))
    except Failed as failed:
        raise FilmRefused(_why_not(source, kind, failed)) from None
    if found.seconds >= settings.FILM_MAX_SECONDS + 1:
        raise FilmRefused(Reason.TOO_LONG)
    return found


def _looked(source: IO[bytes], kind: Kind, *sound: str) -> Probe:
    """Decode the first frame, and go through all packets."""
    drawing = ("-print_graphs", "-print_graphs_format", "json", "-print_graphs_file", "pipe:1")
    first = ("-map", "0:V:0", "-frames:v", "1", *sound, "-sn", "-dn", "-f", "null", "-")
    whole = ("-map", "0:V:0", "-c", "copy", "-sn", "-dn", "-f", "null", "-")
    return _described(*_asked(source, *drawing, "-xerror", *bounded(kind), *first, *whole))


def _asked(source: IO[bytes], *arguments: str) -> tuple[bytes, float]:
    """What ffmpeg answers about a film, and up to which second it came."""
    source.seek(0)
    with TemporaryFile() as answer:
        ffmpeg = Ffmpeg(
            arguments,
            _LIMITS,
            takes=source.fileno(),
            gives=answer.fileno(),
            file_bytes=_ANSWER_BYTES,
        )
        with ffmpeg:
            seconds = max(ffmpeg.told(), default=0.0)
            ffmpeg.end()
        answer.seek(0)
        return answer.read(), seconds


def _described(drawing: bytes, seconds: float) -> Probe:
    """What the drawing says of the frame that leaves the last filter, turned the right way up."""
    try:
        sinks = _sinks(json.loads(drawing))
        frame = sinks["video"]
        width, height = int(frame["width"]), int(frame["height"])
        aspect = Fraction(frame.get("sar", "1:1").replace(":", "/")) or Fraction(1)
    except (ValueError, KeyError, ZeroDivisionError):
        raise FilmRefused(Reason.BROKEN) from None
    return Probe(
        seconds=seconds,
        width=max(1, round(width * aspect)),
        height=height,
        matrix=frame.get("color_space", ""),
        has_sound="audio" in sinks,
    )


def _sinks(drawing: Any) -> dict[str, Any]:
    """Where frames leave the filters, per kind of media."""
    filters = [each for graph in drawing["graphs"] for each in graph["filters"]]
    ends = [each for each in filters if each["filter_name"] in ("buffersink", "abuffersink")]
    return {end["media_type"]: end for each in ends for end in each["filter_inputs"]}


def _transfer(source: IO[bytes], kind: Kind) -> str:
    """How its light is told, which the drawing leaves out and a chunk of a PNG says."""
    frame = ("-map", "0:V:0", "-vf", "scale=16:16", "-frames:v", "1", "-c:v", "png")
    png, _ = _asked(source, *bounded(kind), *frame, "-f", "image2pipe", "pipe:1")
    _, _, chunk = png.partition(b"cICP")
    return _HIGH_RANGE.get(chunk[1:2], "")


def _why_not(source: IO[bytes], kind: Kind, failed: Failed) -> Reason:
    """The reason behind a failure, asked of the header where ffmpeg does not tell."""
    if failed.error != errno.EINVAL:
        return Reason.BROKEN
    header = ("-map", "0:V:0", "-c", "copy", "-frames:v", "1", "-f", "framecrc", "pipe:1")
    try:
        told, _ = _asked(source, *read_from("fd:", kind), *header)
    except Failed:
        return Reason.NO_PICTURE
    size = re.search(rb"^#dimensions 0: ([0-9]+)x([0-9]+)$", told, re.MULTILINE)
    is_large = size and int(size[1]) * int(size[2]) > MOST_PIXELS
    return Reason.TOO_MANY_PIXELS if is_large else Reason.BROKEN
