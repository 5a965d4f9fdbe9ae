"""The children of a roster: new, changed, doubtful, and those that it does not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from kring.base.names import full_name, sort_key
from kring.importing.differences import GONE, LEFT, NEW, STAYS, Candidate, FieldChange
from kring.importing.drafting import Draft, change
from kring.importing.grouping import Groups
from kring.importing.matching import Match, Matching, usable
from kring.importing.placing import Placing
from kring.importing.roster import StudentLine
from kring.importing.standing import Child, alike
from kring.schools.models import Student

FIELDS = ("first_name", "infix", "last_name", "born_on", "source_id", "eck_id")
NAMES = {"first_name", "last_name"}
NOT_IN_FILE = "not_in_file"


class Met(NamedTuple):
    """A line, and the child that it is or will be."""

    line: StudentLine
    key: str
    student_id: UUID
    was_asked: bool


class Children:
    """Draws up what becomes of the children."""

    def __init__(self, draft: Draft, groups: Groups) -> None:
        self.draft, self.groups = draft, groups
        self.placing = Placing(draft, groups)
        self.matching = Matching(draft.standing, adds=draft.adds_children)
        self.spoken_of: set[UUID] = set()  # by a line, be it sure or not
        self.taken: set[UUID] = set()
        self.keys: Counter[str] = Counter()

    def draw(self) -> list[Met]:
        """All lines; afterwards those who are in none."""
        lines = self.draft.roster.students
        met = [
            found
            for line, match in zip(lines, self.matching.of(lines), strict=True)
            if (found := self._meet(line, match))
        ]
        if self.draft.roster.is_whole:
            self._draw_gone()
        return met

    def _meet(self, line: StudentLine, match: Match) -> Met | None:
        key = self._key(line)
        if match.doubt:
            student_id = self._decide(line, match, key)
        elif match.child:
            self.spoken_of.add(match.child.id)
            student_id = self._update(line, match.child, key)
        elif self._has_left(line):
            return None
        else:
            student_id = self._add(line)
            self.draft.say(
                "new", "student", key, _name(line), detail=self._where(line), line=line.line
            )
        return Met(line, key, student_id, bool(match.doubt)) if student_id else None

    # ── one of three ─────────────────────────────────────────────────────────
    def _decide(self, line: StudentLine, match: Match, key: str) -> UUID | None:
        """What the office said; it is shown as doubtful all the same."""
        self.spoken_of |= {child.id for child in match.candidates}
        candidates = tuple(self._candidate(child) for child in match.candidates)
        about: dict[str, Any] = {
            "detail": self._where(line),
            "reason": match.doubt,
            "line": line.line,
        }
        named = [
            full_name(one.first_name, one.infix, one.last_name) or one.email for one in line.carers
        ]
        about["changes"] = (change("carers", "", named),) if named else ()
        self.draft.say("doubtful", "student", key, _name(line), candidates=candidates, **about)
        answer = self.draft.answer(key, candidates)
        with self.draft.quietly():
            if answer == NEW:
                return self._add(line)
            child = next((one for one in match.candidates if str(one.id) == answer), None)
            if child is None or (child.id in self.taken and self.draft.adds_children):
                return None
            self._apply(line, child)
            return child.id

    def _update(self, line: StudentLine, child: Child, key: str) -> UUID:
        changes = self._apply(line, child)
        if changes:
            shown = {"detail": self._where(line), "changes": tuple(changes), "line": line.line}
            self.draft.say("changed", "student", key, child.name, **shown)
        return child.id

    def _add(self, line: StudentLine) -> UUID:
        student_id = self.draft.make(
            Student, **self._facts(line, None), sort_key=sort_key(line.first_name, line.last_name)
        )
        self.placing.place(student_id, line)
        facts = [name for name in FIELDS if getattr(line, name, None)]
        self.draft.note("student.added", student_id, facts, student=student_id)
        return student_id

    def _apply(self, line: StudentLine, child: Child) -> list[FieldChange]:
        self.taken.add(child.id)
        if not self.draft.adds_children:
            return []
        facts = self._facts(line, child)
        differing = {name: new for name, new in facts.items() if getattr(child, name) != new}
        changes = [change(name, getattr(child, name), new) for name, new in differing.items()]
        if NAMES & differing.keys():
            differing["sort_key"] = sort_key(line.first_name, line.last_name)
        if differing:
            self.draft.change(Student, child.id, differing, student=child.id)
        changes += self.placing.place(child.id, line)
        if changes:
            names = [one.field for one in changes]
            self.draft.note("student.changed", child.id, names, student=child.id)
        return changes

    def _facts(self, line: StudentLine, child: Child | None) -> dict[str, object]:
        """What a line says of a child; what it does not say stays as it is."""
        key, eck_id = usable(line.key), line.eck_id
        holder, other = self.matching.by_key.get(key), self.matching.by_eck_id.get(eck_id)
        if not key or (holder and holder != child):
            key = child.source_id if child else ""
        if not eck_id or (other and other != child):
            eck_id = child.eck_id if child else ""
        return {
            "first_name": line.first_name,
            "infix": line.infix,
            "last_name": line.last_name,
            "born_on": line.born_on or (child.born_on if child else None),
            "source_id": key,
            "eck_id": eck_id,
        }

    # ── who is in no line ────────────────────────────────────────────────────
    def _draw_gone(self) -> None:
        """A proposal each, and never more: a file does not say what absence from it means."""
        standing = self.draft.standing
        here = [child for child in standing.children.values() if self.placing.held(child.id)]
        gone = [child for child in here if child.id not in self.spoken_of]
        self.draft.gone_share = len(gone) / len(here) if here else 0.0
        namesakes = Counter(child.name for child in gone)
        for child in gone:
            key = f"{GONE}{child.id}"
            if standing.settled.get(key) == STAYS:
                continue
            told = self._told(child) if namesakes[child.name] > 1 else [self.placing.name(child.id)]
            about = {"detail": ", ".join(told), "reason": NOT_IN_FILE}
            self.draft.say("gone", "student", key, child.name, **about)
            if self.draft.answers.get(key) == LEFT:
                self.placing.leave(child.id)
                self.draft.note("student.left", child.id, ("ends_on",), student=child.id)

    # ── words ────────────────────────────────────────────────────────────────
    def _key(self, line: StudentLine) -> str:
        """The same each time that this roster is compared."""
        born = line.born_on or ""
        name = usable(line.key) or line.eck_id or f"{alike(line.first_name, line.last_name)} {born}"
        self.keys[name] += 1
        number = self.keys[name]
        return f"student:{name}" if number == 1 else f"student:{name}:{number}"

    def _has_left(self, line: StudentLine) -> bool:
        """Before it was ever here."""
        return bool(line.ends_on and line.ends_on < self.draft.today)

    def _where(self, line: StudentLine) -> str:
        unit = self.groups.units.get(line.group_key)
        return unit.name if unit else line.group_name

    def _candidate(self, child: Child) -> Candidate:
        return Candidate(id=str(child.id), name=child.name, detail=", ".join(self._told(child)))

    def _told(self, child: Child) -> Iterator[str]:
        """What sets two of one name apart."""
        parts = (child.born_on and f"{child.born_on:%d-%m-%Y}", self.placing.name(child.id))
        return (part for part in (*parts, child.source_id) if part)


def _name(line: StudentLine) -> str:
    return full_name(line.first_name, line.infix, line.last_name)
