"""How much of a workbook may be read: what openpyxl keeps in memory is bounded before it opens it.

It reads a sheet row by row, the shared texts one by one, and any other part as a whole.
"""

from __future__ import annotations

import re
import zipfile

from kring.importing.sources.report import Report

MOST_TAGS = 6_000_000
MOST_OTHER_TAGS = 200_000  # than those of rows and cells, of all parts together
MOST_OF_ROW = 1024 * 1024  # bytes of one row, or of one shared text
MOST_ROW_TAGS = 2_200_000  # that begin or end one
MANIFEST = "[Content_Types].xml"
MOST_OF_MANIFEST = 1024 * 1024
SHEETS, TEXTS = "xl/worksheets/", "xl/sharedStrings.xml"
_ROW = re.compile(rb"<(/?)(?:\w{1,20}:)?(?:row|si|sheetData)(?=[\s/>])")
_OF_CELL = re.compile(rb"</?(?:\w{1,20}:)?(?:c|v|f|is|t)[\s/>]")
_WORKBOOK = re.compile(rb"<[^>]*main\+xml[^>]*>")


class Bounds:
    """Counts through all parts of a workbook, chunk by chunk, and stops where it is too much."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.tags = self.others = self.rows = 0
        self.is_sheet = self.is_in_row = False
        self.of_row = 0

    def begin(self, part: str) -> None:
        """Another part."""
        self.is_sheet = part == TEXTS or (part.startswith(SHEETS) and part.endswith(".xml"))
        self.is_in_row, self.of_row = False, 0

    def see(self, chunk: bytes) -> None:
        """The next bytes of it."""
        tags = chunk.count(b"<")
        self.tags += tags
        self.others += self._others(chunk, tags) if self.is_sheet else tags
        if self.tags > MOST_TAGS or self.others > MOST_OTHER_TAGS or self.rows > MOST_ROW_TAGS:
            self.report.stop("workbook_too_big")

    def _others(self, chunk: bytes, tags: int) -> int:
        """What is no row or cell, or stands outside the rows; and how long each row is."""
        first, *parts = _ROW.split(chunk)
        known = len(parts) // 2 + len(_OF_CELL.findall(chunk))
        self.rows += len(parts) // 2
        outside = self._go_on(first)
        for slash, text in zip(parts[::2], parts[1::2], strict=True):
            self.is_in_row, self.of_row = not slash, 0
            outside += self._go_on(text)
        return tags - known + outside

    def _go_on(self, text: bytes) -> int:
        """Further in a row, or the cells that stand in none."""
        if not self.is_in_row:
            return len(_OF_CELL.findall(text)) if b"<" in text else 0
        self.of_row += len(text)
        if self.of_row > MOST_OF_ROW:
            self.report.stop("workbook_too_big")
        return 0


def see_that_parts_are_themselves(archive: zipfile.ZipFile, report: Report) -> None:
    """No part that is read as a whole may pass for a sheet."""
    if archive.getinfo(MANIFEST).file_size > MOST_OF_MANIFEST:
        report.stop("workbook_too_big")
    manifest = archive.read(MANIFEST)
    books = _WORKBOOK.findall(manifest)
    is_sheet = any(name.encode() in book for book in books for name in (SHEETS, TEXTS))
    if is_sheet or b"&" in manifest or b"\0" in manifest:  # nothing else need be written so
        report.stop("unsafe_workbook", column=MANIFEST)
