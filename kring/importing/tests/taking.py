"""A school to import into, and the whole way of an import in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.importing.differences import Difference, Differences
from kring.importing.jobs import apply_import, compare_import, undo_import
from kring.importing.models import Import
from kring.importing.roster import (
    CareLine,
    GroupLine,
    Problem,
    Roster,
    StudentLine,
    from_json,
    to_json,
)
from kring.importing.sources import Reading, SourceFile
from kring.importing.sources.registry import SOURCES
from kring.schools.models import Employment, School, SchoolBoard
from kring.schools.viewers import viewer_of
from tests import factories
from tests.unlocked import unlocked

DATA = Path(__file__).parent / "data"
YEAR = "2026-2027"


@dataclass
class Office:
    """An empty school, and who keeps its books."""

    school: School
    person: User
    imports: list[Import] = field(default_factory=list)
    years: list[str] = field(default_factory=list)  # that went in

    @classmethod
    def of_new_school(cls, *, brin: str = "", kind: str = "school") -> Office:
        """A school that has nothing but an administrator."""
        board = factories.made(SchoolBoard(name="Stichting Nieuw"))
        school = factories.made(School(board=board, name="De Nieuwe", brin=brin, kind=kind))
        office = cls(school, factories.person("Corrie"))
        since = clock.today() - timedelta(days=9)
        role = Employment.Role.ADMINISTRATOR
        work = Employment(school=school, user=office.person, role=role, starts_on=since)
        factories.made(work)
        return office

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.person.pk)

    # ── the way of an import, step by step ───────────────────────────────────
    def begin(self, reading: Reading | Roster, source: str = "edexml") -> Import:
        """Hand it in, and let it be compared."""
        if isinstance(reading, Roster):
            assert from_json(to_json(reading)) == reading
            reading = Reading(roster=reading)
        with seen_by(viewer := self.viewer):
            school = School.objects.visible_to(viewer).get(pk=self.school.pk)
            made = Import.begin(school, source, reading, ["EDEX.XML"], by=viewer)
            if made.state == Import.State.MAPPING:
                assert made.remap(None, by=viewer)
        self.imports.append(made)
        compare_import(**self.ids(made))
        return self.again(made)

    def confirm(self, of: Import, *, sure: bool = False) -> bool:
        with seen_by(viewer := self.viewer):
            return of.confirm(by=viewer, sure=sure)

    def answer(self, of: Import, answers: Mapping[str, str]) -> None:
        with seen_by(viewer := self.viewer):
            assert of.answer(answers, by=viewer)

    def apply(self, of: Import) -> Import:
        apply_import(**self.ids(of))
        return self.again(of)

    def undo(self, of: Import) -> Import:
        with seen_by(viewer := self.viewer):
            assert of.undo(by=viewer)
        undo_import(**self.ids(of))
        return self.again(of)

    # ── all at once ──────────────────────────────────────────────────────────
    def take(
        self, reading: Reading | Roster, answers: Mapping[str, str] | None = None, **more: str
    ) -> Differences:
        """The whole way with a yes; what the office was shown."""
        of = self.begin(reading, **more)
        assert of.state == Import.State.READY, of.problems
        shown = of.shown_differences()
        self.answer(of, answers or {})
        assert self.confirm(self.again(of), sure=True)
        assert self.apply(of).state == Import.State.APPLIED
        return shown

    def compare(self, reading: Reading | Roster, **more: str) -> Differences:
        """What it would change; nothing is applied."""
        return self.begin(reading, **more).shown_differences()

    def ids(self, of: Import) -> dict[str, str]:
        return {"school_id": str(self.school.pk), "import_id": str(of.pk)}

    def again(self, of: Import) -> Import:
        """As it stands now."""
        with unlocked():
            return Import.objects.select_related("school").get(pk=of.pk)

    @property
    def last(self) -> Import:
        return self.again(self.imports[-1])


def read(source: str, path: Path) -> Reading:
    """What a source makes of a file."""
    with path.open("rb") as content:
        reading = SOURCES[source].read([SourceFile(path.name, content)])
    assert reading.roster, reading.problems
    return reading


def roster(*students: StudentLine, **more: Any) -> Roster:
    """All children of a small school, in groep 5 and groep 6."""
    groups = (
        GroupLine(key="G5", name="Groep 5", grades=(5,)),
        GroupLine(key="G6", name="Groep 6", grades=(6,)),
    )
    usual: dict[str, Any] = {"source": "edexml", "year": YEAR, "groups": groups, "is_whole": True}
    return Roster(students=students, **usual | more)


def carers(*students: StudentLine) -> Roster:
    """A list of parents and carers."""
    return Roster(source="carers", students=students)


def child(key: str = "1", first_name: str = "Sam", **more: Any) -> StudentLine:
    usual: dict[str, Any] = {"last_name": "Bos", "group_key": "G5", "born_on": date(2018, 4, 13)}
    return StudentLine(key=key, first_name=first_name, **usual | more)


def carer(first_name: str = "Fatima", last_name: str = "Bos", **more: Any) -> CareLine:
    usual: dict[str, Any] = {"email": f"{first_name.lower()}@post.example"}
    return CareLine(first_name=first_name, last_name=last_name, **usual | more)


def problems(of: Import) -> list[str]:
    """The codes of what was wrong."""
    return [Problem(**one).code for one in of.problems]


def only(differences: Differences) -> Difference:
    """The one thing that differs."""
    [one] = differences.found
    return one
