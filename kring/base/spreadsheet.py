"""Lists as a file that a Dutch spreadsheet opens, and never runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

BYTE_ORDER_MARK = "\ufeff"  # else Excel takes it for another coding
_STARTS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_STARTS_A_FORMULA_TOO = ("\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """What a spreadsheet would run as a formula, begins with an apostrophe."""
    if text.startswith(_STARTS_A_FORMULA_TOO) or text.lstrip().startswith(_STARTS_A_FORMULA):
        return f"'{text}"
    return text


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Semicolons, CRLF, UTF-8 with its mark: as Excel in the Netherlands reads and writes it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerows([safe_cell("" if cell is None else str(cell)) for cell in row] for row in rows)
    return f"{BYTE_ORDER_MARK}{file.getvalue()}".encode()


def download(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The file, to keep; no browser opens it as a page."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)
