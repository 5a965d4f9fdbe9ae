"""Putting something in the agenda, saying it otherwise, and taking it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.calendar.models import APART, CALM, CalendarEntry
from kring.events.models import AuditEntry, Event
from kring.schools.models import TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

DAY = timedelta(days=1)
Viewing = Callable[[str], Viewer]


def told(ahead: timedelta = 20 * DAY, **other: Any) -> dict[str, Any]:
    begin = clock.now() + ahead
    said = {"title": "Schoolreis", "place": "bos", "text": "", "whole_day": False}
    return said | {"starts_at": begin, "ends_at": begin + timedelta(hours=1)} | other


def planned(cast: Cast, by: str, *to: str, **how: Any) -> CalendarEntry:
    viewer = cast.viewer(by)
    audience = cast.audience(*to)
    with seen_by(viewer):
        usual: dict[str, Any] = {
            "key": uuid4(),
            "told": told(),
            "at": clock.now() - factories.MINUTE,
        }
        return CalendarEntry.plan(audience, by=viewer, **usual | how)


def verbs(entry: CalendarEntry) -> list[str]:
    with unlocked():
        events = Event.objects.filter(subject_id=entry.pk).order_by("created_at", "pk")
        return list(events.values_list("verb", flat=True))


def trail(entry: CalendarEntry) -> list[str]:
    with unlocked():
        lines = AuditEntry.objects.filter(subject_id=entry.pk).order_by("created_at", "pk")
        return list(lines.values_list("verb", flat=True))


def row(entry_id: UUID) -> CalendarEntry:
    with unlocked():
        return CalendarEntry.objects.get(pk=entry_id)


@pytest.mark.parametrize(
    ("by", "to"),
    [
        ("teacher", "group_5"),
        ("substitute_today", "group_5"),
        ("principal", "wilgenhoek"),
        ("administrator", "group_6"),
        ("aide", "staff of wilgenhoek"),
        ("aftercare", "vijver"),
    ],
)
def test_who_may_write_to_them_may_plan_for_them(cast: Cast, by: str, to: str) -> None:
    entry = planned(cast, by, to)
    assert row(entry.pk).audience == cast.audience(to)
    assert verbs(entry) == ["calendar.planned"]
    assert trail(entry) == ["calendar.planned"]


@pytest.mark.parametrize(
    ("by", "to"),
    [
        ("teacher", "group_6"),
        ("teacher", "wilgenhoek"),
        ("mother", "group_5"),
        ("counselor", "group_5"),
        ("principal", "group_elsewhere"),
        ("substitute_yesterday", "group_5"),
        ("operator", "wilgenhoek"),
    ],
)
def test_others_are_refused_by_row_security_alone(cast: Cast, by: str, to: str) -> None:
    with pytest.raises(DatabaseError, match="row-level security"):
        planned(cast, by, to)


def test_nobody_plans_in_the_name_of_another(cast: Cast) -> None:
    viewer, audience = cast.viewer("teacher"), cast.audience("group_5")
    other = Viewer(**{**_fields(viewer), "user_id": cast.id("principal")})
    with pytest.raises(DatabaseError, match="row-level security"), seen_by(viewer):
        CalendarEntry.plan(audience, by=other, key=uuid4(), told=told())


def _fields(viewer: Viewer) -> dict[str, Any]:
    return {name: getattr(viewer, name) for name in viewer.__dataclass_fields__}


def test_a_group_of_another_school_is_refused_by_the_database(cast: Cast) -> None:
    audience = cast.audience("group_5")
    with pytest.raises(IntegrityError, match="within one school"):
        cast.entry("group_5", by="teacher", group_ids=[cast.id("group_elsewhere")])
    assert audience.group_ids == (cast.id("group_5"),)


def test_the_same_form_again_is_the_same_entry(cast: Cast) -> None:
    key = uuid4()
    one, other = (planned(cast, "teacher", "group_5", key=key, told=told()) for _ in range(2))
    assert one.pk == other.pk
    assert verbs(one) == ["calendar.planned"]


def test_another_error_of_the_database_is_not_hidden(cast: Cast) -> None:
    backwards = told(ends_at=clock.now())
    with pytest.raises(IntegrityError, match="entry_ends_after_start"):
        planned(cast, "teacher", "group_5", told=backwards)


def test_families_are_told_where_the_writer_asks_it(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5", tell=True)
    assert verbs(entry) == ["calendar.planned", "calendar.announced"]


def changed(cast: Cast, entry: CalendarEntry, by: str, *, tell: bool = False, **said: Any) -> bool:
    viewer = cast.viewer(by)
    with seen_by(viewer):
        return entry.change(by=viewer, told=said, tell=tell)


def test_a_change_says_which_fields_and_the_same_again_says_nothing(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5")
    assert changed(cast, entry, "teacher", title="Naar zee", place="bos")
    assert not changed(cast, entry, "teacher", title="Naar zee")
    assert row(entry.pk).title == "Naar zee"
    assert row(entry.pk).changed_at
    assert verbs(entry) == ["calendar.planned", "calendar.changed"]
    with unlocked():
        assert AuditEntry.objects.get(verb="calendar.changed").fields == ["title"]


@pytest.mark.parametrize("by", ["mother", "duo_teacher", "counselor", "teacher_next_door"])
def test_others_change_nothing(cast: Cast, by: str) -> None:
    entry = planned(cast, "teacher", "group_5")
    assert not changed(cast, entry, by, title="Anders")
    viewer = cast.viewer(by)
    with seen_by(viewer):
        assert not entry.withdraw(by=viewer)
    assert row(entry.pk).title == "Schoolreis"


def test_for_whom_it_is_cannot_be_changed_even_past_the_verb(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5")
    viewer = cast.viewer("teacher")
    mine = CalendarEntry.objects.changeable_by(viewer).filter(pk=entry.pk)
    with pytest.raises(DatabaseError, match="permission denied"), seen_by(viewer):
        mine.update(whole_school=True, group_ids=[])


@pytest.mark.parametrize(
    ("ahead", "whole_day", "said", "is_told"),
    [
        (2 * DAY, False, {"place": "zee"}, True),
        (2 * DAY, False, {"title": "Naar zee"}, False),
        (2 * DAY, True, {"place": "zee"}, False),
        (9 * DAY, False, {"place": "zee"}, False),
        (-2 * DAY, False, {"place": "zee"}, False),
    ],
)
def test_families_are_told_of_what_changes_soon(
    cast: Cast, ahead: timedelta, *, whole_day: bool, said: dict[str, Any], is_told: bool
) -> None:
    entry = planned(cast, "teacher", "group_5", told=told(ahead, whole_day=whole_day))
    assert changed(cast, entry, "teacher", **said)
    assert ("calendar.moved" in verbs(entry)) is is_told


def test_families_are_told_of_what_comes_sooner_and_of_what_was_soon(cast: Cast) -> None:
    later, soon = clock.now() + 20 * DAY, clock.now() + DAY
    for begin, moved in ((later, soon), (soon, later)):
        entry = planned(cast, "teacher", "group_5", told=told(begin - clock.now()))
        assert changed(cast, entry, "teacher", starts_at=moved, ends_at=moved + timedelta(hours=1))
        assert "calendar.moved" in verbs(entry)


def test_the_writer_may_tell_of_any_change(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5")
    assert changed(cast, entry, "teacher", tell=True, title="Naar zee")
    assert "calendar.moved" in verbs(entry)


def test_five_changes_are_told_once_and_the_next_an_hour_later(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5")
    for number in range(5):
        assert changed(cast, entry, "teacher", tell=True, title=f"Naar zee {number}")
    assert verbs(entry).count("calendar.moved") == 1
    told_at = row(entry.pk).told_at
    assert told_at
    assert timedelta(minutes=9) < told_at - clock.now() <= CALM
    just_now = clock.now() - timedelta(minutes=1)
    cast.change(entry, told_at=just_now)
    assert changed(cast, entry, "teacher", tell=True, title="Toch naar het bos")
    assert verbs(entry).count("calendar.moved") == 2
    assert row(entry.pk).told_at == just_now + APART


def test_of_what_is_near_a_change_is_told_soon_again(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5", told=told(timedelta(hours=5)))
    cast.change(entry, told_at=clock.now() - timedelta(minutes=1))
    assert changed(cast, entry, "teacher", place="zee")
    at = row(entry.pk).told_at
    assert at
    assert at - clock.now() <= CALM


def test_who_left_the_group_neither_changes_nor_withdraws_what_stands_there(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5")
    with unlocked():
        lessons = TeachingAssignment.objects.filter(user=cast.id("teacher"))
        lessons.update(ends_on=clock.today() - DAY)
    assert not changed(cast, entry, "teacher", tell=True, title="Onzin")
    assert not withdrawn(cast, entry, "teacher", called_off=True)
    viewer = cast.viewer("teacher")
    with seen_by(viewer):  # row security by itself
        assert not CalendarEntry.objects.filter(pk=entry.pk).update(title="Onzin")
    assert row(entry.pk).title == "Schoolreis"
    assert changed(cast, entry, "principal", title="Toch")


def withdrawn(cast: Cast, entry: CalendarEntry, by: str, **how: Any) -> bool:
    viewer = cast.viewer(by)
    with seen_by(viewer):
        return entry.withdraw(by=viewer, **how)


def test_what_is_withdrawn_is_gone_once_and_changes_no_more(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5")
    assert withdrawn(cast, entry, "principal")
    assert not withdrawn(cast, entry, "principal")
    assert not changed(cast, entry, "teacher", title="Anders")
    assert row(entry.pk).withdrawn_by_id == cast.id("principal")
    assert not row(entry.pk).is_called_off
    assert verbs(entry) == ["calendar.planned", "calendar.withdrawn"]
    assert trail(entry) == ["calendar.planned", "calendar.withdrawn"]


def test_what_is_called_off_stays_to_say_so(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5")
    assert withdrawn(cast, entry, "teacher", called_off=True)
    assert row(entry.pk).is_called_off
    assert verbs(entry) == ["calendar.planned", "calendar.withdrawn"]


def test_what_is_soon_is_called_off_and_families_are_told(cast: Cast) -> None:
    entry = planned(cast, "teacher", "group_5", told=told(DAY))
    assert withdrawn(cast, entry, "teacher")
    assert row(entry.pk).is_called_off
    assert "calendar.called_off" in verbs(entry)


def test_a_change_of_an_older_page_meets_what_stands_now(cast: Cast) -> None:
    """Two colleagues have the same form open: the second changes what the first left."""
    entry = planned(cast, "teacher", "group_5")
    stale = row(entry.pk)
    assert changed(cast, entry, "teacher", title="Naar zee")
    assert changed(cast, stale, "principal", title="Naar zee", place="strand")
    assert row(entry.pk).place == "strand"
    with unlocked(), transaction.atomic():
        assert AuditEntry.objects.filter(verb="calendar.changed").count() == 2
