"""Zip archives as office programs write them, read so strictly that nobody can read them otherwise.

Every byte but for small gaps belongs to one entry, and what two readers could take differently is
refused: data in front or behind, comments, Zip64, overlapping or double entries, headers that
contradict the directory. Costs time and memory only within the ``Budget``.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from struct import Struct
from typing import NamedTuple, NoReturn

from kring.media.documents.kinds import DocumentRefused
from kring.media.photo import Reason

MOST_ENTRIES = 10_000
MOST_UNPACKED = 150 * 1024 * 1024
MOST_LISTED = 2 * 1024 * 1024  # bytes of XML that is read, and not only unpacked
_UNPACKED_ANYHOW = 10 * 1024 * 1024  # small files may be packed as tightly as they like
_RATIO = 100
_CHUNK = 64 * 1024
_GAP = 24  # what follows an entry that was written as a stream: sizes, perhaps of 64 bits

_END = Struct("<4s4H2LH")
_ENTRY = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_ENCRYPTED = 1 | 1 << 6 | 1 << 13
_STREAMED = 1 << 3
_STORED, _DEFLATED = 0, 8
_UNKNOWN_SIZE = 0xFFFFFFFF


class _Listed(NamedTuple):
    """What the directory says of an entry."""

    sign: bytes
    made_by: int
    needs: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name: int  # bytes of it, as of the next two
    extra: int
    comment: int
    disk: int
    internal: int
    external: int
    header: int  # where it begins


class _Local(NamedTuple):
    """What stands in front of an entry."""

    sign: bytes
    needs: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name: int
    extra: int


@dataclass(slots=True)
class Budget:
    """What one file may still unpack to, whatever lies inside of what."""

    entries: int = MOST_ENTRIES
    unpacked: int = MOST_UNPACKED
    listed: int = MOST_LISTED

    def spend(self, *, entries: int = 0, unpacked: int = 0, listed: int = 0) -> None:
        """Raises ``DocumentRefused`` when it is too much."""
        self.entries -= entries
        self.unpacked -= unpacked
        self.listed -= listed
        if min(self.entries, self.unpacked, self.listed) < 0:
            raise DocumentRefused(Reason.TOO_MUCH_INSIDE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive. ``start`` and ``end`` are where its packed bytes lie."""

    name: str
    deflated: bool
    crc: int
    size: int
    header: int
    start: int
    end: int

    @property
    def is_folder(self) -> bool:
        """Folders are entries too, in OpenDocument."""
        return self.name.endswith("/")


def entries_of(data: bytes, budget: Budget) -> list[Entry]:
    """The entries in the order of the directory; raises ``DocumentRefused``."""
    directory, end, count = _directory(data)
    budget.spend(entries=count)
    entries, place = [], directory
    for _number in range(count):
        entry, place = _entry(data, place, end)
        entries.append(entry)
    if place != end or len({entry.name.lower() for entry in entries}) != count:
        _broken()
    _check_places(entries, directory)
    _check_sizes(entries, len(data), budget)
    return entries


def unpacked(data: bytes, entry: Entry) -> Iterator[bytes]:
    """An entry's content, a bounded piece at a time; raises ``DocumentRefused`` if told wrongly."""
    size = crc = 0
    for piece in (_inflated if entry.deflated else _stored)(data, entry):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        if size > entry.size:
            raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
        yield piece
    if (size, crc) != (entry.size, entry.crc):
        _broken()


def _broken() -> NoReturn:
    raise DocumentRefused(Reason.BROKEN)


def _directory(data: bytes) -> tuple[int, int, int]:
    """Where the directory begins and ends, and how many entries it has."""
    end = len(data) - _END.size
    if end < 0:
        _broken()
    sign, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, end)
    whole = sign == b"PK\5\6" and not (disk or first_disk or comment) and here == count
    if not whole or start + size != end or count * _ENTRY.size > size:
        _broken()
    return start, end, count


def _entry(data: bytes, place: int, end: int) -> tuple[Entry, int]:
    """The entry that the directory has at a place, and the place of the next."""
    if place + _ENTRY.size > end:
        _broken()
    listed = _Listed._make(_ENTRY.unpack_from(data, place))
    named = place + _ENTRY.size
    raw = data[named : named + listed.name]
    following = named + listed.name + listed.extra + listed.comment
    whole = listed.sign == b"PK\1\2" and listed.method in {_STORED, _DEFLATED} and not listed.disk
    if not whole or following > end:
        _broken()
    if listed.flags & _ENCRYPTED:
        raise DocumentRefused(Reason.LOCKED)
    start = _content(data, listed, raw)
    deflated = listed.method == _DEFLATED
    if not deflated and listed.packed != listed.size:
        _broken()
    end = start + listed.packed
    return Entry(
        _name(raw), deflated, listed.crc, listed.size, listed.header, start, end
    ), following


def _content(data: bytes, listed: _Listed, name: bytes) -> int:
    """Where an entry's bytes begin: behind a header that says what the directory does."""
    named = listed.header + _LOCAL.size
    if named > len(data):
        _broken()
    local = _Local._make(_LOCAL.unpack_from(data, listed.header))
    agreed = local.sign == b"PK\3\4" and local.method == listed.method
    if not agreed or local.flags & _ENCRYPTED or data[named : named + local.name] != name:
        _broken()
    told = (local.crc, local.packed, local.size)
    known = not local.flags & _STREAMED and _UNKNOWN_SIZE not in told[1:]
    if known and told != (listed.crc, listed.packed, listed.size):
        _broken()
    return named + local.name + local.extra


def _name(raw: bytes) -> str:
    """The name, if it stays inside; only ASCII means anything to us."""
    name = raw.decode("latin-1")
    parts = name.removesuffix("/").split("/")
    if {"", ".", ".."} & set(parts) or set("\\:\x7f") & set(name) or min(name) < " ":
        _broken()
    return name


def _check_places(entries: list[Entry], directory: int) -> None:
    """From the first byte to the directory, one after another."""
    spans = sorted((entry.header, entry.end) for entry in entries)
    for (_, end), (following, _) in pairwise([(0, 0), *spans, (directory, directory)]):
        if not 0 <= following - end <= (_GAP if end else 0):
            _broken()


def _check_sizes(entries: list[Entry], packed: int, budget: Budget) -> None:
    total = sum(entry.size for entry in entries)
    if total > max(_UNPACKED_ANYHOW, _RATIO * packed):
        raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
    budget.spend(unpacked=total)


def _stored(data: bytes, entry: Entry) -> Iterator[bytes]:
    for start in range(entry.start, entry.end, _CHUNK):
        yield data[start : min(start + _CHUNK, entry.end)]


def _inflated(data: bytes, entry: Entry) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces = _stored(data, entry)
    packed = next(pieces, b"")
    while not inflater.eof:
        try:
            piece = inflater.decompress(packed, _CHUNK)
        except zlib.error:
            _broken()
        if not (piece or packed or inflater.eof):  # it ends too early
            _broken()
        yield piece
        packed = inflater.unconsumed_tail or next(pieces, b"")
    if inflater.unused_data or packed:
        _broken()
