"""A list of children, row by row, with each value as what its column was taken for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.utils.functional import Promise

from kring.importing.roster import Roster, StudentLine
from kring.importing.sources import Column, Reading, SourceFile, columns, heads, values
from kring.importing.sources.report import Refused, Report
from kring.importing.sources.tables import Row, peek, rows_of

PEEKED = 80  # rows to find the header in, and to guess by
NOTHING = {"-", "–", "—", "n.v.t.", "nvt", "onbekend"}
ERRORS = {"#n/a", "#n/b", "#ref!", "#verw!", "#name?", "#naam?", "#value!", "#waarde!", "#div/0!"}
ERRORS |= {"#deel/0!", "#null!", "#leeg!", "#num!", "#getal!", "#spill!", "#calc!"}
CALCULATES = ("=", "+", "-", "@")  # what a spreadsheet would take for a formula


class Cells:
    """One row: what is in it, by field."""

    def __init__(
        self, row: Row, numbers: Mapping[str, int], names: Sequence[str], report: Report
    ) -> None:
        self.line = row.line
        self._numbers, self._names, self._report = numbers, names, report
        self._found: dict[str, str] = {}
        for field, number in numbers.items():
            given = row.cells[number - 1].strip() if number <= len(row.cells) else ""
            if given and given.casefold() not in NOTHING:
                self._found[field] = given

    def given(self, field: str) -> str:
        """As it is in the file; empty for what stands for nothing."""
        return self._found.get(field, "")

    def reads(self, field: str) -> bool:
        """Whether there is a column for it at all."""
        return field in self._numbers

    def has(self, *fields: str) -> bool:
        """Whether there is anything in one of them; in any of them all where none is named."""
        return any(field in self._found for field in fields) if fields else bool(self._found)

    def text(self, field: str, most: int = values.CONTENT) -> str:
        """A text that a spreadsheet takes for text too."""

        def plain(given: str) -> str:
            if given.startswith(CALCULATES):
                raise values.Unusable("formula")
            return values.text(given, most)

        return self.made(field, plain) or ""

    def day(self, field: str, *, is_birth: bool = False) -> date | None:
        """A day."""

        def day(given: str) -> date:
            found = values.any_day(given)
            return values.birth_date(found) if is_birth else found

        return self.made(field, day)

    def made[V](self, field: str, make: Callable[[str], V], *, softly: bool = False) -> V | None:
        """Made into ours. Refused where it cannot be, or softly: left out with a warning."""
        given = self._found.get(field)
        if given is None:
            return None
        if given.startswith("=") or given.casefold() in ERRORS:
            self.refuse("formula" if given.startswith("=") else "cell_error", field, given)
            return None
        try:
            return make(values.text(given))
        except values.Unusable as problem:
            (self.warn if softly else self.refuse)(str(problem), field, given)
            return None

    def refuse(self, code: str, field: str = "", value: str = "") -> None:
        """Say that the file cannot be used because of this cell."""
        self._report.refuse(code, line=self.line, column=self._name(field), value=value)

    def warn(self, code: str, field: str = "", value: str = "") -> None:
        """Say what the office should know of this cell."""
        self._report.warn(code, line=self.line, column=self._name(field), value=value)

    def _name(self, field: str) -> str:
        number = self._numbers.get(field, 0)
        return self._names[number - 1] if number else ""


class ListFile:
    """One list: its columns, and its rows below the header."""

    def __init__(
        self,
        file: SourceFile,
        report: Report,
        fields: Mapping[str, str | Promise],
        mapping: Mapping[int, str] | None,
    ) -> None:
        self.report, self.fields = report, fields
        self.dropped: Counter[str] = Counter()
        self.missing: tuple[str, ...] = ()
        first, self._rows = peek(rows_of(file, report), PEEKED)
        at = columns.header_row(first, fields)
        headers = [] if at is None else [values.shown_text(cell) for cell in first[at].cells]
        self._above = 0 if at is None else at + 1
        self.columns, self._never_kept = columns.guess(headers, first[self._above :], fields)
        if at is None and mapping is None:
            report.refuse("no_header")
        if mapping is not None:
            self.columns = self._overruled(mapping)
        self.numbers = {one.taken_for: one.number for one in self.columns if one.taken_for}

    def _overruled(self, mapping: Mapping[int, str]) -> list[Column]:
        """As the office says instead of as it was guessed."""
        by_number = {one.number: one for one in self.columns}
        for number, name in mapping.items():
            if name and number not in by_number:
                self.report.refuse("no_such_column", value=str(number))
            elif name and name not in self.fields:
                self.report.refuse("no_such_field", value=name)
            elif name and number in self._never_kept:
                name_of = by_number[number].header or str(number)
                self.report.refuse("column_not_kept", column=name_of)
        twice = [name for name, times in Counter(mapping.values()).items() if name and times > 1]
        for name in twice:
            self.report.refuse("field_twice", column=name)
        return [
            Column(
                number=one.number,
                header=one.header,
                taken_for=mapping.get(one.number, ""),
                samples=one.samples,
            )
            for one in self.columns
        ]

    def see_that_it_has(self, *needed: Iterable[str]) -> None:
        """Of each set of fields one is needed; where there is none, the first is named."""
        sets = [tuple(one) for one in needed]
        self.missing = tuple(
            one[0] for one in sets if not any(name in self.numbers for name in one)
        )
        for name in self.missing:
            self.report.refuse("missing_column", column=name)

    def rows(self) -> Iterator[Cells]:
        """Those that have something in a column that is read."""
        names = [one.header or str(one.number) for one in self.columns]
        for index, row in enumerate(self._rows):
            if index < self._above:
                continue
            for number, kind in self._never_kept.items():
                self.dropped[kind] += number <= len(row.cells) and bool(row.cells[number - 1])
            cells = Cells(row, self.numbers, names, self.report)
            if cells.has():
                yield cells


def read(
    files: Sequence[SourceFile],
    fields: Mapping[str, str | Promise],
    mapping: Mapping[int, str] | None,
    needed: Sequence[Iterable[str]],
    make: Callable[[ListFile], Roster],
) -> Reading:
    """Read the one file of a list; its columns are told even where it is refused."""
    report = Report(files[0].name)
    found: ListFile | None = None
    roster: Roster | None = None
    try:
        file = heads.only_one(files, report)
        found = ListFile(file, report, fields, mapping)
        found.see_that_it_has(*needed)
        roster = None if report.refusals else make(found)
        if roster and not roster.students:
            report.refuse("no_rows")
    except Refused:
        roster = None
    columns_found = tuple(found.columns) if found else ()
    return report.reading(roster, columns_found, found.missing if found else ())


CHILD = ("key", "first_name", "infix", "last_name", "born_on", "group", "grade")


def child_of(cells: Cells) -> StudentLine:
    """The child of a row, without its carers."""
    first_name = cells.text("first_name", values.FIRST_NAME)
    last_name = cells.text("last_name", values.LAST_NAME)
    if not cells.has("last_name"):
        cells.refuse("no_name", "last_name")
    elif not cells.has("first_name"):
        cells.warn("no_first_name", "first_name")
    key = cells.text("key", values.KEY)
    return StudentLine(
        key="" if key.startswith("#") else key,
        first_name=first_name,
        infix=cells.text("infix", values.INFIX),
        last_name=last_name,
        born_on=cells.day("born_on", is_birth=True),
        group_name=cells.text("group", values.GROUP_NAME),
        grade=cells.made("grade", values.grade, softly=True),
        line=cells.line,
    )
