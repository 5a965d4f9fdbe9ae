"""What a source says, as plain values: the same for every source.

Nothing of a file goes further than what is named here. Numbers of citizens, ethnicity, weight and
countries have no place in it, so they are gone before anything is stored or logged.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from typing import Any, Literal

type Level = Literal["refused", "warning"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong in a file, and where. ``code`` is worded in ``importing/wording.py``."""

    code: str
    level: Level = "refused"
    file: str = ""
    line: int | None = None
    column: str = ""  # its header, or the name of the element
    value: str = ""  # shortened; never of a field that we do not keep


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupLine:
    """A group of the file. ``key`` is the file's own, good for one school year."""

    key: str
    name: str
    grades: tuple[int, ...] = ()
    is_homeroom: bool = True
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CareLine:
    """An adult who cares for a child, as a list of parents names one."""

    first_name: str = ""  # none where a list has addresses only
    infix: str = ""
    last_name: str = ""
    email: str = ""
    telephone: str = ""  # E.164
    relation: str = "other"  # Guardianship.Relation
    has_authority: str = "unknown"  # Guardianship.Authority
    access: str = "in_care"  # Guardianship.Access
    household: str = ""  # the list's own key of the home
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StudentLine:
    """A child of the file. An empty ``key`` (or one that begins with #) matches on nothing."""

    key: str = ""
    eck_id: str = ""
    first_name: str
    infix: str = ""
    last_name: str
    born_on: date | None = None
    group_key: str = ""  # of a GroupLine
    group_name: str = ""  # where a list names the group instead
    grade: int | None = None
    other_group_keys: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()  # days of care
    starts_on: date | None = None
    ends_on: date | None = None
    carers: tuple[CareLine, ...] = ()
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffLine:
    """A member of staff of the file: a proposal, never a right."""

    key: str
    first_name: str
    infix: str = ""
    last_name: str
    email: str = ""
    roles: tuple[str, ...] = ()  # Employment.Role, as far as the file's roles have one
    group_keys: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """All that one source says at one moment."""

    source: str
    brin: str = ""  # with the number of the location: 99WH00
    year: str = ""  # 2026-2027; empty where a source has none
    groups: tuple[GroupLine, ...] = ()
    students: tuple[StudentLine, ...] = ()
    staff: tuple[StaffLine, ...] = ()
    is_whole: bool = False  # lists every child, so that who is not in it may have left
    dropped: dict[str, int] = field(default_factory=dict)  # kind of datum → how many were dropped


DAYS = ("born_on", "starts_on", "ends_on")
type Line = CareLine | GroupLine | Problem | StaffLine | StudentLine


def to_json(roster: Roster) -> dict[str, Any]:
    """As a column of JSON keeps it: what is as it would be anyway is left out."""
    return _plain(roster)


def from_json(kept: dict[str, Any]) -> Roster:
    """The roster that was kept."""
    return Roster(
        **kept
        | {
            "groups": tuple(_line(GroupLine, one) for one in kept.get("groups", ())),
            "students": tuple(_student(one) for one in kept.get("students", ())),
            "staff": tuple(_line(StaffLine, one) for one in kept.get("staff", ())),
        }
    )


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """As a column of JSON keeps it."""
    return _plain(problem)


def problem_from_json(kept: dict[str, Any]) -> Problem:
    """The problem that was kept."""
    return _line(Problem, kept)


def _plain(line: Line | Roster) -> dict[str, Any]:
    values = ((name, getattr(line, name), default) for name, default in _defaults(type(line)))
    return {name: _plain_value(value) for name, value, default in values if value != default}


def _plain_value(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return [_plain_value(one) for one in value]
        case CareLine() | GroupLine() | StaffLine() | StudentLine():
            return _plain(value)
        case _:
            return value


def _defaults(kind: type[Line | Roster]) -> tuple[tuple[str, Any], ...]:
    return tuple((one.name, _default(one)) for one in fields(kind))


def _default(of: Field[Any]) -> Any:
    return of.default if of.default_factory is MISSING else of.default_factory()


def _student(kept: dict[str, Any]) -> StudentLine:
    carers = tuple(_line(CareLine, one) for one in kept.get("carers", ()))
    return _line(StudentLine, kept | {"carers": carers})


def _line[L: Line](kind: type[L], kept: dict[str, Any]) -> L:
    return kind(**{name: _value(name, value) for name, value in kept.items()})


def _value(name: str, kept: Any) -> Any:
    if isinstance(kept, list):
        return tuple(kept)
    return date.fromisoformat(kept) if kept and name in DAYS else kept
