"""An import before it happens: what differs, and with it every row that it would write."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from kring.base import clock
from kring.base.ids import new_id
from kring.importing.differences import (
    NEW,
    SKIP,
    Candidate,
    Difference,
    Differences,
    FieldChange,
    Kind,
    What,
)
from kring.importing.matching import adds_children
from kring.importing.roster import Problem, Roster
from kring.importing.standing import Standing
from kring.importing.tables import MADE, Model


class RefusedError(Exception):
    """This roster cannot go into this school."""

    def __init__(self, code: str, *, column: str = "", value: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(code=code, column=column, value=value)


class Changed(NamedTuple):
    """A row that gets other values."""

    id: UUID
    student_id: UUID | None  # whose: what is undone together
    values: dict[str, Any]


class Removed(NamedTuple):
    """A row that goes."""

    id: UUID
    student_id: UUID | None


class Noted(NamedTuple):
    """A line of the trail."""

    verb: str
    subject_id: UUID
    fields: tuple[str, ...]
    student_id: UUID | None
    person_id: UUID | None


@dataclass(kw_only=True)
class Draft:
    """One import, worked out and not written."""

    roster: Roster
    standing: Standing
    answers: Mapping[str, str]
    now: datetime = field(default_factory=clock.now)
    found: list[Difference] = field(default_factory=list)
    gone_share: float = 0.0
    is_quiet: bool = False
    made: dict[Model, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {model: [] for model in MADE}
    )
    changed: defaultdict[Model, list[Changed]] = field(default_factory=lambda: defaultdict(list))
    removed: defaultdict[Model, list[Removed]] = field(default_factory=lambda: defaultdict(list))
    trail: list[Noted] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)  # on what is left out of it

    @property
    def adds_children(self) -> bool:
        """Whether the roster says who is at the school."""
        return adds_children(self.roster)

    @property
    def today(self) -> date:
        """The day that all of it is asked of."""
        return self.standing.today

    @property
    def differences(self) -> Differences:
        """What the office is shown. The same whatever it answers."""
        counts: dict[str, dict[str, int]] = {}
        for (what, kind), number in Counter((one.what, one.kind) for one in self.found).items():
            counts.setdefault(what, {})[kind] = number
        return Differences(found=tuple(self.found), counts=counts, gone_share=self.gone_share)

    @property
    def size(self) -> int:
        """How many rows it writes."""
        writing: tuple[Mapping[Model, list[Any]], ...] = (self.made, self.changed, self.removed)
        return sum(len(rows) for kind in writing for rows in kind.values()) + len(self.trail)

    def make(self, model: Model, **values: Any) -> UUID:
        """A new row; its id."""
        made = new_id()
        self.made[model].append(tuple(made if n == "id" else values.pop(n) for n in MADE[model]))
        assert not values, values
        return made

    def change(
        self, model: Model, row_id: UUID, values: dict[str, Any], *, student: UUID | None = None
    ) -> None:
        """Other values for a row."""
        self.changed[model].append(Changed(row_id, student, values))

    def remove(self, model: Model, row_id: UUID, *, student: UUID | None = None) -> None:
        """A row that never held, or holds nowhere any more."""
        self.removed[model].append(Removed(row_id, student))

    def note(
        self,
        verb: str,
        subject_id: UUID,
        fields: Iterable[str] = (),
        *,
        student: UUID | None = None,
        person: UUID | None = None,
    ) -> None:
        """A line for the trail."""
        self.trail.append(Noted(verb, subject_id, tuple(fields), student, person))

    def say(self, kind: Kind, what: What, key: str, name: str, **more: Any) -> None:
        """Show the office a difference."""
        if not self.is_quiet:
            self.found.append(Difference(kind=kind, what=what, key=key, name=name, **more))

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """What follows from an answer was shown with the question: so that is the same for all."""
        self.is_quiet = True
        try:
            yield
        finally:
            self.is_quiet = False

    def answer(self, key: str, candidates: Iterable[Candidate]) -> str:
        """What the office says of something doubtful: one of the candidates, new, or leave it."""
        given = self.answers.get(key, SKIP)
        return given if given in {NEW, *(one.id for one in candidates)} else SKIP


def digest(differences: Differences) -> str:
    """What was shown, in short: to see whether it is still so."""
    told = sha256()
    for one in differences.found:
        told.update(repr(one).encode())
    return told.hexdigest()


def change(field_name: str, before: object, after: object) -> FieldChange:
    """One datum before and after, as text."""
    return FieldChange(field=field_name, before=_text(before), after=_text(after))


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
