"""An .xlsx: looked through before it is opened, and no formula in it is ever calculated."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import Any

from openpyxl import load_workbook

from kring.importing.sources import SourceFile
from kring.importing.sources.bounds import MANIFEST, Bounds, see_that_parts_are_themselves
from kring.importing.sources.report import Refused, Report

MOST_PARTS = 500
MOST_UNPACKED = 80 * 1024 * 1024
MOST_CELLS = 10_000_000  # empty ones too
CHUNK = 256 * 1024
OVERLAP = 64  # so that nothing hides between two chunks
_DOCUMENT_TYPE = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[ >/]")


def rows_of(file: SourceFile, report: Report) -> Iterator[tuple[int, list[str]]]:
    """Each row of the first sheet, with its number."""
    try:
        has_formulas = _look_through(file, report)
        yield from _rows(file, report, has_formulas=has_formulas)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook breaks openpyxl in any way there is
        report.stop("broken_workbook")


def _look_through(file: SourceFile, report: Report) -> bool:
    """Refuse what no spreadsheet program writes. Whether there are formulas in it."""
    file.content.seek(0)
    with zipfile.ZipFile(file.content) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            report.stop("workbook_too_big")
        if len(names) < len(parts) or any(_climbs(name) for name in names):
            report.stop("unsafe_workbook")
        if any(part.flag_bits & 1 for part in parts):
            report.stop("old_workbook")
        if MANIFEST not in names:
            report.stop("no_workbook")
        return _look_into(archive, parts, report)


def _climbs(name: str) -> bool:
    """Whether a part would land outside the folder that it is unpacked in."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name


def _look_into(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], report: Report) -> bool:
    see_that_parts_are_themselves(archive, report)
    bounds = Bounds(report)
    has_formulas = False
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        bounds.begin(part.filename)
        with archive.open(part) as content:
            before = b""
            while chunk := content.read(CHUNK):
                seen = before + chunk
                before = chunk[-OVERLAP:]
                if _DOCUMENT_TYPE.search(seen):
                    report.stop("unsafe_workbook", column=part.filename)
                bounds.see(chunk)
                has_formulas = has_formulas or bool(_FORMULA.search(seen))
    return has_formulas


def _rows(
    file: SourceFile, report: Report, *, has_formulas: bool
) -> Iterator[tuple[int, list[str]]]:
    sheet = _first_sheet(file, report, data_only=True)
    formulas: Iterator[tuple[Any, ...]] = iter(())
    if has_formulas:
        formulas = _first_sheet(file, None, data_only=False).iter_rows(values_only=True)
    cells = 0
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells += len(values)
        if cells > MOST_CELLS:
            report.stop("workbook_too_big", line=line)
        yield line, [_text(*both) for both in zip_longest(values, next(formulas, ()))]


def _first_sheet(file: SourceFile, report: Report | None, *, data_only: bool) -> Any:
    file.content.seek(0)
    book = load_workbook(file.content, read_only=True, data_only=data_only, keep_links=False)
    if report and len(book.worksheets) > MOST_PARTS:  # many may be one part
        report.stop("workbook_too_big")
    sheets: list[Any] = [one for one in book.worksheets if one.sheet_state == "visible"]
    for sheet in sheets:
        sheet.reset_dimensions()  # what it says of its own size need not be true
    full = [one for one in sheets if any(any(row) for row in one.iter_rows(max_row=5))]
    if report and not full:
        report.stop("empty")
    if report and len(full) > 1:
        report.warn("other_sheets", value=str(full[0].title))
    return full[0]


def _text(value: Any, formula: Any = None) -> str:
    """As text. A formula that nothing has calculated is its own text: who reads it refuses it."""
    match value:
        case None:
            return "" if formula is None else "=" + str(formula).removeprefix("=")
        case bool():
            return "ja" if value else "nee"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case _:
            return str(value)
