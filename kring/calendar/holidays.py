"""Holidays as the region has them: a proposal, which the office confirms before anybody sees it.

From OpenHolidays, under the Open Database License: see data/README.md.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from kring.schools.models import ClosedDay, School

DATA = Path(__file__).with_name("data")
Kind = ClosedDay.Kind
FIXED, ADVICE, PUBLIC, OFTEN, OWN = "fixed", "advice", "public", "often", "own"
CHOOSING = ("Goede vrijdag", "Bevrijdingsdag")  # each school says for itself
AUGUST = 8


class Proposed(NamedTuple):
    """Days on which nobody is expected, by whom that is said, and whether most schools keep it."""

    kind: str
    name: str
    starts_on: date
    ends_on: date
    source: str
    is_usual: bool


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (DATA / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def years() -> tuple[int, ...]:
    """The school years that are known, by the year in which they begin."""
    return tuple(sorted({int(row["year"][:4]) for row in _rows("holidays")}))


@cache
def regions_of(municipality: str) -> tuple[str, ...]:
    """The region of a municipality, or two; none where no municipality has this name."""
    asked = municipality.strip().casefold()
    for row in _rows("municipalities"):
        if row["municipality"].casefold() == asked:
            return tuple(row["regions"].split())
    return ()


def proposed(year: int, school: School) -> list[Proposed]:
    """What the region and the country have, and what many schools add; in order."""
    found = _public(year)
    if school.kind == School.Kind.SCHOOL:
        holidays = _holidays(year, school.region)
        found = holidays + [one for one in found if not _within(one, holidays)]
    return sorted(found, key=_by_day)


def _holidays(year: int, region: str) -> list[Proposed]:
    found: list[Proposed] = []
    for row in _rows("holidays"):
        if row["region"] == region and row["year"].startswith(str(year)):
            first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
            found.append(
                Proposed(Kind.HOLIDAY, row["name"], first, last, row["kind"], is_usual=True)
            )
            if row["name"] == "Meivakantie":
                week = (last + timedelta(days=1), last + timedelta(days=7))
                found.append(Proposed(Kind.HOLIDAY, "Tweede meiweek", *week, OFTEN, is_usual=False))
    return found


def _public(year: int) -> list[Proposed]:
    """Those on a day of the week."""
    first, last = date(year, AUGUST, 1), date(year + 1, AUGUST, 1)
    found: list[Proposed] = []
    for row in _rows("public_days"):
        day, name = date.fromisoformat(row["day"]), row["name"]
        if not first <= day < last or day.isoweekday() > 5:  # noqa: PLR2004 - the weekend
            continue
        found.append(Proposed(Kind.PUBLIC, name, day, day, PUBLIC, is_usual=name not in CHOOSING))
        if name == "Hemelvaartsdag":
            after = day + timedelta(days=1)
            found.append(
                Proposed(Kind.OTHER, "Vrijdag na Hemelvaart", after, after, OFTEN, is_usual=True)
            )
    return found


def _within(one: Proposed, holidays: list[Proposed]) -> bool:
    """Whether it falls in a holiday that most schools keep."""
    kept = (other for other in holidays if other.is_usual)
    return any(other.starts_on <= one.starts_on <= other.ends_on for other in kept)


def _by_day(one: Proposed) -> tuple[date, str]:
    return one.starts_on, one.name


def said_by() -> dict[str, str]:
    """Whose word each source is, for people."""
    return defaultdict(
        str,
        {
            FIXED: _("fixed by the minister"),
            ADVICE: _("advice of the minister"),
            PUBLIC: _("public holiday"),
            OFTEN: _("many schools do this"),
            OWN: _("your own"),
        },
    )
