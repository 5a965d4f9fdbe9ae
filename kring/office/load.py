"""How many messages families get per week, for who leads the school: averages, nobody by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Min
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.base import clock
from kring.base.visibility import Viewer
from kring.feed.models import Post
from kring.schools.models import Group, School

WEEKS = 8  # that are over, before this one


class Week(NamedTuple):
    """What the families of a group got in a week, on average, and the most that one got."""

    group_id: UUID | None
    monday: date
    families: int
    messages: float
    urgent: float
    newsletters: float
    outside: float  # mails and pushes that left the house
    most: int

    @property
    def all(self) -> float:
        """Messages of every kind."""
        return self.messages + self.urgent + self.newsletters

    @property
    def said(self) -> str:
        return in_figures(self.all)


@dataclass(frozen=True)
class Row:
    """A group, or the whole school, over these weeks."""

    name: str
    color: int
    weeks: Sequence[Week]  # the oldest first

    @property
    def last(self) -> Week:
        """The last week that is over."""
        return self.weeks[-1]

    @property
    def usual(self) -> str:
        """The average of these weeks."""
        return in_figures(sum(week.all for week in self.weeks) / len(self.weeks))

    @property
    def outside(self) -> str:
        return in_figures(self.last.outside)

    @property
    def sentence(self) -> str:
        """'Families of groep 5 got 4 messages last week; one family got 6.'"""
        said = ngettext(
            "Families of %(group)s got %(count)s message on average last week; the most that one"
            " family got is %(most)d.",
            "Families of %(group)s got %(count)s messages on average last week; the most that one"
            " family got is %(most)d.",
            1 if self.last.said == "1" else 2,
        )
        return said % {"group": self.name, "count": self.last.said, "most": self.last.most}


class Load:
    """Of one school: three queries, however many families."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school, self.viewer = school, viewer
        today = clock.today()
        self.monday = today - timedelta(days=today.isoweekday() - 1 + 7 * WEEKS)

    @cached_property
    def _weeks(self) -> dict[UUID | None, list[Week]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT group_id, week, families, messages::float, urgent::float,"
                " newsletters::float, outside::float, most FROM kring_load(%s, %s) ORDER BY week",
                [self.school.pk, self.monday],
            )
            found: dict[UUID | None, list[Week]] = {}
            for row in cursor.fetchall():
                week = Week(*row)
                found.setdefault(week.group_id, []).append(week)
        began = self._began(found.get(None, []))
        return {key: [one for one in row if one.monday >= began] for key, row in found.items()}

    def _began(self, weeks: Sequence[Week]) -> date:
        """The Monday of the first message. Weeks before it were not silent: Kring was not there."""
        if not weeks:
            return self.monday
        posts = Post.objects.visible_to(self.viewer).filter(school=self.school)
        first = posts.aggregate(first=Min("published_at"))["first"]
        days = [week.monday for week in weeks if week.all]
        days += [first.astimezone(clock.SCHOOL_TIME).date()] if first else []
        day = min([*days, weeks[-1].monday])
        return day - timedelta(days=day.weekday())

    @property
    def school_row(self) -> Row | None:
        """All families; None where there are none."""
        weeks = self._weeks.get(None)
        return Row(self.school.name, 0, weeks) if weeks else None

    @cached_property
    def rows(self) -> list[Row]:
        """Group by group."""
        ids = [one for one in self._weeks if one]
        known = Group.objects.visible_to(self.viewer).filter(pk__in=ids)
        return [
            Row(group.name, group.color, self._weeks[group.pk])
            for group in known.order_by("name", "pk")
        ]

    @property
    def top(self) -> float:
        """How long the longest bar is."""
        row = self.school_row
        return max([1.0, *(week.all for week in row.weeks)]) if row else 1.0

    @property
    def sentence(self) -> str:
        """The week in one line, for the whole school."""
        row = self.school_row
        if row is None:
            return _("No families yet.")
        return row.sentence


def in_figures(number: float) -> str:
    """One figure behind the point, and none where that is 0."""
    rounded = round(number, 1)
    return str(number_format(rounded, 0 if rounded == int(rounded) else 1))
