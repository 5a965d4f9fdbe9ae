"""What a document can be, and why a file is none."""

from dataclasses import dataclass

from kring.media.photo import Reason

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_TYPES = {
    "pdf": "application/pdf",
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "pptx": _OOXML + "presentationml.presentation",
    "ppsx": _OOXML + "presentationml.slideshow",
    "odt": _ODF + "text",
    "ods": _ODF + "spreadsheet",
    "odp": _ODF + "presentation",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "csv": "text/csv",
    "ics": "text/calendar",
}
MAIN_PARTS = {f"{_TYPES[kind]}.main+xml": kind for kind in ("docx", "xlsx", "pptx", "ppsx")}
MIME_TYPES = {_TYPES[kind].encode(): kind for kind in ("odt", "ods", "odp")}


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was looked at. The name is safe; its extension is that of the content."""

    name: str
    extension: str


class DocumentRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A file that is not taken as a document, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def content_type(extension: str) -> str:
    """What a document is called on the web; anything else is bytes without a meaning."""
    return _TYPES.get(extension, "application/octet-stream")
