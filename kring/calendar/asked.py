"""What an address of the agenda asks for: a month, how it is shown, and about whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.dates import MONTHS

from kring.base import clock

MONTH, LIST = "maand", "lijst"
YEARS = range(2000, 2100)
AUGUST, DECEMBER = 8, 12


def school_year(first: date) -> int:
    """The year in which the school year of a day began."""
    return first.year if first.month >= AUGUST else first.year - 1


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A month by its first day; without a form, a phone shows the list and a desktop the month."""

    first: date
    form: str = ""
    about: str = ""

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Self:
        """What cannot be read is this month, all of it, in the usual form."""
        form = told.get("vorm", "")
        return cls(
            first=_month(told.get("maand", "")),
            form=form if form in {MONTH, LIST} else "",
            about=told.get("over", ""),
        )

    @cached_property
    def unit(self) -> UUID | None:
        """The child or group that is asked about."""
        try:
            return UUID(self.about)
        except ValueError:
            return None

    @cached_property
    def next_month(self) -> date:
        """The first day of the month after it."""
        if self.first.month == DECEMBER:
            return date(self.first.year + 1, 1, 1)
        return self.first.replace(month=self.first.month + 1)

    @property
    def last(self) -> date:
        """The last day of the month."""
        return self.next_month - timedelta(days=1)

    @property
    def is_now(self) -> bool:
        """Whether it is the month of today."""
        return self.first == clock.today().replace(day=1)

    @property
    def name(self) -> str:
        """'December 2026'."""
        return f"{MONTHS[self.first.month]} {self.first.year}"

    @property
    def name_before(self) -> str:
        """'November': with its year where that is another."""
        return self.before().name_beside(self.first.year)

    @property
    def name_after(self) -> str:
        """'January 2027'."""
        return self.after().name_beside(self.first.year)

    def name_beside(self, year: int) -> str:
        """As it is called beside a month of this year."""
        return str(MONTHS[self.first.month]) if self.first.year == year else self.name

    def before(self) -> Self:
        """The month before it, in the same form."""
        return replace(self, first=(self.first - timedelta(days=1)).replace(day=1))

    def after(self) -> Self:
        """The month after it, in the same form."""
        return replace(self, first=self.next_month)

    def now(self) -> Self:
        """This month, in the same form."""
        return replace(self, first=clock.today().replace(day=1))

    def shown_as(self, form: str) -> Self:
        """The same month in another form."""
        return replace(self, form=form)

    def all_about(self, about: str) -> Self:
        """The same month about another child or group."""
        return replace(self, about=about)

    @property
    def url(self) -> str:
        """Its address."""
        asked = {"vorm": self.form, "over": self.about}
        if not self.is_now:
            asked = {"maand": f"{self.first:%Y-%m}"} | asked
        query = urlencode({name: value for name, value in asked.items() if value})
        return reverse("calendar:agenda") + (f"?{query}" if query else "")


def _month(text: str) -> date:
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
    if found is None or int(found[1]) not in YEARS:
        return clock.today().replace(day=1)
    return date(int(found[1]), int(found[2]), 1)
