"""Documents: files that people save and open with programs of their own.

They are told by what is in them, never by their name, and go out as downloads only: with
``nosniff``, in a sandbox, under a safe name whose extension fits the content. They are kept as
they came, byte for byte, with whatever their author left in them.

Taken: PDF; Word, Excel and PowerPoint since 2007; OpenDocument texts, sheets and presentations;
RTF; plain text, CSV and calendars (iCalendar). Not taken, whatever they are called:

- Word, Excel and PowerPoint before 2007 (``NOT_A_DOCUMENT``). They can hold macros in places that
  only a parser of each format would find, and every program of today saves as something newer.
- Office files with macros (VBA, Excel 4 sheets, Basic, ActiveX), or that fetch a template or an
  object from the web when opened; PDF that names JavaScript, XFA or Launch (``MACROS``).
- Office files with a password, which no scanner looks into (``LOCKED``).
- Files that hold others of any kind: packages in Office, attachments in PDF, objects in RTF; and
  what unpacks to too much or too deep (``TOO_MUCH_INSIDE``). A workbook behind a chart is fine,
  and looked into the same way.
- HTML, SVG, XML, scripts, programs, archives and all else (``UNKNOWN_KIND``).

What is not promised: that no file abuses a fault of the program that opens it, that no formula or
field asks for something (CSV and Office can), that a PDF hides nothing in a stream filtered in a
rare way or encrypted. A PDF may be encrypted, as one that only forbids copying is. For what these
checks cannot tell there is the scanner (scanning.py).

All of it happens in this process: slicing, searching, and zlib and expat within set bounds. The
file is in memory once, and at most ``office.MOST_HELD`` bytes of its parts; a second is enough.
"""

import os
from typing import IO

from django.conf import settings

from kring.media.documents import office, pdf, plain
from kring.media.documents.kinds import Document, DocumentRefused, content_type
from kring.media.names import disposition, in_address, safe_name
from kring.media.photo import Reason

__all__ = [
    "Document",
    "DocumentRefused",
    "content_type",
    "disposition",
    "in_address",
    "inspect",
]


def inspect(file: IO[bytes], name: str) -> Document:
    """Tell what a file is and give it a safe name; raises ``DocumentRefused``."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        raise DocumentRefused(Reason.EMPTY)
    if size > settings.DOCUMENT_MAX_BYTES:
        raise DocumentRefused(Reason.TOO_LARGE)
    file.seek(0)
    extension = _extension(file.read(size), name)
    return Document(safe_name(name, extension), extension)


def _extension(data: bytes, name: str) -> str:
    if data.startswith(office.ZIP):
        return office.extension(data)
    if data.startswith(office.COMPOUND):
        raise DocumentRefused(office.refusal_of_compound(data))
    if pdf.begins(data):
        return pdf.extension(data)
    return plain.extension(data, name)
