from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kring.importing.roster import GroupLine
from kring.importing.sources import Reading
from kring.importing.sources.aftercare import Aftercare
from kring.importing.tests import made

SAMPLE = Path(__file__).resolve().parents[3] / "docs/import/bso.csv"
HEADER = "kindnummer;roepnaam;achternaam;geboortedatum;groep;ma;di;wo;do;vr;begindatum;einddatum"
NOOR = "7;Noor;Vos;13-04-2018;Stam 1;x;;;;;;"


def read(*rows: str, header: str = HEADER) -> Reading:
    return Aftercare().read([made.as_file("\n".join([header, *rows]).encode(), "bso.csv")])


def problems(reading: Reading) -> list[tuple[str, str, int | None, str]]:
    return [(one.level, one.code, one.line, one.column) for one in reading.problems]


def test_the_sample_of_the_description_is_read_without_a_remark() -> None:
    reading = Aftercare().read([made.as_file(SAMPLE.read_bytes(), "bso.csv")])
    assert reading.roster
    assert not reading.problems
    assert reading.roster.is_whole
    assert [one.taken_for for one in reading.columns if not one.taken_for] == []
    assert reading.roster.groups == (
        GroupLine(key="De Vossen", name="De Vossen", line=2),
        GroupLine(key="De Dassen", name="De Dassen", line=4),
    )
    mila = reading.roster.students[0]
    assert (mila.first_name, mila.infix, mila.last_name) == ("Mila", "van der", "Meer")
    assert (mila.group_key, mila.weekdays) == ("De Vossen", (1, 2, 4))
    assert (mila.starts_on, mila.ends_on) == (date(2026, 8, 31), None)
    assert [one.email for one in mila.carers] == ["iris@gezin.example", "tom@gezin.example"]


@pytest.mark.parametrize("cell", ["x", "X", "ja", "1", "14:30-18:30", "14.30 tot 18.00", "14:30"])
def test_a_day_on_which_a_child_comes(cell: str) -> None:
    reading = read(NOOR.replace("x", cell))
    assert reading.roster, reading.problems
    assert reading.roster.students[0].weekdays == (1,)


@pytest.mark.parametrize("cell", ["", "nee", "0", "-"])
def test_a_day_on_which_it_does_not(cell: str) -> None:
    reading = read(NOOR.replace("x", cell).replace(";;;;;", ";;;;x;"))
    assert reading.roster, reading.problems
    assert 1 not in reading.roster.students[0].weekdays


def test_a_cell_that_says_neither_is_refused() -> None:
    assert problems(read(NOOR.replace("x", "soms")))[0] == ("refused", "no_care_day", 2, "ma")


@pytest.mark.parametrize("cell", ["ma, di en vr", "Ma Di Vr", "maandag/dinsdag/vrijdag"])
def test_days_in_one_column(cell: str) -> None:
    header = "roepnaam;achternaam;groep;dagen"
    reading = read(f"Noor;Vos;Stam 1;{cell}", header=header)
    assert reading.roster, reading.problems
    assert reading.roster.students[0].weekdays == (1, 2, 5)
    assert problems(read("Noor;Vos;Stam 1;feestdagen", header=header))[0][1] == "no_care_day"


def test_a_child_without_days_counts_as_coming_daily_and_the_office_is_told() -> None:
    assert problems(read(NOOR.replace("x", ""))) == [("warning", "no_care_days", 2, "")]


def test_a_child_needs_a_group() -> None:
    assert problems(read(NOOR.replace("Stam 1", ""))) == [("refused", "no_group", 2, "groep")]
    reading = read("Noor;Vos;x", header="roepnaam;achternaam;ma")
    assert reading.missing == ("group",)


def test_a_key_of_two_rows_is_refused_and_a_name_of_two_children_is_not() -> None:
    assert problems(read(NOOR, NOOR.replace("Noor", "Sem"))) == [
        ("refused", "key_twice", 3, "kindnummer")
    ]
    twins = read(NOOR, NOOR.replace("7;", "8;"))
    assert twins.roster
    assert len(twins.roster.students) == 2
    assert problems(twins) == [("warning", "same_name_and_birthday", 3, "achternaam")]


def test_an_end_before_the_beginning_is_refused() -> None:
    row = NOOR.removesuffix(";") + "01-09-2026;31-08-2026"
    assert problems(read(row)) == [("refused", "ends_before_start", 2, "einddatum")]


def test_a_workbook_is_read_as_a_csv_is() -> None:
    rows = made.aftercare_rows(30)
    first = Aftercare().read([made.as_file(made.as_csv(rows))])
    second = Aftercare().read([made.as_file(made.as_xlsx(rows), "bso.xlsx")])
    assert first.roster
    assert first.roster == second.roster
