"""Lists of parents by hand, a cell at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kring.importing.roster import StudentLine
from kring.importing.sources import Reading
from kring.importing.sources.carers import Carers
from kring.importing.tests import made

HERE = Path(__file__).parent / "data"
HEADER = "roepnaam;tussenvoegsel;achternaam;geboortedatum;groep;e-mail;telefoon;gezag;informatie"
NOOR = "Noor;de;Vos;13-04-2018;Groep 3;noor@gezin.example;06 12345678;J;J"
NAMED = (
    "roepnaam;achternaam;geboortedatum;groep;relatie;ouder voornaam;ouder achternaam;e-mail;"
    "telefoon;gezag;informatie;huishouden"
)


def read(content: str | bytes, mapping: dict[int, str] | None = None) -> Reading:
    data = content if isinstance(content, bytes) else content.encode()
    return Carers().read([made.as_file(data)], mapping)


def students(content: str | bytes) -> Sequence[StudentLine]:
    reading = read(content)
    assert reading.roster, reading.problems
    return reading.roster.students


def one_of(cells: str, header: str = HEADER) -> StudentLine:
    (found,) = students(f"{header}\n{cells}\n")
    return found


def with_cell(name: str, cell: str) -> str:
    """Noor, with something else in one column."""
    cells = NOOR.split(";")
    cells[HEADER.split(";").index(name)] = cell
    return f"{HEADER}\n" + ";".join(cells)


def problems(reading: Reading) -> list[tuple[str, str, int | None, str, str]]:
    return [(one.level, one.code, one.line, one.column, one.value) for one in reading.problems]
