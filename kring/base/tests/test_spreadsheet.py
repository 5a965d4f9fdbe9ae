"""A file that Excel opens, and that runs nothing."""

from __future__ import annotations

import csv
import io

import pytest

from kring.base.spreadsheet import as_csv, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+31612345678",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "\u00a0=1+1",
        "＝1+1",
        '=HYPERLINK("http://x.example";"klik")',
    ],
)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Sam", "van-der", "1=1", "groep 5", "'s-Gravenhage"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_the_file_is_as_dutch_excel_reads_it() -> None:
    written = as_csv([["Naam", "Groep"], ['Zoë "Zo" ; Bos', "=5"]])
    assert written.startswith(b"\xef\xbb\xbf")
    text = written.decode("utf-8-sig")
    assert text.startswith("Naam;Groep\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows == [["Naam", "Groep"], ['Zoë "Zo" ; Bos', "'=5"]]
