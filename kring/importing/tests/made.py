"""Files of schools that do not exist, of any size: for tests and for measuring.

The same number gives the same child in every file, so that lists fit the EDEXML of their school.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

from kring.importing.sources import SourceFile

FIRST_NAMES = (  # noqa: SIM905 - more readable than a list of strings
    "Noor Sem Aya Bilal Zoë Daan Lotte Yusuf Fleur Milan Inaya Thijs Selin Jayden Fenna Omar "
    "Sofie Kerem Mila Ruben Amira Teun Julia Adam Isa Luuk Zeynep Finn Loïs Tygo"
).split()
LAST_NAMES = (  # noqa: SIM905
    "Jansen|de Vries|van den Berg|Bakker|Visser|Smit|Yılmaz|de Boer|Mulder|de Groot|Bos|Vos|"
    "Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|van der Meer|"
    "van der Linden|Kok|Jacobs|de Haan|Vermeulen|van den Heuvel|van der Veen|van den Broek|"
    "El Amrani|Schouten|van Beek|Willems|van Vliet|van de Ven|Hoekstra|Maas|Verhoeven|Kowalski"
).split("|")
FIRST_DAY = date(2014, 8, 1)
DAYS = 2903  # of birth; a prime, so that no two children have the same name and birthday
GROUP_SIZE = 25
CARERS = (
    *("leerlingnummer", "roepnaam", "voorvoegsel", "achternaam", "geboortedatum", "groep"),
    *("relatie", "ouder_voornaam", "ouder_voorvoegsel", "ouder_achternaam", "email", "mobiel"),
    *("gezag", "informatie_ontvangen", "huishouden"),
)
ADDRESSES = (
    *("Roepnaam", "Tussenvoegsel", "Achternaam", "Geboortedatum", "Klasnaam", "Leerjaar"),
    *("E-mailadres ouder/verzorger 1", "E-mailadres ouder/verzorger 2"),
)
AFTERCARE = (
    *("kindnummer", "roepnaam", "tussenvoegsel", "achternaam", "geboortedatum", "groep"),
    *("ma", "di", "wo", "do", "vr", "begindatum", "einddatum"),
)


class Child(NamedTuple):
    """One child, by its number."""

    number: int
    first_name: str
    infix: str
    last_name: str
    born_on: date
    group: int

    @property
    def key(self) -> str:
        return str(100_000 + self.number)

    @property
    def grade(self) -> int:
        return self.group % 8 + 1

    @property
    def family(self) -> int:
        """Two by two they are brother and sister."""
        return self.number // 2

    @property
    def written_birthday(self) -> str:
        return f"{self.born_on:%d-%m-%Y}"

    @property
    def name(self) -> tuple[str, str, str]:
        return self.first_name, self.infix, self.last_name


def child(number: int) -> Child:
    """Always the same one."""
    infix, last_name = _family_name(number // len(FIRST_NAMES))
    first_name = FIRST_NAMES[number % len(FIRST_NAMES)]
    born_on = FIRST_DAY + timedelta(days=number * 7 % DAYS)
    return Child(number, first_name, infix, last_name, born_on, number // GROUP_SIZE)


def _family_name(number: int) -> tuple[str, str]:
    *infix, last_name = LAST_NAMES[number % len(LAST_NAMES)].rsplit(" ", 1)
    return " ".join(infix), last_name


def group_name(number: int) -> str:
    """``Groep 3 (12)``: of the grade, and never twice."""
    return f"Groep {number % 8 + 1} ({number + 1})"


# ── EDEXML ───────────────────────────────────────────────────────────────────
def edexml(
    students: int = 50,
    staff: int = 4,
    *,
    year: str = "2026-2027",
    brin: str = "99ZZ",
    first: int = 0,
    more: str = "",
) -> bytes:
    """A school with children from a number on. ``more`` is XML that is added to each pupil."""
    children = [child(number) for number in range(first, first + students)]
    groups = sorted({one.group for one in children})
    return document(
        f"<school><schooljaar>{year}</schooljaar><brincode>{brin}</brincode>"
        "<dependancecode>00</dependancecode><xsdversie>2.1</xsdversie></school>",
        "".join(
            f'<groep key="{year[:4]}G{number}"><naam>{group_name(number)}</naam>'
            f"<jaargroep>{number % 8 + 1}</jaargroep></groep>\n"
            for number in groups
        ),
        "".join(_pupil(one, year, more) for one in children),
        "".join(_teacher(number, groups, year) for number in range(staff)),
    ).encode()


def document(school: str, groups: str = "", pupils: str = "", staff: str = "") -> str:
    """A file of these parts."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<EDEX>\n{school}\n<groepen>\n{groups}</groepen>\n'
        f"<leerlingen>\n{pupils}</leerlingen>\n<leerkrachten>\n{staff}</leerkrachten>\n</EDEX>\n"
    )


def _names(first_name: str, infix: str, last_name: str) -> str:
    parts = {"achternaam": last_name, "voorvoegsel": infix, "roepnaam": first_name}
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in parts.items() if text)


def _pupil(one: Child, year: str, more: str) -> str:
    return (
        f"<leerling key={quoteattr(one.key)}>{_names(*one.name)}"
        f"<geboortedatum>{one.born_on}</geboortedatum><jaargroep>{one.grade}</jaargroep>"
        f'<groep key="{year[:4]}G{one.group}"/>{more}</leerling>\n'
    )


def _teacher(number: int, groups: Sequence[int], year: str) -> str:
    infix, last_name = _family_name(number * 3)
    first_name = FIRST_NAMES[-1 - number % len(FIRST_NAMES)]
    return (
        f'<leerkracht key="LK{number}">{_names(first_name, infix, last_name)}'
        f"<emailadres>leerkracht{number}@school.example</emailadres><rol>LRK</rol>"
        f'<groepen><groep key="{year[:4]}G{groups[number % len(groups)]}"/></groepen>'
        "</leerkracht>\n"
    )


# ── lists ────────────────────────────────────────────────────────────────────
def carer_rows(students: int = 50, *, first: int = 0) -> list[list[str]]:
    """A header, and two carers for each child."""
    rows = [list(CARERS)]
    for number in range(first, first + students):
        one = child(number)
        for parent, relation in enumerate(("moeder", "vader")):
            infix, last_name = one.name[1:] if parent else _family_name(one.family * 11)
            person = 2 * one.family + parent
            first_name = FIRST_NAMES[person * 7 % len(FIRST_NAMES)]
            rows.append(
                [
                    *(one.key, *one.name, one.written_birthday, group_name(one.group), relation),
                    *(first_name, infix, last_name, f"ouder{person}@gezin.example"),
                    *(f"06 {person:08}", "J", "J", f"H{one.family}"),
                ]
            )
    return rows


def address_rows(students: int = 50, *, first: int = 0) -> list[list[str]]:
    """A header, and each child with two addresses."""
    rows = [list(ADDRESSES)]
    for number in range(first, first + students):
        one = child(number)
        addresses = [f"ouder{2 * one.family + parent}@gezin.example" for parent in (0, 1)]
        born_on, group = one.written_birthday, group_name(one.group)
        rows.append([*one.name, born_on, group, str(one.grade), *addresses])
    return rows


def aftercare_rows(students: int = 50, *, first: int = 0) -> list[list[str]]:
    """A header, and each child with its days."""
    rows = [list(AFTERCARE)]
    for number in range(first, first + students):
        one = child(number)
        days = ["x" if (number + day) % 3 else "" for day in range(5)]
        group = f"Stam {one.group % 4 + 1}"
        rows.append([one.key, *one.name, one.written_birthday, group, *days, "01-08-2026", ""])
    return rows


def as_csv(
    rows: Iterable[Sequence[str]], *, separator: str = ";", encoding: str = "utf-8-sig"
) -> bytes:
    """As Dutch Excel writes it."""
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode(encoding)


def as_xlsx(rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Blad1")
    for row in rows:
        sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_file(content: bytes, name: str = "lijst.csv") -> SourceFile:
    """As it is handed to a source."""
    return SourceFile(name, io.BytesIO(content))
