"""What is wrong with a file, gathered while it is read: all of it at once, and not without end."""

from __future__ import annotations

from typing import NoReturn

from kring.importing.roster import Problem, Roster
from kring.importing.sources import MOST_PROBLEMS, Column, Reading

SHOWN, FILE_NAME = 40, 100  # characters of a value, of a name


class Refused(Exception):  # noqa: N818 - reading ends, which is no error of ours
    """Reading stops here; the report says why."""


class Report:
    """Problems of one file. Refusals make it useless, warnings go with its roster."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.refusals: list[Problem] = []
        self.warnings: list[Problem] = []
        self.unnamed = 0  # warnings above the most

    def refuse(
        self, code: str, *, line: int | None = None, column: str = "", value: str = ""
    ) -> None:
        """Say what makes the file useless, and read on: the office wants to hear all at once."""
        self.refusals.append(self._problem(code, line, column, value, is_warning=False))
        if len(self.refusals) >= MOST_PROBLEMS:
            raise Refused

    def stop(
        self, code: str, *, line: int | None = None, column: str = "", value: str = ""
    ) -> NoReturn:
        """Say what makes the file useless, and read no further."""
        self.refuse(code, line=line, column=column, value=value)
        raise Refused

    def warn(
        self, code: str, *, line: int | None = None, column: str = "", value: str = ""
    ) -> None:
        """Say what the office should know."""
        if len(self.warnings) < MOST_PROBLEMS - 1:
            self.warnings.append(self._problem(code, line, column, value, is_warning=True))
        else:
            self.unnamed += 1

    def reading(
        self,
        roster: Roster | None,
        columns: tuple[Column, ...] = (),
        missing: tuple[str, ...] = (),
    ) -> Reading:
        """What it came to. One refusal, and nothing of the file is used."""
        if self.unnamed:
            more = self._problem("more_warnings", None, "", str(self.unnamed), is_warning=True)
            self.warnings.append(more)
        problems = (*self.refusals, *self.warnings)[:MOST_PROBLEMS]
        roster = None if self.refusals else roster
        return Reading(roster=roster, problems=problems, columns=columns, missing=missing)

    def _problem(
        self, code: str, line: int | None, column: str, value: str, *, is_warning: bool
    ) -> Problem:
        return Problem(
            code=code,
            level="warning" if is_warning else "refused",
            file=shown(self.file, FILE_NAME),
            line=line,
            column=shown(column),
            value=shown(value),
        )


def shown(value: str, most: int = SHOWN) -> str:
    """Short, and without signs that cannot be shown."""
    visible = "".join(sign if sign.isprintable() else "�" for sign in value[: most + 1])
    return visible if len(visible) <= most else visible[:most] + "…"
