"""Office files: archives of parts, told apart and looked into part by part."""

from collections.abc import Iterator
from itertools import chain

from kring.media.documents.archive import Budget, Entry, entries_of, unpacked
from kring.media.documents.kinds import MAIN_PARTS, MIME_TYPES, DocumentRefused
from kring.media.documents.lists import Attributes, Look, show_elements
from kring.media.photo import Reason

ZIP = b"PK\3\4"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what office programs wrote before 2007
MOST_HELD = 16 * 1024 * 1024  # bytes of parts in memory at a time, which are files themselves
_DEEPEST = 3  # a workbook behind a chart in a presentation in a letter

_TYPES = "[content_types].xml"
_ACTIVE_TYPES = ("macroenabled", "vbaproject", "vbadata", "macrosheet", "activex")
_ACTIVE_PARTS = ("vbaproject", "macrosheets/", "activex/")
_FETCHED = ("/attachedtemplate", "/oleobject", "/frame", "/subdocument")
_FROM_THE_WEB = ("http:", "https:", "ftp:", "mhtml:", "mk:", "javascript:", "\\\\", "//")
_BASIC = ("Basic/", "Scripts/")


def extension(data: bytes) -> str:
    """Tell an office file by its parts, having looked into all; raises ``DocumentRefused``."""
    return _File(data, Budget(), depth=1, room=MOST_HELD).extension()


def refusal_of_compound(data: bytes) -> Reason:
    """Why a file of before 2007, or one with a password, is not taken."""
    if _has_stream(data, "EncryptedPackage"):
        return Reason.LOCKED
    old = ("WordDocument", "Workbook", "Book", "PowerPoint Document")
    known = any(_has_stream(data, name) for name in old)
    return Reason.NOT_A_DOCUMENT if known else Reason.UNKNOWN_KIND


def _has_stream(data: bytes, name: str) -> bool:
    """Whether the directory of a compound file may list a name; it is not worth a parser."""
    return name.encode("utf-16-le") in data


class _File:
    """An office file, or one that lies in another and shares its budget."""

    def __init__(self, data: bytes, budget: Budget, *, depth: int, room: int) -> None:
        self._data = data
        self._budget = budget
        self._depth = depth
        self._room = room
        self._entries = {entry.name.lower(): entry for entry in entries_of(data, budget)}

    def extension(self) -> str:
        found = self._ooxml() if _TYPES in self._entries else self._open_document()
        for entry in self._entries.values():
            self._look_into(entry)
        return found

    def _ooxml(self) -> str:
        if "mimetype" in self._entries:  # two things at a time
            raise DocumentRefused(Reason.UNKNOWN_KIND)
        if any(part in name for name in self._entries for part in _ACTIVE_PARTS):
            raise DocumentRefused(Reason.MACROS)
        found = self._main_parts()
        for name in self._entries:
            if name.endswith(".rels"):
                self._read(self._entries[name], _check_relation)
        if len(found) != 1 or "_rels/.rels" not in self._entries:
            raise DocumentRefused(Reason.UNKNOWN_KIND)
        return found.pop()

    def _main_parts(self) -> set[str]:
        found = set[str]()

        def look(tag: str, attributes: Attributes) -> None:
            kind = attributes.get("ContentType", "").strip().lower()
            if any(active in kind for active in _ACTIVE_TYPES):
                raise DocumentRefused(Reason.MACROS)
            part = attributes.get("PartName", "").removeprefix("/").lower()
            if tag == "Override" and kind in MAIN_PARTS and part in self._entries:
                found.add(MAIN_PARTS[kind])

        self._read(self._entries[_TYPES], look)
        return found

    def _open_document(self) -> str:
        names = [entry.name for entry in self._entries.values() if not entry.is_folder]
        told = self._small("mimetype")
        if told.strip() not in MIME_TYPES:
            raise DocumentRefused(Reason.UNKNOWN_KIND)
        manifest = self._small("meta-inf/manifest.xml")
        if "encrypted-package" in names or b"encryption-data" in manifest:
            raise DocumentRefused(Reason.LOCKED)
        if any(name.startswith(_BASIC) for name in names):
            raise DocumentRefused(Reason.MACROS)
        return MIME_TYPES[told.strip()]

    def _small(self, name: str) -> bytes:
        """A part that is small; nothing when it is not there."""
        entry = self._entries.get(name)
        if entry is None:
            return b""
        self._budget.spend(listed=entry.size)
        return b"".join(unpacked(self._data, entry))

    def _read(self, entry: Entry, look: Look) -> None:
        """Show each element of a part to ``look``, as long as there is not too much of them."""
        self._budget.spend(listed=entry.size)
        show_elements(b"".join(unpacked(self._data, entry)), look)

    def _look_into(self, entry: Entry) -> None:
        """Unpack a part to its end; what is a file of its own is looked into again."""
        head, pieces = _peeked(unpacked(self._data, entry))
        if not head.startswith((ZIP, COMPOUND)):
            for _ in pieces:
                pass
            return
        if entry.size > self._room or self._depth == _DEEPEST:
            raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
        self._look_into_file(b"".join(pieces))

    def _look_into_file(self, data: bytes) -> None:
        if data.startswith(COMPOUND):
            _check_object(data)
            return
        room = self._room - len(data)
        try:
            _File(data, self._budget, depth=self._depth + 1, room=room).extension()
        except DocumentRefused as refused:
            if refused.reason == Reason.UNKNOWN_KIND:
                raise DocumentRefused(Reason.TOO_MUCH_INSIDE) from None
            raise


def _peeked(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, and all pieces with these among them."""
    head = b""
    while len(head) < len(COMPOUND) and (piece := next(pieces, b"")):
        head += piece
    return head, chain([head], pieces)


def _check_relation(tag: str, attributes: Attributes) -> None:
    """Nothing may be fetched from the web, and run, when the file is opened."""
    if tag != "Relationship" or attributes.get("TargetMode", "").lower() != "external":
        return
    fetched = attributes.get("Type", "").lower().endswith(_FETCHED)
    if fetched and attributes.get("Target", "").strip().lower().startswith(_FROM_THE_WEB):
        raise DocumentRefused(Reason.MACROS)


def _check_object(data: bytes) -> None:
    """An object of another program in its old form: a formula or a drawing, no macros, no file."""
    if _has_stream(data, "_VBA_PROJECT"):
        raise DocumentRefused(Reason.MACROS)
    if _has_stream(data, "\1Ole10Native") or _has_stream(data, "EncryptedPackage"):
        raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
