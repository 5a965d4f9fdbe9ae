"""Where rosters come from. A source is one small class: reading is all that it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, ClassVar, NamedTuple, Protocol

from django.utils.functional import Promise

from kring.importing.roster import Problem, Roster

MOST_BYTES = 20 * 1024 * 1024  # of one file
MOST_ROWS = 60_000
MOST_COLUMNS = 100
MOST_PROBLEMS = 200  # reported; reading stops there


class SourceFile(NamedTuple):
    """A file as it was handed over: its name is only ever shown."""

    name: str
    content: IO[bytes]  # seekable


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list, what it was taken for, and a few of its cells to judge by."""

    number: int
    header: str
    taken_for: str = ""  # a field of the source, or nothing: not read
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What reading came to: a roster, or problems that refuse it. Warnings may go with a roster."""

    roster: Roster | None
    problems: tuple[Problem, ...] = ()
    columns: tuple[Column, ...] = ()  # of a list; none for a format with fixed fields
    missing: tuple[str, ...] = field(default=())  # fields that no column was taken for

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it can be used."""
        return self.roster is None


class Source(Protocol):
    """One kind of source. Add one to ``SOURCES`` and it stands in the office and on the line."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    fields: ClassVar[Mapping[str, str | Promise]]  # of a list, that columns can be taken for

    def read(
        self, files: Sequence[SourceFile], mapping: Mapping[int, str] | None = None
    ) -> Reading:
        """Read. ``mapping`` (number of the column → field) overrules the guess."""
        ...
