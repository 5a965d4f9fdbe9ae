"""CSV as spreadsheet programs write it: any separator, any encoding, and ``sep=;`` at the top."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kring.importing.sources import MOST_COLUMNS, SourceFile, heads
from kring.importing.sources.report import Report
from kring.importing.sources.values import CONTENT

SEPARATORS = ";,\t|"
CHUNK = 64 * 1024
MOST_IN_LINE = 1_000  # separators
MOST_IN_ROW = 100_000  # separators of a row that runs over many lines, as in an open quotation
SAMPLE = 50  # lines to see by what the cells are parted
_SEP_LINE = re.compile(r'"?sep=([;,\t|:^~])"?\s*', re.IGNORECASE)
_LITERAL = re.compile(r'="([^"]*)"')  # how exports keep a spreadsheet from rounding


def rows_of(file: SourceFile, head: bytes, report: Report) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on."""
    text = io.TextIOWrapper(file.content, _encoding(file, head, report), newline="")
    try:
        first = text.readline(CHUNK)
        named = _SEP_LINE.fullmatch(first)
        if not named:
            text.seek(0)
        separator = named[1] if named else _separator(text)
        yield from _rows(text, separator, 1 if named else 0, report)
    finally:
        text.detach()  # the file is not ours to close


def _rows(
    text: io.TextIOWrapper, separator: str, above: int, report: Report
) -> Iterator[tuple[int, list[str]]]:
    lines = _Bounded(text, separator, above, report)
    reader = csv.reader(lines, delimiter=separator)
    line = above + 1
    try:
        for cells in reader:
            lines.of_row = 0
            if any(len(cell) > CONTENT for cell in cells):
                report.stop("open_quote", line=line)
            yield line, [_literal(cell) for cell in cells]
            line = above + reader.line_num + 1
    except csv.Error:
        report.stop("open_quote", line=line)


@dataclass
class _Bounded:
    """The lines, none of which becomes millions of cells."""

    text: io.TextIOWrapper
    separator: str
    above: int
    report: Report
    of_row: int = 0  # separators of the row that is being read

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(self.text, start=self.above + 1):
            found = line.count(self.separator)
            self.of_row += found
            if found > MOST_IN_LINE:
                self.report.stop("too_many_columns", line=number, value=str(MOST_COLUMNS))
            if self.of_row > MOST_IN_ROW:
                self.report.stop("open_quote", line=number)
            yield line


def _literal(cell: str) -> str:
    match = _LITERAL.fullmatch(cell.strip()) if cell.startswith("=") else None
    return match[1] if match else cell


def _separator(text: io.TextIOWrapper) -> str:
    """What parts the most rows into the same number of cells."""
    lines = [text.readline(CHUNK) for _ in range(SAMPLE)]
    text.seek(0)
    return max(SEPARATORS, key=lambda separator: _regularity(lines, separator))


def _regularity(lines: list[str], separator: str) -> int:
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=separator))
    except csv.Error:
        return 0
    del widths[0], widths[1]
    return max((width * times for width, times in widths.items()), default=0)


def _encoding(file: SourceFile, head: bytes, report: Report) -> str:
    """By its mark, by its NULs, or by trying: Dutch Excel writes UTF-8 or cp1252."""
    mark, marked = heads.mark_of(head)
    if mark:
        candidates = ["utf-8-sig" if marked == "utf-8" else marked]
    elif head.count(0) > len(head) // 4:
        candidates = ["utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"]
    else:
        candidates = ["utf-8", "cp1252"]
    found = next((one for one in candidates if _decodes(file, one)), None)
    return found or report.stop("encoding")


def _decodes(file: SourceFile, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.content.seek(0)
    try:
        while chunk := file.content.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    finally:
        file.content.seek(0)
    return True
