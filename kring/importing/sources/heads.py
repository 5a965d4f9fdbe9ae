"""What kind of file it is, by its first bytes: names lie."""

from __future__ import annotations

import codecs
import os
from collections.abc import Sequence

from kring.importing.sources import MOST_BYTES, SourceFile
from kring.importing.sources.report import Report

ZIP = b"PK"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, and also a workbook behind a password
PDF = b"%PDF"
HEAD = 4096

# Longest first: the mark of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def only_one(files: Sequence[SourceFile], report: Report) -> SourceFile:
    """The one file of a source that has one."""
    if len(files) > 1:
        report.stop("one_file_only")
    return files[0]


def head_of(file: SourceFile, report: Report) -> bytes:
    """Its first bytes; refused where it is empty or too big."""
    size = file.content.seek(0, os.SEEK_END)
    file.content.seek(0)
    if size >= MOST_BYTES:
        report.stop("too_big", value=str(MOST_BYTES // 1024 // 1024))
    head = file.content.read(HEAD)
    file.content.seek(0)
    if not head.strip(b"\0 \t\r\n"):
        report.stop("empty")
    return head


def mark_of(head: bytes) -> tuple[bytes, str]:
    """The byte order mark that a text begins with, and the encoding that it stands for."""
    return next((one for one in MARKS if head.startswith(one[0])), (b"", ""))
