"""The agenda of the demo: what every school has in a year, and a few things of the coming weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from kring.audiences.models import Audience
from kring.base import clock
from kring.calendar.asked import school_year
from kring.calendar.holidays import proposed
from kring.calendar.models import CalendarEntry
from kring.demo.cast import identity
from kring.schools.models import ClosedDay, School

MIDDLE = School.Region.MIDDLE
DAY = timedelta(days=1)
SATURDAY = 6  # ISO 8601


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An entry: so many days of school from today, or on a day of the school year."""

    by: str
    to: tuple[UUID, ...] | str  # groups; "school", "team"
    title: str
    ahead: int = 0
    on: tuple[int, int] = (0, 0)  # month, day: of the school year; the nearest day of school before
    lasts: int = 1  # days
    at: str = ""
    until: str = ""
    place: str = ""
    text: str = ""
    card: UUID | None = None  # of the message that says it, too


def plan(school: str, entries: Sequence[Planned]) -> None:
    """Put these in the agenda of a school, or bring their days up to date."""
    told = [
        {"id": identity(f"agenda {school} {number}")} | _columns(school, one)
        for number, one in enumerate(entries)
    ]
    CalendarEntry.objects.bulk_create(
        (CalendarEntry(**one) for one in told),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[name for name in told[0] if name != "id"],
    )


def close(school_id: UUID, *days: tuple[str, str, int, int]) -> None:
    """Confirm the holidays of region Midden for this school year, and days of the school's own."""
    school = School.objects.get(pk=school_id)
    if not school.region:
        School.objects.filter(pk=school_id).update(region=MIDDLE)
        school.region = MIDDLE
    year = school_year(clock.today())
    if ClosedDay.objects.filter(school=school_id, starts_on__gte=date(year, 8, 1)).exists():
        return
    told = [
        (one.kind, one.name, one.starts_on, one.ends_on)
        for one in proposed(year, school)
        if one.is_usual
    ]
    own = [(kind, name, _of_the_year(month, day)) for kind, name, month, day in days]
    told += [(kind, name, day, day) for kind, name, day in own]
    names = ("kind", "name", "starts_on", "ends_on")
    ClosedDay.objects.bulk_create(
        ClosedDay(school_id=school_id, **dict(zip(names, one, strict=True))) for one in told
    )


def _columns(school: str, one: Planned) -> dict[str, Any]:
    first = _of_the_year(*one.on) if one.on[0] else _ahead(one.ahead)
    last = first + DAY * (one.lasts - 1)
    starts_at, ends_at = clock.start_of(first), clock.end_of(last)
    if one.at:
        starts_at = _moment(first, one.at)
        ends_at = _moment(last, one.until or one.at)
    return {
        **_audience(identity(school), one.to).columns(),
        "author_id": identity(one.by),
        "title": one.title,
        "place": one.place,
        "text": one.text,
        "whole_day": not one.at,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "key": identity(f"form of {school} {one.title}"),
        "published_at": clock.now() - 14 * DAY,
        "card_id": one.card,
    }


def _audience(school_id: UUID, to: tuple[UUID, ...] | str) -> Audience:
    if isinstance(to, str):
        return Audience(school_id, whole_school=to == "school", staff_only=to == "team")
    return Audience(school_id, group_ids=to)


def _ahead(days: int) -> date:
    """So many days of school from today."""
    day = clock.today()
    for _ in range(days):
        day += DAY
        while day.isoweekday() >= SATURDAY:
            day += DAY
    return day


def _of_the_year(month: int, day: int) -> date:
    """A day of this school year, or the day of school before it."""
    first = school_year(clock.today())
    found = date(first if month >= date(first, 8, 1).month else first + 1, month, day)
    while found.isoweekday() >= SATURDAY:
        found -= DAY
    return found


def _moment(day: date, at: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), clock.SCHOOL_TIME)


WILGENHOEK = "wilgenhoek"
GROUP_5, GROUP_2 = (identity("group_5"),), (identity("group_2"),)
ENTRIES = (
    Planned(
        by="aide",
        to="school",
        title="Luizencontrole",
        ahead=2,
        at="08:30",
        until="10:00",
        text="Graag geen vlechten of gel die dag.",
    ),
    Planned(
        by="teacher",
        to=GROUP_5,
        title="Naar de bibliotheek",
        ahead=3,
        at="10:00",
        until="11:30",
        place="Bibliotheek Waterdam",
        text="Neem je pasje mee. Er gaan drie ouders mee op de fiets.",
    ),
    Planned(by="teacher", to=GROUP_5, title="Spreekbeurten", ahead=5, at="13:15"),
    Planned(by="aide", to=GROUP_2, title="Speelgoedmiddag", ahead=4, at="13:00", until="14:00"),
    Planned(
        by="principal",
        to="school",
        title="Ouderavond: over schermen en slapen",
        ahead=8,
        at="19:30",
        until="21:00",
        place="aula",
    ),
    Planned(by="principal", to="team", title="Teamvergadering", ahead=1, at="15:15", until="16:30"),
    Planned(
        by="principal",
        to="school",
        title="Sinterklaas op school",
        on=(12, 5),
        at="08:30",
        until="12:00",
        place="plein",
        text="Alle groepen zijn om 12.00 uur uit.",
    ),
    Planned(
        by="principal",
        to="school",
        title="Kerstviering",
        on=(12, 17),
        at="17:30",
        until="19:00",
        place="in de groepen",
    ),
    Planned(by="teacher", to=GROUP_5, title="Projectweek: water", ahead=6, lasts=5),
    Planned(by="principal", to="school", title="Koningsspelen", on=(4, 24)),
    Planned(
        by="teacher",
        to=GROUP_5,
        title="Schoolreis",
        on=(6, 11),
        at="08:15",
        until="17:00",
        place="het bos bij Waterdam",
        text="Neem brood, drinken en een regenjas mee.",
    ),
)
STUDY = (("study", "Studiedag", 10, 9), ("study", "Studiedag", 2, 3), ("study", "Studiedag", 6, 18))


def build() -> None:
    """Of De Wilgenhoek and its after-school care."""
    close(identity(WILGENHOEK), *STUDY)
    close(identity("vijver"))
    plan(WILGENHOEK, ENTRIES)
    trip = Planned(by="aftercare", to="school", title="Pannenkoeken bakken", ahead=6, at="12:00")
    plan("vijver", (trip,))
