"""Which child that stands is which line of a file: sure, new, or a question to the office.

A key of the source says so, then the pseudonym of the chain; a name and a birthday never do by
themselves, for two children may share them. Only a list of carers, which adds no child, goes by
name and birthday where exactly one child has both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from kring.importing.roster import Roster, StudentLine
from kring.importing.standing import Child, NameAndBirthday, Standing, alike

# Why a line is doubtful; worded in ``importing/wording.py``.
KEYS_DISAGREE = "keys_disagree"  # key and eckid are of two children, or of another than before
SAME_NAME = "same_name"  # no key, and a child of this name and birthday is here
SEVERAL = "several"  # more than one child has this name and birthday
NOT_FOUND = "not_found"  # a list of carers names a child that is not here
OTHER_CHILD = "other_child"  # a list of carers has another name or birthday with this key
NAMED_TWICE = "named_twice"  # two lines are this one child


class Match(NamedTuple):
    """What a line is."""

    child: Child | None = None  # surely this one; none and no doubt: somebody new
    doubt: str = ""
    candidates: tuple[Child, ...] = ()


def usable(key: str) -> str:
    """A key to match on; one that begins with # was made up for this one file."""
    key = key.strip()
    return "" if key.startswith("#") else key


def adds_children(roster: Roster) -> bool:
    """Whether it says who is at the school; a list of carers only says whose child is whose."""
    return roster.is_whole or not any(line.carers for line in roster.students)


class Matching:
    """The children that stand, by what can be asked of them."""

    def __init__(self, standing: Standing, *, adds: bool) -> None:
        self.adds = adds
        self.by_key: dict[str, Child] = {}
        self.by_eck_id: dict[str, Child] = {}
        self.by_name: defaultdict[NameAndBirthday, list[Child]] = defaultdict(list)
        self.namesakes: defaultdict[str, list[Child]] = defaultdict(list)
        self.matched: set[UUID] = set()
        for child in standing.children.values():
            if child.source_id:
                self.by_key[child.source_id] = child
            if child.eck_id:
                self.by_eck_id[child.eck_id] = child
            self.by_name[_name(child)].append(child)
            self.namesakes[_name(child)[0]].append(child)

    def of(self, lines: tuple[StudentLine, ...]) -> Iterator[Match]:
        """What each line is, in the order of the lines."""
        sure = [self._by_keys(line) for line in lines]
        self.matched = {match.child.id for match in sure if match and match.child}
        met: set[UUID] = set()
        for line, known in zip(lines, sure, strict=True):
            match = known or self._by_names(line)
            if match.child and self.adds and match.child.id in met:
                yield Match(doubt=NAMED_TWICE, candidates=(match.child,))
                continue
            met |= {match.child.id} if match.child else set()
            yield match

    def _by_keys(self, line: StudentLine) -> Match | None:
        """None: the keys say nothing."""
        first = self.by_key.get(usable(line.key))
        second = self.by_eck_id.get(line.eck_id)
        if first and second and first.id != second.id:
            return Match(doubt=KEYS_DISAGREE, candidates=(first, second))
        if first and line.eck_id and first.eck_id and first.eck_id != line.eck_id:
            return Match(doubt=KEYS_DISAGREE, candidates=(first,))
        child = first or second
        if child and not self.adds and not self._is_of(line, child):
            return Match(doubt=OTHER_CHILD, candidates=(child,))
        return Match(child) if child else None

    def _is_of(self, line: StudentLine, child: Child) -> bool:
        """Whether a list means this child: the same number may be somebody else's elsewhere."""
        born = line.born_on is None or child.born_on is None or line.born_on == child.born_on
        return born and _name(line)[0] == _name(child)[0]

    def _by_names(self, line: StudentLine) -> Match:
        found = self._namesakes(line)
        if not self.adds:
            return self._for_carers(line, found)
        # A child that another line has by its key is another child.
        loose = tuple(child for child in found if child.id not in self.matched)
        return Match(doubt=SAME_NAME, candidates=loose) if loose else Match()

    def _namesakes(self, line: StudentLine) -> list[Child]:
        name, born_on = _name(line)
        if born_on is not None:
            return [*self.by_name[name, born_on], *self.by_name[name, None]]
        return self.namesakes[name]

    def _for_carers(self, line: StudentLine, found: list[Child]) -> Match:
        if not found:
            return Match(doubt=NOT_FOUND)
        if len(found) > 1:
            return Match(doubt=SEVERAL, candidates=tuple(found))
        if line.born_on is None or found[0].born_on is None:
            return Match(doubt=SAME_NAME, candidates=tuple(found))
        return Match(found[0])


def _name(line: StudentLine | Child) -> NameAndBirthday:
    return alike(line.first_name, line.last_name), line.born_on
