"""What ``kring_ways`` says, against what was agreed: every combination, written the other way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from kring.base import clock
from kring.base.clock import SCHOOL_TIME
from kring.base.visibility import Viewer, seen_by
from kring.notifications.channels import fit_for
from kring.notifications.kinds import BROADCAST, MAIL, Kind
from kring.notifications.models import Bounce, Preference, Wishes, digest_of
from kring.schools.models import Mourning, WorkingHours
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

PUSH = "push"
AT_ONCE, DAILY, WEEKLY = Wishes.Rhythm


def ways(cast: Cast, key: str, kind: Kind, *, urgent: bool = False) -> dict[str, timedelta]:
    """Over which channels this person is told, and how long from now; as a job asks it."""
    school = cast.id("wilgenhoek")
    with seen_by(Viewer.service(school)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel, due_at - now() FROM kring_ways(%s::uuid[], %s, %s, %s)",
            [[cast.id(key)], kind, urgent, school],
        )
        return dict(cursor.fetchall())


def says(cast: Cast, key: str, kind: Kind, channel: str, *, wanted: bool) -> None:
    row = {"kind": kind, "channel": channel, "wanted": wanted}
    factories.made(Preference(person_id=cast.id(key), **row))


def wishes(cast: Cast, key: str, **told: object) -> None:
    with unlocked():
        Wishes.objects.update_or_create(person_id=cast.id(key), defaults=told)


@pytest.fixture
def her(cast: Cast) -> Cast:
    """The mother, with a telephone."""
    factories.push_device(cast.id("mother"))
    return cast


RULES = list(product(Kind, Wishes.Rhythm, (None, True, False), (None, True, False), (False, True)))


def agreed(
    kind: Kind,
    rhythm: Wishes.Rhythm,
    mail: bool | None,  # noqa: FBT001
    push: bool | None,  # noqa: FBT001
    urgent: bool,  # noqa: FBT001
) -> set[str]:
    """As the page says it: what is urgent always comes; a rhythm holds broadcasts back."""
    if urgent:
        return {one.channel for one in fit_for(kind)}
    if rhythm != AT_ONCE and kind in BROADCAST:
        return set()
    by_mail = True if mail is None else mail
    by_push = kind != Kind.DIGEST and push is not False  # a newsletter is a mail
    return {channel for channel, wanted in ((MAIL, by_mail), (PUSH, by_push)) if wanted}


def test_every_choice_has_its_ways(her: Cast) -> None:
    """Nine kinds, three rhythms, each switch on, off or not touched, urgent and not."""
    for kind, rhythm, mail, push, urgent in RULES:
        with unlocked():
            Preference.objects.filter(person=her.mother).delete()
        wishes(her, "mother", rhythm=rhythm)
        for channel, wanted in ((MAIL, mail), (PUSH, push)):
            if wanted is not None:
                says(her, "mother", kind, channel, wanted=wanted)
        got = set(ways(her, "mother", kind, urgent=urgent))
        assert got == agreed(kind, rhythm, mail, push, urgent), (kind, rhythm, mail, push, urgent)


def test_who_chose_nothing_is_told_over_both_ways_at_once(her: Cast) -> None:
    with unlocked():
        Wishes.objects.filter(person=her.mother).delete()
    assert ways(her, "mother", Kind.GROUP) == {MAIL: timedelta(), PUSH: timedelta()}
    assert ways(her, "mother", Kind.DIGEST) == {MAIL: timedelta()}


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"is_active": False}, set()),
        ({"joined_at": None}, set()),
        ({"email": None}, {PUSH}),
    ],
)
def test_who_has_no_way_in_is_not_told_however_urgent(
    her: Cast, fields: dict[str, object], left: set[str], *, urgent: bool
) -> None:
    her.change(her.mother, **fields)
    assert set(ways(her, "mother", Kind.GROUP, urgent=urgent)) == left


@pytest.mark.parametrize("urgent", [False, True])
def test_no_mail_to_an_address_that_came_back_for_good(her: Cast, *, urgent: bool) -> None:
    bounce = factories.made(
        Bounce(
            school_id=her.id("kompas"),  # of whatever school the mail was
            person=her.mother,
            address=digest_of(str(her.mother.email)),
            is_hard=True,
        )
    )
    left = {MAIL, PUSH} if urgent else {PUSH}  # what is urgent is tried all the same
    assert set(ways(her, "mother", Kind.GROUP, urgent=urgent)) == left
    her.change(bounce, is_hard=False)
    assert set(ways(her, "mother", Kind.GROUP, urgent=urgent)) == {MAIL, PUSH}
    her.change(bounce, is_hard=True, address=digest_of("an.older@kring.example"))
    assert set(ways(her, "mother", Kind.GROUP, urgent=urgent)) == {MAIL, PUSH}
    her.change(bounce, address=digest_of(str(her.mother.email)), cleared_at=clock.now())
    assert set(ways(her, "mother", Kind.GROUP, urgent=urgent)) == {MAIL, PUSH}


@pytest.mark.parametrize("urgent", [False, True])
def test_nothing_goes_to_who_mourns(her: Cast, *, urgent: bool) -> None:
    mourning = factories.made(Mourning(school=her.wilgenhoek, student=her.sam))
    assert ways(her, "mother", Kind.GROUP, urgent=urgent) == {}
    assert ways(her, "co_parent", Kind.GROUP, urgent=urgent) == {}
    assert set(ways(her, "english_mother", Kind.GROUP, urgent=urgent)) == {MAIL}
    her.change(mourning, ended_at=clock.now())
    assert set(ways(her, "mother", Kind.GROUP, urgent=urgent)) == {MAIL, PUSH}


def test_it_tells_no_other_school_and_no_person_what_somebody_chose(her: Cast) -> None:
    school = her.id("wilgenhoek")
    asked: list[Any] = [[her.id("mother")], Kind.GROUP, False, school]
    for viewer in (Viewer.service(her.id("kompas")), her.viewer("principal"), Viewer()):
        with seen_by(viewer), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kring_ways(%s::uuid[], %s, %s, %s)", asked)
            assert cursor.fetchone() == (0,)


# ── quiet hours ──────────────────────────────────────────────────────────────
def after_quiet(starts: time, ends: time, at: datetime) -> datetime:
    asked: list[Any] = [starts, ends, at]
    with connection.cursor() as cursor:
        cursor.execute("SELECT kring_after_quiet(%s, %s, %s)", asked)
        (found,) = cursor.fetchone() or (None,)
    assert isinstance(found, datetime)
    return found


def here(year: int, month: int, day: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    local = datetime(year, month, day, hour, minute, tzinfo=SCHOOL_TIME, fold=fold)
    return local.astimezone(UTC)


NIGHT = (time(22), time(7))
NOON = (time(12), time(13, 30))
QUIET = [
    (NIGHT, here(2026, 11, 20, 21, 59), here(2026, 11, 20, 21, 59)),
    (NIGHT, here(2026, 11, 20, 22), here(2026, 11, 21, 7)),
    (NIGHT, here(2026, 11, 21, 0), here(2026, 11, 21, 7)),
    (NIGHT, here(2026, 11, 21, 6, 59), here(2026, 11, 21, 7)),
    (NIGHT, here(2026, 11, 21, 7), here(2026, 11, 21, 7)),
    (NOON, here(2026, 11, 20, 11, 59), here(2026, 11, 20, 11, 59)),
    (NOON, here(2026, 11, 20, 12), here(2026, 11, 20, 13, 30)),
    (NOON, here(2026, 11, 20, 13, 30), here(2026, 11, 20, 13, 30)),
    ((time(9), time(9)), here(2026, 11, 20, 9), here(2026, 11, 20, 9)),  # no quiet hours at all
    ((time(22), time(0)), here(2026, 12, 31, 23), here(2027, 1, 1, 0)),
    ((time(0), time(6)), here(2026, 11, 20, 0), here(2026, 11, 20, 6)),
    # The night of 25 hours: at 2.30 it is 2.30 again.
    (NIGHT, here(2026, 10, 24, 23), here(2026, 10, 25, 7)),
    (NIGHT, here(2026, 10, 25, 2, 30, fold=0), here(2026, 10, 25, 7)),
    (NIGHT, here(2026, 10, 25, 2, 30, fold=1), here(2026, 10, 25, 7)),
    # The night of 23 hours, with and without an end in the hour that is not there.
    (NIGHT, here(2027, 3, 27, 23), here(2027, 3, 28, 7)),
    ((time(23), time(2, 30)), here(2027, 3, 28, 1, 59), here(2027, 3, 28, 3, 30)),
    ((time(23), time(2, 30)), here(2027, 3, 28, 3), here(2027, 3, 28, 3)),
]


@pytest.mark.parametrize(("hours", "at", "goes"), QUIET)
def test_quiet_hours_end_where_the_clock_on_the_wall_says(
    cast: Cast, hours: tuple[time, time], at: datetime, goes: datetime
) -> None:
    assert after_quiet(*hours, at) == goes


def every_quarter(nights: Iterator[datetime]) -> Iterator[datetime]:
    for night in nights:
        yield from (night + timedelta(minutes=15 * step) for step in range(26 * 4))


@pytest.mark.parametrize("hours", [NIGHT, NOON, (time(2, 15), time(2, 45)), (time(23), time(2))])
def test_what_waits_never_goes_back_in_time_nor_waits_longer_than_a_day(
    cast: Cast, hours: tuple[time, time]
) -> None:
    nights = iter([here(2026, 10, 24, 18), here(2027, 3, 27, 18), here(2026, 11, 20, 18)])
    for at in every_quarter(nights):
        goes = after_quiet(*hours, at)
        assert at <= goes <= at + timedelta(hours=25)
        local = goes.astimezone(SCHOOL_TIME).time()
        starts, ends = hours
        inside = starts <= local < ends if starts < ends else local >= starts or local < ends
        assert goes == at or not inside or goes.astimezone(SCHOOL_TIME).fold


def test_quiet_hours_hold_everything_back_but_what_is_urgent(her: Cast) -> None:
    now = clock.now().astimezone(SCHOOL_TIME)
    begin, end = (now - timedelta(hours=1)).time(), (now + timedelta(hours=2)).time()
    wishes(her, "mother", quiet_from=begin, quiet_until=end)
    for kind in Kind:
        got = ways(her, "mother", kind)
        assert got, kind
        # A night that the clock changes in is an hour longer or shorter.
        assert all(
            abs(wait - timedelta(hours=2)) <= timedelta(hours=1, minutes=1) for wait in got.values()
        )
        assert set(ways(her, "mother", kind, urgent=True).values()) == {timedelta()}


# ── hours of work ────────────────────────────────────────────────────────────
def next_working(cast: Cast, who: UUID, at: datetime) -> datetime:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT kring_next_working(%s, %s, %s)", [who, cast.id("wilgenhoek"), at])
        (found,) = cursor.fetchone() or (None,)
    assert isinstance(found, datetime)
    return found


def works(cast: Cast, key: str, *weekdays: int) -> None:
    for weekday in weekdays:
        factories.made(
            WorkingHours(
                school_id=cast.id("wilgenhoek"),
                person_id=cast.id(key),
                weekday=weekday,
                starts_at=time(8),
                ends_at=time(16, 30),
            )
        )


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        (here(2026, 11, 16, 7), here(2026, 11, 16, 8)),  # Monday
        (here(2026, 11, 16, 8), here(2026, 11, 16, 8)),
        (here(2026, 11, 16, 12), here(2026, 11, 16, 12)),
        (here(2026, 11, 16, 16, 30), here(2026, 11, 17, 8)),
        (here(2026, 11, 17, 17), here(2026, 11, 23, 8)),  # Tuesday evening: on Monday
        (here(2026, 10, 20, 17), here(2026, 10, 26, 8)),  # over the longer night
        (here(2027, 3, 23, 17), here(2027, 3, 29, 8)),  # over the shorter one
    ],
)
def test_what_waits_for_work_waits_for_the_next_day_of_work(
    cast: Cast, at: datetime, goes: datetime
) -> None:
    works(cast, "teacher", 1, 2)
    assert next_working(cast, cast.id("teacher"), at) == goes
    assert next_working(cast, cast.id("duo_teacher"), at) == at  # who keeps no hours


def test_what_is_said_to_staff_waits_for_working_hours(cast: Cast) -> None:
    """Of a teacher who works on no day near: the day after tomorrow."""
    today = clock.now().astimezone(SCHOOL_TIME).isoweekday()
    works(cast, "teacher", (today + 1) % 7 + 1)
    waits = {kind for kind in Kind if max(ways(cast, "teacher", kind).values()) > timedelta()}
    assert waits == {Kind.COMMENTS, Kind.CONVERSATIONS, Kind.SILENCE, Kind.OWN}
    assert ways(cast, "teacher", Kind.COMMENTS, urgent=True) == {MAIL: timedelta()}
