from __future__ import annotations

from datetime import date

import pytest

from kring.importing.sources.carers import Carers
from kring.importing.tests import made
from kring.importing.tests.list_parts import (
    HEADER,
    NAMED,
    NOOR,
    one_of,
    problems,
    read,
    students,
    with_cell,
)


# ── how it is written ────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_encoding_and_separator_of_a_spreadsheet(encoding: str, separator: str) -> None:
    text = f"{HEADER}\r\n{NOOR.replace('Noor', 'Zoë')}\r\n".replace(";", separator)
    assert students(text.encode(encoding))[0].first_name == "Zoë"


def test_the_line_that_names_the_separator_and_the_title_above_the_header() -> None:
    text = f"sep=;\r\nLeerlingen van De Wilgenhoek, 1 oktober\r\n\r\n{HEADER}\r\n{NOOR}\r\n"
    noor = students(text)[0]
    assert (noor.first_name, noor.line) == ("Noor", 5)


def test_a_line_break_in_a_cell_keeps_the_count_of_lines() -> None:
    text = f"{HEADER}\n{NOOR.replace('Groep 3', chr(34) + 'Groep' + chr(10) + '3' + chr(34))}\n"
    first, second = students(text + NOOR.replace("Noor", "Sem"))
    assert (first.group_name, first.line, second.line) == ("Groep 3", 2, 4)


def test_bytes_that_are_letters_in_no_encoding_are_refused() -> None:
    reading = read(f"{HEADER}\n{NOOR}".encode() + b"\xff\x81")
    assert problems(reading) == [("refused", "encoding", None, "", "")]


def test_a_quotation_mark_that_is_not_closed_is_refused_at_its_line() -> None:
    rows = "\n".join([NOOR] * 60)
    reading = read(f'{HEADER}\n{NOOR}\n"{NOOR}\n{rows}')
    assert problems(reading) == [("refused", "open_quote", 3, "", "")]


def test_a_cell_without_end_is_refused() -> None:
    reading = read(f'{HEADER}\n"{"x" * 140_000}')
    assert problems(reading)[0] == ("refused", "open_quote", 2, "", "")
    assert problems(read('"' + "x" * 140_000)) == [("refused", "open_quote", 1, "", "")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 x", "pdf"),
        (b"<html><table><tr><td>roepnaam", "html"),
        (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "html"),
        (b"<?xml version='1.0'?><EDEX/>", "xml_is_no_list"),
    ],
)
def test_what_is_no_list_is_refused_whatever_its_name(content: bytes, code: str) -> None:
    reading = Carers().read([made.as_file(content, "ouders.xls")])
    assert problems(reading) == [("refused", code, None, "", "")]


# ── columns ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Roepnaam leerling", "first_name"),
        ("ACHTERNAAM", "last_name"),
        ("Geb.datum", "born_on"),
        ("Geboortedatm", "born_on"),  # a slip of the pen
        ("Klas", "group"),
        ("E-mailadres ouder/verzorger 2", "carer_2_email"),
        ("E-mail moeder", "carer_1_email"),
        ("E-mail vader", "carer_2_email"),
        ("Mobiel nummer ouder 2", "carer_2_telephone"),
        ("ouder_voornaam", "carer_1_first_name"),
        ("Ouderlijk gezag", "carer_1_has_authority"),
        ("Gezin", "carer_1_household"),
        ("Opmerkingen", ""),
        ("E-mail ouder 3", ""),
    ],
)
def test_columns_are_known_by_their_headers(header: str, field: str) -> None:
    reading = read(f"leerlingnummer;tussenvoegsel;{header}\n7;de;x")
    assert reading.columns[2].taken_for == field


def test_columns_without_a_known_header_are_known_by_what_is_in_them() -> None:
    rows = [f"Kind{n};Vos;1{n}-04-2018;ouder{n}@gezin.example;06 1234567{n}" for n in range(4)]
    reading = read("\n".join(["roepnaam;achternaam;A;B;C", *rows]))
    assert [one.taken_for for one in reading.columns[2:]] == [
        "born_on",
        "carer_1_email",
        "carer_1_telephone",
    ]
    assert reading.columns[3].samples == tuple(f"ouder{n}@gezin.example" for n in range(3))


def test_the_office_overrules_the_guess() -> None:
    text = "roepnaam;achternaam;x;y\nVos;Noor;noor@gezin.example;z"
    mapping = {1: "last_name", 2: "first_name", 3: "carer_1_email", 4: ""}
    reading = read(text, mapping)
    assert reading.roster
    assert reading.roster.students[0].first_name == "Noor"
    assert [one.taken_for for one in reading.columns] == list(mapping.values())


def test_without_a_header_the_office_must_say_what_is_what() -> None:
    rows = "Noor;Vos;noor@gezin.example\nSem;Bos;sem@gezin.example\nAya;Kok;aya@gezin.example"
    reading = read(rows)
    assert reading.is_refused
    assert [one.code for one in reading.problems] == [
        "no_header",
        "missing_column",
        "missing_column",
    ]
    assert reading.missing == ("first_name", "last_name")
    assert [one.taken_for for one in reading.columns] == ["", "", "carer_1_email"]
    again = read(rows, {1: "first_name", 2: "last_name", 3: "carer_1_email"})
    assert again.roster
    assert [one.first_name for one in again.roster.students] == ["Noor", "Sem", "Aya"]


def test_a_header_of_one_known_word_is_a_header() -> None:
    reading = read("Kind heet;Familie;E-mail\nNoor;Vos;noor@gezin.example")
    assert [one.header for one in reading.columns] == ["Kind heet", "Familie", "E-mail"]
    assert reading.missing == ("first_name", "last_name")


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({9: "first_name"}, "no_such_column"),
        ({1: "password"}, "no_such_field"),
        ({1: "first_name", 2: "first_name"}, "field_twice"),
        ({3: "key"}, "column_not_kept"),
    ],
)
def test_columns_that_cannot_be_taken_so_are_refused(mapping: dict[int, str], code: str) -> None:
    reading = read("roepnaam;achternaam;BSN\nNoor;Vos;111222333", mapping)
    assert reading.is_refused
    assert reading.problems[0].code == code


def test_a_column_that_is_needed_and_not_there_is_named() -> None:
    reading = read("roepnaam;geboortedatum\nNoor;13-04-2018")
    assert reading.missing == ("last_name", "carer_1_email")
    assert [(one.code, one.column) for one in reading.problems] == [
        ("missing_column", "last_name"),
        ("missing_column", "carer_1_email"),
    ]


@pytest.mark.parametrize(
    ("header", "kind"),
    [("BSN", "bsn"), ("Nationaliteit", "countries"), ("Geslacht", "sex"), ("Nummers", "bsn")],
)
def test_what_we_do_not_keep_is_counted_and_never_shown(header: str, kind: str) -> None:
    numbers = ("111222333", "123456782", "100000009")  # these pass the test of a BSN
    cells = (f"{NOOR.replace('Noor', f'Kind{n}')};{number}" for n, number in enumerate(numbers))
    reading = read("\n".join([f"{HEADER};{header}", *cells]))
    assert reading.roster
    assert reading.roster.dropped == {kind: 3}
    assert "111222333" not in repr(reading)


# ── values ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "written",
    [
        "13-04-2018",
        "13/4/18",
        "13.04.2018",
        "2018-04-13",
        "2018-04-13 00:00:00",
        "13 april 2018",
        "13-apr-18",
        "13 APRIL 2018",
        "43203",
    ],
)
def test_a_date_as_lists_write_it(written: str) -> None:
    assert students(with_cell("geboortedatum", written))[0].born_on == date(2018, 4, 13)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("04/13/2018", "no_date"),
        ("31-02-2018", "no_date"),
        ("toen", "no_date"),
        ("13 julember 2018", "no_date"),
        ("12345", "no_date"),
        ("13-04-2190", "born_later"),
    ],
)
def test_a_date_that_is_none_is_refused(written: str, code: str) -> None:
    reading = read(with_cell("geboortedatum", written))
    assert problems(reading) == [("refused", code, 2, "geboortedatum", written)]


def test_a_date_of_two_digits_is_never_one_to_come() -> None:
    assert students(with_cell("geboortedatum", "1-1-98"))[0].born_on == date(1998, 1, 1)


@pytest.mark.parametrize(
    "written",
    [
        *("06 12345678", "06-12345678", "(06) 12 34 56 78", "0612345678", "612345678"),
        *("0031612345678", "+31 6 12345678", "+31 (0)6 12345678", "31612345678"),
        *("tel:0612345678", "06 12345678 (werk)", '"=""0612345678"""', "06-12345678 / 020 1234567"),
    ],
)
def test_a_telephone_number_as_lists_write_it(written: str) -> None:
    assert students(with_cell("telefoon", written))[0].carers[0].telephone == "+31612345678"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("6,12E+08", "telephone_rounded"),
        ("6.12E+08", "telephone_rounded"),
        ("06 123", "no_telephone"),
        ("geen", "no_telephone"),
    ],
)
def test_a_telephone_number_that_is_lost_is_left_out_with_a_warning(
    written: str, code: str
) -> None:
    reading = read(with_cell("telefoon", written))
    assert reading.roster
    assert reading.roster.students[0].carers[0].telephone == ""
    assert problems(reading) == [("warning", code, 2, "telefoon", written)]


@pytest.mark.parametrize(
    "written",
    [
        *(" Noor@Gezin.example ", "mailto:Noor@Gezin.example", "<Noor@Gezin.example>"),
        *("Noor @Gezin.example", "Noor Vos <Noor@Gezin.example>", "Noor@Gezin.example,"),
    ],
)
def test_an_address_is_kept_as_it_was_typed(written: str) -> None:
    assert students(with_cell("e-mail", written))[0].carers[0].email == "Noor@Gezin.example"


@pytest.mark.parametrize("address", ["noor@gezin", "noor", f"noor@{'gezin.' * 45}example"])
def test_an_address_that_is_none_is_left_out_with_a_warning(address: str) -> None:
    reading = read(with_cell("e-mail", address))
    assert reading.roster
    assert [(one.code, one.column) for one in reading.problems] == [("no_email", "e-mail")]


@pytest.mark.parametrize("parted", ["; ", ", ", " ", " / ", " en "])
def test_two_addresses_in_a_cell_without_a_name_are_two_people(parted: str) -> None:
    cell = f'"a@gezin.example{parted}b@gezin.example"'
    noor = students(with_cell("e-mail", cell))[0]
    assert [one.email for one in noor.carers] == ["a@gezin.example", "b@gezin.example"]


def test_of_two_addresses_of_a_person_with_a_name_the_first_is_kept() -> None:
    cells = 'Noor;Vos;13-04-2018;3;moeder;Bo;Vos;"a@gezin.example, b@gezin.example";;;;'
    reading = read(f"{NAMED}\n{cells}")
    assert reading.roster
    assert [one.email for one in reading.roster.students[0].carers] == ["a@gezin.example"]
    assert problems(reading) == [("warning", "more_emails", 2, "e-mail", "")]


def test_one_address_for_both_parents() -> None:
    header = "roepnaam;achternaam;e-mail ouder 1;e-mail ouder 2"
    assert len(one_of("Noor;Vos;A@gezin.example;a@GEZIN.example", header).carers) == 1
    rows = [f"Noor;Vos;13-04-2018;3;;{name};Vos;samen@gezin.example;;;;" for name in ("Bo", "Al")]
    reading = read("\n".join([NAMED, *rows]))
    assert reading.roster
    assert len(reading.roster.students[0].carers) == 2
    assert problems(reading) == [("warning", "email_shared", 3, "", "samen@gezin.example")]


@pytest.mark.parametrize("cell", ["=1+1", "+Noor", "-Noor", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_a_name_that_a_spreadsheet_would_calculate_is_refused(cell: str) -> None:
    assert problems(read(with_cell("roepnaam", cell))) == [
        ("refused", "formula", 2, "roepnaam", cell)
    ]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("geboortedatum", "=TODAY()", "formula"),
        ("telefoon", "=A1", "formula"),
        ("groep", "#N/B", "cell_error"),
        ("achternaam", "Vo\x07s", "control_characters"),
        ("achternaam", "x" * 201, "too_long"),
        ("achternaam", "", "no_name"),
        ("groep", "x" * 65, "too_long"),
    ],
)
def test_a_cell_that_cannot_be_used_is_refused(column: str, cell: str, code: str) -> None:
    reading = read(with_cell(column, cell))
    assert reading.is_refused
    assert (reading.problems[0].code, reading.problems[0].line) == (code, 2)


@pytest.mark.parametrize(("cell", "grade"), [("6", 6), ("groep 6", 6), ("6.0", 6), ("9", None)])
def test_the_year_group_of_a_list(cell: str, grade: int | None) -> None:
    header = "roepnaam;achternaam;leerjaar;e-mail"
    assert one_of(f"Noor;Vos;{cell};a@gezin.example", header).grade == grade


def test_a_child_without_a_birthday_is_told_of_and_an_empty_row_is_not() -> None:
    reading = read(with_cell("geboortedatum", "-") + "\n;;;;;;;;\n   ;\n")
    assert reading.roster
    assert problems(reading) == [("warning", "no_birth_date", 2, "geboortedatum", "Vos")]


def test_a_row_with_nothing_in_the_columns_that_are_read_is_passed_over() -> None:
    reading = read(f"{HEADER};opmerking\n{NOOR};\n;;;;;;;;;totaal 1")
    assert reading.roster
    assert len(reading.roster.students) == 1
    assert not reading.problems


def test_a_list_of_nobody_is_refused() -> None:
    assert problems(read(HEADER)) == [("refused", "no_rows", None, "", "")]


def test_two_lists_at_once_are_refused() -> None:
    reading = Carers().read([made.as_file(b"a"), made.as_file(b"b")])
    assert problems(reading) == [("refused", "one_file_only", None, "", "")]
