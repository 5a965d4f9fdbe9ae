"""Lists for a spreadsheet: as Dutch Excel reads them, and nothing in them is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a cell that is reckoned begins with


def as_csv(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A file to download: semicolons, and the mark by which Excel knows that it is UTF-8."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    content = f"\ufeff{text.getvalue()}".encode()
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def harmless(cell: object) -> str:
    """The text of a cell, as text to whatever opens it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text
