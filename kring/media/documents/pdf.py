"""PDF: whole at first sight, and without what acts by itself, as far as names tell."""

import re
import zlib
from collections.abc import Iterator

from kring.media.documents.kinds import DocumentRefused
from kring.media.documents.windows import OVERLAP, windows
from kring.media.photo import Reason

_HEADER = b"%PDF-"
_BLANK = b"\0\t\n\f\r "  # some programs fill the last block of a file
_IN_FRONT = _BLANK + b"\xef\xbb\xbf"  # and a byte order mark
_WITHIN = 1024  # bytes of both ends, in which programs look for the header and for %%EOF
_LARGEST_ZIP_END = 22 + 0xFFFF

_ACTS = (b"/JavaScript", b"/Launch", b"/XFA")
_HOLDS = (b"/EmbeddedFile", b"/FileAttachment")
_PACKED = b"/ObjStm"
_DELIMITER = re.compile(rb"[\0\t\n\f\r /<>\[\](){}%]|$")
_ESCAPED_LETTER = re.compile(rb"#[4-7][0-9A-Fa-f]")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_LONGEST_NAME = 60  # bytes of the names above, however they are written
_MOST_ESCAPES = 5_000  # in a window; in a file of noise there are five

_MOST_PACKED = 5_000  # streams of objects
_MOST_UNPACKED = 32 * 1024 * 1024  # bytes of all of them
_LONGEST_HEAD = 2048  # bytes of what a stream says of itself
_CHUNK = 64 * 1024
_RARE = re.compile(rb"/(?:LZW|ASCII|A85|AHx|Run|RL|Crypt)|/Predictor\s+(?!1\b)|/Fl.*/Fl", re.DOTALL)


def begins(data: bytes) -> bool:
    """Whether a file begins as a PDF: a little white space in front is common, more is not."""
    return data[:_WITHIN].lstrip(_IN_FRONT).startswith(_HEADER)


def extension(data: bytes) -> str:
    """Check a file that begins as a PDF; raises ``DocumentRefused``."""
    tail = data[-_LARGEST_ZIP_END:]
    if b"%%EOF" not in tail.rstrip(_BLANK)[-_WITHIN:] or _ends_as_archive(tail):
        raise DocumentRefused(Reason.BROKEN)
    for window in windows(data):
        _check(window)
    for piece in _objects(data):
        _check(piece)
    return "pdf"


def _ends_as_archive(tail: bytes) -> bool:
    """Whether it is a zip archive as well, read from its end."""
    place = tail.find(b"PK\5\6")
    while 0 <= place <= len(tail) - 22:
        if place + 22 + int.from_bytes(tail[place + 20 : place + 22], "little") == len(tail):
            return True
        place = tail.find(b"PK\5\6", place + 1)
    return False


def _check(text: bytes) -> None:
    if any(_names(text, name) for name in _ACTS):
        raise DocumentRefused(Reason.MACROS)
    if any(name in text for name in _HOLDS):
        raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
    _check_disguised(text)


def _names(text: bytes, name: bytes) -> bool:
    """Whether a name stands in a text, and not only as the beginning of a longer one."""
    place = text.find(name)
    while place >= 0:
        if _DELIMITER.match(text, place + len(name)):
            return True
        place = text.find(name, place + 1)
    return False


def _check_disguised(text: bytes) -> None:
    """No name that matters is written with codes for letters; nobody does that in good faith."""
    for number, escape in enumerate(_ESCAPED_LETTER.finditer(text)):
        if number == _MOST_ESCAPES:
            raise DocumentRefused(Reason.BROKEN)
        start = text.rfind(b"/", max(0, escape.start() - _LONGEST_NAME), escape.start())
        name = text[start : escape.start() + _LONGEST_NAME] if start >= 0 else b""
        if _ESCAPED.sub(_decoded, name).startswith((*_ACTS, *_HOLDS, _PACKED)):
            raise DocumentRefused(Reason.MACROS)


def _decoded(code: re.Match[bytes]) -> bytes:
    return bytes.fromhex(code[1].decode())


def _objects(data: bytes) -> Iterator[bytes]:
    """The objects that lie packed together in streams, a bounded piece at a time."""
    room = _MOST_UNPACKED
    is_encrypted = b"/Encrypt" in data
    place, number = data.find(_PACKED), 0
    while place >= 0:
        number += 1
        for piece in _unpacked(data, place, is_encrypted=is_encrypted):
            room -= len(piece)
            if room < 0:
                raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
            yield piece
        if number == _MOST_PACKED:
            raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
        place = data.find(_PACKED, place + 1)


def _unpacked(data: bytes, place: int, *, is_encrypted: bool) -> Iterator[bytes]:
    """The content of the stream that says at this place what it is."""
    start = data.find(b"stream", place, place + _LONGEST_HEAD)
    head = data[max(0, data.rfind(b"obj", max(0, place - _LONGEST_HEAD), place)) : max(0, start)]
    if start < 0 or _RARE.search(head):
        raise DocumentRefused(Reason.BROKEN)
    if b"/Filter" not in head:
        return  # plain, and seen already
    start += len(b"stream")
    start += 2 if data[start : start + 2] == b"\r\n" else 1
    found = False
    for piece in _inflated(data, start):
        found = True
        yield piece
    if not (found or is_encrypted):
        raise DocumentRefused(Reason.BROKEN)


def _inflated(data: bytes, start: int) -> Iterator[bytes]:
    """What can be inflated from a place on; each piece begins with the end of the last."""
    inflater = zlib.decompressobj()
    packed, tail = data[start : start + _CHUNK], b""
    try:
        while packed and not inflater.eof:
            piece = inflater.decompress(packed, _CHUNK)
            start += len(packed) - len(inflater.unconsumed_tail)
            packed = inflater.unconsumed_tail or data[start : start + _CHUNK]
            if piece:
                yield tail + piece
                tail = (tail + piece)[-OVERLAP:]
    except zlib.error:
        return
