"""EDEXML 1.03, 2.0 and 2.1: what the administration of every Dutch primary school can export."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.importing.roster import GroupLine, Roster, StaffLine, StudentLine
from kring.importing.sources import MOST_ROWS, Reading, SourceFile, heads, values
from kring.importing.sources.edexml_file import EdexmlFile, Record, Reference
from kring.importing.sources.report import Refused, Report

# What a role of the file suggests. The others (CON, ICT, RT, SMW, STA, TAL) suggest nothing.
ROLES = {
    "DIR": "principal",
    "ADJ": "principal",
    "LOC": "principal",
    "ADM": "administrator",
    "IB": "counselor",
    "LRK": "teacher",
    "VAK": "teacher",
    "OWA": "aide",
    "KLA": "aide",
    "LOS": "aide",
}
OTHER_ROLES = {"CON", "ICT", "RT", "SMW", "STA", "TAL"}
PARENT = "OUD"  # gets no account as staff
GRADES = {str(grade): grade for grade in range(1, 9)}
OTHER_GRADES = {"B", "D", "0", "S", "V", "N", *map(str, range(11, 17))}  # known, no groep 1–8
COMBINED, HISTORICAL = "C", "H"
VERSIONS = ("1.0", "2.")
DUMMY = "#"  # a key that the sender made up for this one file
_BRIN = re.compile(r"\d{2}[A-Z]{2}", re.ASCII)
_LOCATION = re.compile(r"\d{2}", re.ASCII)


class Edexml:
    """One file is one school (BRIN and location) in one school year, without parents."""

    name: ClassVar[str] = "edexml"
    label: ClassVar[str | Promise] = _("EDEXML of the pupil administration")
    fields: ClassVar[Mapping[str, str | Promise]] = {}

    def read(
        self,
        files: Sequence[SourceFile],
        mapping: Mapping[int, str] | None = None,  # noqa: ARG002 - its fields are fixed
    ) -> Reading:
        """Read one file."""
        report = Report(files[0].name)
        try:
            roster = _School(heads.only_one(files, report), report).read()
        except Refused:
            roster = None
        return report.reading(roster)


class _School:
    """Gathers the records of one file, and joins them when all are there."""

    def __init__(self, file: SourceFile, report: Report) -> None:
        self.report = report
        self.stream = EdexmlFile(file, report, self._take)
        self.brin, self.year, self.rows = "", "", 0
        self.has_school = False
        self.groups: dict[str, GroupLine] = {}
        self.grade_codes: dict[str, str] = {}  # of groups, by key
        self.students: list[StudentLine] = []
        self.staff: list[StaffLine] = []
        self.keys: set[tuple[str, str]] = set()  # with the kind of thing that has it
        self.pending: list[tuple[int, str, list[Reference]]] = []
        self.teaching: list[tuple[int, list[Reference]]] = []
        self.dropped: Counter[str] = Counter()

    def read(self) -> Roster:
        """The whole file as a roster."""
        self.stream.read()
        if not self.has_school:
            self.report.refuse("no_school")
        if not self.students:
            self.report.refuse("no_students")
        self._place_students()
        self._place_staff()
        if self.stream.additions:
            self.report.warn("additions", value=str(self.stream.additions))
        return Roster(
            source=Edexml.name,
            brin=self.brin,
            year=self.year,
            groups=tuple(self._groups()),
            students=tuple(self.students),
            staff=tuple(self.staff),
            is_whole=True,
            dropped=dict(self.stream.dropped + self.dropped),
        )

    # ── one record ───────────────────────────────────────────────────────────
    def _take(self, record: Record) -> None:
        self.rows += 1
        if self.rows > MOST_ROWS:
            self.report.stop("too_many_rows", line=record.line, value=str(MOST_ROWS))
        match record.kind:
            case "school":
                self._school(record)
            case "groep" | "samengestelde_groep":
                self._group(record)
            case "leerling":
                self._student(record)
            case _:
                self._teacher(record)

    def _school(self, record: Record) -> None:
        if self.has_school:
            self.report.stop("two_schools", line=record.line, column="school")
        self.has_school = True
        self.year = self._value(record, "schooljaar", values.school_year)
        version = self._value(record, "xsdversie")
        if version and not version.startswith(VERSIONS):
            self.report.warn("other_version", line=record.line, column="xsdversie", value=version)
        if "schooljaar" not in record.fields:
            self.report.refuse("no_school_year", line=record.line, column="schooljaar")
        if "brincode" in record.fields:
            brin = self._value(record, "brincode", _brin)
            location = self._value(record, "dependancecode", _location) or "00"
            self.brin = brin and brin + location
        else:  # Flanders, or a sender without a BRIN: people must see that it is their school
            self.report.warn("no_brin", line=record.line, column="school")

    def _group(self, record: Record) -> None:
        name = self._value(record, "naam", most=values.GROUP_NAME)
        code = self._value(record, "jaargroep").upper()
        is_homeroom = record.kind == "groep"
        if not record.key:
            self.report.refuse("group_without_key", line=record.line, column=record.kind)
        if not name:
            self.report.refuse("no_name", line=record.line, column="naam")
        if not self._is_new("group", record):
            return
        grade = GRADES.get(code)
        if is_homeroom and grade is None and code not in {*OTHER_GRADES, COMBINED, HISTORICAL}:
            self._odd_grade(record, code)
        self.grade_codes[record.key] = code
        self.groups[record.key] = GroupLine(
            key=record.key,
            name=name,
            grades=(grade,) if grade else (),
            is_homeroom=is_homeroom,
            line=record.line,
        )

    def _student(self, record: Record) -> None:
        if not self._is_new("student", record):
            return
        first_name, infix, last_name = self._names(record)
        starts_on, ends_on = self._days(record)
        code = self._value(record, "jaargroep").upper()
        if code == HISTORICAL and ends_on is None:
            self.dropped["historical"] += 1  # left long ago: as if not in the file
            return
        student = StudentLine(
            key=self._matching_key(record),
            eck_id=self._eck_id(record),
            first_name=first_name,
            infix=infix,
            last_name=last_name,
            born_on=self._day(record, "geboortedatum", is_birth=True),
            starts_on=starts_on,
            ends_on=ends_on,
            line=record.line,
        )
        self.pending.append((len(self.students), code, record.references))
        self.students.append(student)

    def _teacher(self, record: Record) -> None:
        given = {role.strip().upper() for role in record.roles if role.strip()}
        if given == {PARENT}:
            self.dropped["parent_as_staff"] += 1
            return
        if not self._is_new("staff", record):
            return
        first_name, infix, last_name = self._names(record)
        for code in sorted(given - set(ROLES) - OTHER_ROLES - {PARENT}):
            self.report.warn("unknown_role", line=record.line, column="rol", value=code)
        is_plain = not given and "rolomschrijving" not in record.fields and record.references
        roles = ["teacher"] if is_plain else [ROLES[code] for code in sorted(given & set(ROLES))]
        line = StaffLine(
            key=self._matching_key(record),
            first_name=first_name,
            infix=infix,
            last_name=last_name,
            email=self._email(record),
            roles=tuple(dict.fromkeys(roles)),
            line=record.line,
        )
        self.teaching.append((len(self.staff), record.references))
        self.staff.append(line)

    # ── when all are there ───────────────────────────────────────────────────
    def _place_students(self) -> None:
        for index, code, references in self.pending:
            own = [one for one in references if one.element == "groep"]
            others = [one for one in references if one.element != "groep"]
            line = self.students[index].line
            if len(own) > 1:
                self.report.refuse("two_groups", line=own[1].line, column="groep")
            # Without its group a child would seem to have left it: the file must be mended.
            for one in own:
                if one.key not in self.groups:
                    self.report.refuse(
                        "unknown_group", line=one.line, column="groep", value=one.key
                    )
            group_key = own[0].key if own else ""
            self.students[index] = replace(
                self.students[index],
                group_key=group_key,
                other_group_keys=self._known_groups(others),
                grade=self._grade(code or self.grade_codes.get(group_key, ""), code, line),
            )

    def _place_staff(self) -> None:
        for index, references in self.teaching:
            keys = self._known_groups(references)
            self.staff[index] = replace(self.staff[index], group_keys=keys)

    def _known_groups(self, references: list[Reference]) -> tuple[str, ...]:
        """Those of the file. One that is not takes nothing away, so it is only named."""
        for one in references:
            if one.key not in self.groups:
                self.report.warn(
                    "unknown_group_ignored", line=one.line, column=one.element, value=one.key
                )
        return tuple(dict.fromkeys(one.key for one in references if one.key in self.groups))

    def _grade(self, code: str, own: str, line: int | None) -> int | None:
        if own and own not in GRADES and own not in {*OTHER_GRADES, COMBINED, HISTORICAL}:
            self.report.warn("unknown_grade", line=line, column="jaargroep", value=own)
        elif code in {"", COMBINED}:
            self.report.warn("no_grade", line=line, column="jaargroep")
        return GRADES.get(code)

    def _groups(self) -> list[GroupLine]:
        """With the grades of a combination group, which stand with its pupils."""
        grades = defaultdict[str, set[int]](set)
        for student in self.students:
            if student.grade:
                grades[student.group_key].add(student.grade)
        return [
            replace(group, grades=tuple(sorted(grades[group.key])))
            if self.grade_codes[group.key] == COMBINED
            else group
            for group in self.groups.values()
        ]

    # ── one datum ────────────────────────────────────────────────────────────
    def _value(
        self,
        record: Record,
        name: str,
        make: Callable[[str], str] = str,
        most: int = values.CONTENT,
    ) -> str:
        found = record.fields.get(name)
        if found is None:
            return ""
        try:
            return make(values.text(found.text, most))
        except values.Unusable as problem:
            self.report.refuse(str(problem), line=found.line, column=name, value=found.text)
            return ""

    def _day(self, record: Record, name: str, *, is_birth: bool = False) -> date | None:
        found = record.fields.get(name)
        if found is None:
            return None
        try:
            day = values.iso_day(found.text)
            return values.birth_date(day) if is_birth else day
        except values.Unusable as problem:
            self.report.refuse(str(problem), line=found.line, column=name, value=found.text)
            return None

    def _days(self, record: Record) -> tuple[date | None, date | None]:
        """Of coming and leaving. Who left before coming is taken to have left."""
        starts_on = self._day(record, "instroomdatum")
        ends_on = self._day(record, "uitstroomdatum")
        if starts_on and ends_on and ends_on < starts_on:
            self.report.warn("left_before_coming", line=record.line, column="uitstroomdatum")
            return None, ends_on
        return starts_on, ends_on

    def _names(self, record: Record) -> tuple[str, str, str]:
        is_student = record.kind == "leerling"
        first_most = values.FIRST_NAME if is_student else values.ADULT_FIRST_NAME
        infix_most = values.INFIX if is_student else values.ADULT_INFIX
        last_most = values.LAST_NAME if is_student else values.ADULT_LAST_NAME
        first_name = (
            self._value(record, "roepnaam", most=first_most)
            or next(iter(self._value(record, "voornamen").split()), "")[:first_most]
        )
        first_name = first_name or self._value(record, "voorletters-1", most=first_most)
        infix = self._value(record, "voorvoegsel", most=infix_most)
        last_name = self._value(record, "achternaam", most=last_most)
        if not first_name and not last_name:
            self.report.refuse("no_name", line=record.line, column=record.kind)
        elif not first_name:
            self.report.warn("no_first_name", line=record.line, column="roepnaam")
        return first_name, infix, last_name

    def _email(self, record: Record) -> str:
        found = record.fields.get("emailadres")
        try:
            return values.email(values.text(found.text)) if found else ""
        except values.Unusable:
            assert found
            self.report.warn("no_email", line=found.line, column="emailadres", value=found.text)
            return ""

    def _matching_key(self, record: Record) -> str:
        """Empty where it is of no use for matching, now or the next time."""
        if not record.key:
            self.report.warn("no_key", line=record.line, column=record.kind)
        return "" if record.key.startswith(DUMMY) else record.key

    def _eck_id(self, record: Record) -> str:
        eck_id = record.eck_id
        if not eck_id:
            return ""
        if len(eck_id) > values.KEY or not eck_id.isprintable():
            self.report.refuse("too_long", line=record.line, column="eckid")
        self._once("eck_id", eck_id, record.line, "eckid")
        return eck_id

    def _is_new(self, kind: str, record: Record) -> bool:
        """Whether its key is not yet in the file; groups keep even keys that are made up."""
        if not record.key or (record.key.startswith(DUMMY) and kind != "group"):
            return True
        if len(record.key) > values.KEY or not record.key.isprintable():
            self.report.refuse("too_long", line=record.line, column="key", value=record.key)
        return self._once(kind, record.key, record.line, "key")

    def _once(self, kind: str, key: str, line: int, column: str) -> bool:
        if (kind, key) in self.keys:
            self.report.refuse("key_twice", line=line, column=column, value=key)
            return False
        self.keys.add((kind, key))
        return True

    def _odd_grade(self, record: Record, code: str) -> None:
        kind = "unknown_grade" if code else "no_grade"
        self.report.warn(kind, line=record.line, column="jaargroep", value=code)


def _brin(given: str) -> str:
    brin = given.upper()
    if not _BRIN.fullmatch(brin):
        raise values.Unusable("no_brin_code")
    return brin


def _location(given: str) -> str:
    if not _LOCATION.fullmatch(given):
        raise values.Unusable("no_location_code")
    return given
