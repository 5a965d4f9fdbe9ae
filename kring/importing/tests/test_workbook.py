from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from kring.importing.sources import Reading
from kring.importing.sources.carers import Carers
from kring.importing.tests import made

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

HEADER = ["roepnaam", "achternaam", "geboortedatum", "e-mail", "mobiel"]
NOOR: list[object] = ["Noor", "Vos", date(2018, 4, 13), "noor@gezin.example", 612345678]


def read(content: bytes) -> Reading:
    return Carers().read([made.as_file(content, "ouders.xlsx")])


def codes(reading: Reading) -> list[str]:
    return [one.code for one in reading.problems]


def saved(fill: Callable[[Workbook], object]) -> bytes:
    book = Workbook()
    fill(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def with_parts(content: bytes, **changed: str | bytes | None) -> bytes:
    """The workbook with other parts in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, part in changed.items():
            if part is not None:
                new.writestr(name, part, zipfile.ZIP_DEFLATED)
    return written.getvalue()


LIST = made.as_xlsx([HEADER, NOOR])
SHEET = "xl/worksheets/sheet1.xml"


def sheet_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(SHEET).decode()


def test_dates_and_numbers_of_cells_are_what_they_are() -> None:
    reading = read(LIST)
    assert reading.roster, reading.problems
    (noor,) = reading.roster.students
    assert noor.born_on == date(2018, 4, 13)
    assert noor.carers[0].telephone == "+31612345678"
    sheet = sheet_of(LIST).replace("612345678", "612345678.0")
    again = read(with_parts(LIST, **{SHEET: sheet}))
    assert again.roster == reading.roster
    for born_on in (datetime(2018, 4, 13, 12, 30), 43203, 43203.0, "13-4-18"):  # noqa: DTZ001
        other = read(made.as_xlsx([HEADER, [*NOOR[:2], born_on, *NOOR[3:]]]))
        assert other.roster
        assert other.roster.students[0].born_on == date(2018, 4, 13)


def test_yes_and_no_of_a_spreadsheet_are_yes_and_no() -> None:
    rows: list[list[object]] = [[*HEADER, "gezag"], [*NOOR, True], ["Sem", *NOOR[1:], False]]
    reading = read(made.as_xlsx(rows))
    assert reading.roster
    known = [one.carers[0].has_authority for one in reading.roster.students]
    assert known == ["yes", "no"]


def test_title_rows_and_empty_rows_do_not_count() -> None:
    reading = read(made.as_xlsx([["Lijst 2026"], [], HEADER, [], NOOR, [None, " "]]))
    assert reading.roster, reading.problems
    assert [one.line for one in reading.roster.students] == [5]


def test_only_the_first_sheet_is_read_and_hidden_ones_are_not_there() -> None:
    def fill(book: Workbook) -> None:
        book.active.sheet_state = "hidden"  # type: ignore[union-attr]
        book.active.append(["geheim"])  # type: ignore[union-attr]
        for title in ("Ouders", "Leeg", "Oud"):
            sheet = book.create_sheet(title)
            for row in [HEADER, NOOR] if title != "Leeg" else []:
                sheet.append(row)

    reading = read(saved(fill))
    assert reading.roster
    assert [(one.code, one.value) for one in reading.problems] == [("other_sheets", "Ouders")]


def test_an_empty_workbook_is_refused() -> None:
    assert codes(read(saved(id))) == ["empty"]


def test_a_formula_that_nothing_calculated_is_refused_at_its_cell() -> None:
    reading = read(made.as_xlsx([HEADER, ['=CONCATENATE("No","or")', *NOOR[1:]]]))
    assert [(one.code, one.line, one.column) for one in reading.problems] == [
        ("formula", 2, "roepnaam")
    ]


def test_of_a_formula_that_was_calculated_the_value_is_read() -> None:
    sheet = sheet_of(made.as_xlsx([HEADER, ["=1", *NOOR[1:]]]))
    assert "<f>1</f><v></v>" in sheet or "<f>1</f><v/>" in sheet or "<f>1</f><v />" in sheet
    for empty in ("<v></v>", "<v/>", "<v />"):
        sheet = sheet.replace(f"<f>1</f>{empty}", "<f>1</f><v>Noor</v>")
    sheet = sheet.replace('<c r="A2">', '<c r="A2" t="str">')
    reading = read(with_parts(LIST, **{SHEET: sheet}))
    assert reading.roster, reading.problems
    assert reading.roster.students[0].first_name == "Noor"


def test_an_error_in_a_cell_is_refused_where_it_is_read() -> None:
    reading = read(made.as_xlsx([HEADER, ["#REF!", *NOOR[1:]]]))
    assert [(one.code, one.column) for one in reading.problems] == [("cell_error", "roepnaam")]


# ── not to be opened ─────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "xl\\..\\..\\x", "C:\\x"])
def test_a_zip_that_climbs_out_of_its_folder_is_not_opened(name: str) -> None:
    assert codes(read(with_parts(LIST, **{name: b"x"}))) == ["unsafe_workbook"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "docProps/core.xml"])
def test_a_document_type_in_any_part_is_refused(part: str, encoding: str) -> None:
    bad = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'.encode(encoding)
    assert codes(read(with_parts(LIST, **{part: bad}))) == ["unsafe_workbook"]


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = with_parts(LIST, **{SHEET: b" " * (81 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    assert codes(read(bomb)) == ["workbook_too_big"]


def test_more_elements_than_a_list_has_are_refused() -> None:
    bomb = with_parts(LIST, **{SHEET: b"<x/>" * 7_000_000})
    assert codes(read(bomb)) == ["workbook_too_big"]


TYPES, BOOK = "[Content_Types].xml", "xl/workbook.xml"


def part_of(name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(LIST)) as archive:
        return archive.read(name).decode()


def bomb(where: str, before: str, what: str, times: int) -> bytes:
    return with_parts(LIST, **{where: part_of(where).replace(before, what * times + before)})


RUNS = '<row r="3"><c r="A3" t="inlineStr"><is>'
STYLE = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'


@pytest.mark.parametrize(
    "content",
    [
        bomb("xl/styles.xml", "</cellXfs>", STYLE, 210_000),
        bomb(BOOK, "</workbook>", "<definedName/>", 210_000),
        bomb(TYPES, "</Types>", '<Override PartName="/x" ContentType="a/b"/>', 30_000),
        bomb(SHEET, "</sheetData>", RUNS + "<r><t>x</t></r>" * 80_000, 1),
        bomb(SHEET, "</worksheet>", "<t></t>", 110_000),
        bomb(SHEET, "</sheetData>", "<row></row>", 1_150_000),
    ],
    ids=["styles", "names", "types", "runs", "outside", "rows"],
)
def test_what_is_kept_in_memory_as_a_whole_is_little(content: bytes) -> None:
    assert codes(read(content)) == ["workbook_too_big"]


def test_one_part_that_is_a_thousand_sheets_is_not_read() -> None:
    one = '<sheet name="s{}" sheetId="{}" state="visible" r:id="rId1"/>'
    names = "".join(one.format(number, number) for number in range(2, 1002))
    link = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    names = names.replace("r:id", f"{link} r:id")
    book = part_of(BOOK).replace("</sheets>", f"{names}</sheets>")
    assert codes(read(with_parts(LIST, **{BOOK: book}))) == ["workbook_too_big"]


def test_a_workbook_that_passes_for_a_sheet_is_not_opened() -> None:
    moved = part_of(TYPES).replace("/xl/workbook.xml", "/xl/worksheets/book.xml")
    hidden = moved.replace("worksheets/book", "worksheet&#115;/book")
    for types in (moved, hidden):
        parts = {TYPES: types, BOOK: None, "xl/worksheets/book.xml": part_of(BOOK)}
        assert codes(read(with_parts(LIST, **parts))) == ["unsafe_workbook"]


def test_a_list_with_a_link_in_every_row_is_no_bomb() -> None:
    sheet = sheet_of(LIST).replace("</sheetData>", "</sheetData><hyperlinks>", 1)
    links = "".join(f'<hyperlink ref="D{n}" display="x{n}@gezin.example"/>' for n in range(30_000))
    sheet = sheet.replace("<hyperlinks>", f"<hyperlinks>{links}</hyperlinks>")
    assert read(with_parts(LIST, **{SHEET: sheet})).roster


def test_rows_of_empty_cells_without_end_are_refused() -> None:
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"/></row>' for n in range(3, 700))
    sheet = sheet_of(LIST).replace("</sheetData>", f"{rows}</sheetData>")
    assert "workbook_too_big" in codes(read(with_parts(LIST, **{SHEET: sheet})))


def test_a_locked_part_is_refused() -> None:
    locked = bytearray(LIST)
    locked[locked.rfind(b"PK\x01\x02") + 8] |= 1
    assert codes(read(bytes(locked))) == ["old_workbook"]


def test_a_picture_in_it_does_not_matter() -> None:
    assert read(with_parts(LIST, **{"xl/media/image1.png": b"<!DOCTYPE x>"})).roster


def test_too_many_parts_are_refused() -> None:
    many = {f"x{number}": b"" for number in range(501)}
    assert codes(read(with_parts(LIST, **many))) == ["workbook_too_big"]


@pytest.mark.parametrize("reach", ["A1:XFD1048576", "A1:A1", "nonsense"])
def test_what_a_sheet_says_of_its_own_size_is_not_believed(reach: str) -> None:
    sheet = sheet_of(LIST).replace("<sheetData>", f'<dimension ref="{reach}"/><sheetData>', 1)
    reading = read(with_parts(LIST, **{SHEET: sheet}))
    assert reading.roster or codes(reading) == ["broken_workbook"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('r="E2"', 'r="XFD2"', "too_many_columns"),
        ('<row r="2"', '<row r="99999999"', "too_many_rows"),
        ('r="E2"', 'r="ZZZZZZ2"', "broken_workbook"),
        ("</sheetData>", "", "broken_workbook"),
    ],
)
def test_a_sheet_that_no_program_writes_is_refused(old: str, new: str, code: str) -> None:
    sheet = sheet_of(LIST)
    assert old in sheet
    assert code in codes(read(with_parts(LIST, **{SHEET: sheet.replace(old, new)})))


def test_a_password_an_old_workbook_and_a_zip_of_something_else() -> None:
    assert codes(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)) == ["old_workbook"]
    assert codes(read(with_parts(LIST, **{"[Content_Types].xml": None}))) == ["no_workbook"]
    assert codes(read(LIST[: len(LIST) // 2])) == ["broken_workbook"]
