"""Files of text: plain, CSV, calendars and RTF."""

import codecs
import re

from kring.media.documents.kinds import DocumentRefused
from kring.media.documents.windows import windows
from kring.media.photo import Reason

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f]")  # \x0b is what PowerPoint ends lines with
_RTF = b"{\\rtf1"
_RTF_HOLDS = (b"\\obj", b"\\bin", b"\\template", b"ddeauto")
_HEAD = 1024  # characters in which a browser that guesses would look
_MARKUP = re.compile(
    r"^\s*<[a-z!?/]"
    r"|<(?:!doctype|\?xml|\?php|html|head|body|title|meta|script|style|svg|iframe|object|embed"
    r"|img|form|link|base|a|div|p|br|table|font|h1)[\s/>]"
    r"|^\s*(?:\#!|@echo|@if|windows\ registry\ editor|regedit4|\[internetshortcut\]"
    r"|\[desktop\ entry\])",
    re.IGNORECASE | re.VERBOSE,
)
_CALENDAR = re.compile(r"\s*BEGIN:VCALENDAR\s", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def extension(data: bytes, name: str) -> str:
    """Tell RTF, a calendar, CSV (by its name only) and other text; raises ``DocumentRefused``."""
    if data.startswith(_RTF):
        return _rtf(data)
    head = _checked(data)
    if _MARKUP.search(head):
        raise DocumentRefused(Reason.UNKNOWN_KIND)
    if _CALENDAR.match(head):
        return "ics"
    return "csv" if name.lower().rstrip(" .").endswith(".csv") else "txt"


def _rtf(data: bytes) -> str:
    """RTF is written in plain signs, and closes what it opened; nothing else lies in it."""
    if not data[-64:].rstrip(b"\0\t\n\r ").endswith(b"}"):
        raise DocumentRefused(Reason.BROKEN)
    for window in windows(data.rstrip(b"\0")):
        small = window.lower()
        if any(held in small for held in _RTF_HOLDS):
            raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
        if len(small.translate(None, _CONTROLS)) != len(small):
            raise DocumentRefused(Reason.BROKEN)
    return "rtf"


def _checked(data: bytes) -> str:
    """The first characters of a text in UTF-8, UTF-16 with its mark, or Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    try:
        return _decoded(data, "utf-8")
    except DocumentRefused:
        return _decoded(data, "cp1252")


def _decoded(data: bytes, encoding: str) -> str:
    """Decode all of it, a part at a time: no control characters, nothing that is no text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    head, size = "", 64 * 1024
    try:
        for start in range(0, len(data), size):
            text = decoder.decode(data[start : start + size], final=start + size >= len(data))
            if _CONTROL.search(text):
                raise DocumentRefused(Reason.UNKNOWN_KIND)
            head = head or text[:_HEAD].removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise DocumentRefused(Reason.UNKNOWN_KIND) from None
    return head
