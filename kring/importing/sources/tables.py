"""A list as rows of cells, from whatever a spreadsheet program made of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from kring.importing.sources import MOST_COLUMNS, MOST_ROWS, SourceFile, delimited, heads, workbook
from kring.importing.sources.report import Report

MOST_EMPTY_ROWS = 1_100_000  # a workbook that was formatted to its last row has a million
WEB_PAGE = (b"<html", b"<!doctype", b"<table", b"<head", b"<meta", b"<style", b"<div", b"<body")


class Row(NamedTuple):
    """The cells of a row, as text, without the empty ones at its end."""

    line: int
    cells: list[str]


def rows_of(file: SourceFile, report: Report) -> Iterator[Row]:
    """Its rows that have something in them; or the report says why there are none."""
    head = heads.head_of(file, report)
    if head.startswith(heads.ZIP):
        found = workbook.rows_of(file, report)
    else:
        _see_that_it_is_text(head, report)
        found = delimited.rows_of(file, head, report)
    return _bounded(found, report)


def _see_that_it_is_text(head: bytes, report: Report) -> None:
    if head.startswith(heads.OLD_OFFICE):
        report.stop("old_workbook")
    if head.startswith(heads.PDF):
        report.stop("pdf")
    mark, _ = heads.mark_of(head)
    start = head.removeprefix(mark).replace(b"\0", b"").lstrip().lower()
    if start.startswith(WEB_PAGE):
        report.stop("html")
    if start.startswith(b"<"):
        report.stop("xml_is_no_list")


def _bounded(found: Iterator[tuple[int, list[str]]], report: Report) -> Iterator[Row]:
    full = empty = 0
    for line, cells in found:
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            report.stop("too_many_columns", line=line, value=str(MOST_COLUMNS))
        full, empty = full + bool(cells), empty + (not cells)
        if full > MOST_ROWS or empty > MOST_EMPTY_ROWS:
            report.stop("too_many_rows", line=line, value=str(MOST_ROWS))
        if cells:
            yield Row(line, cells)


def peek(rows: Iterator[Row], most: int) -> tuple[list[Row], Iterator[Row]]:
    """The first rows, and all of them."""
    first = [row for _, row in zip(range(most), rows, strict=False)]
    return first, chain(first, rows)
