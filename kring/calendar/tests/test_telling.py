"""Who is told of the agenda, what a mail says, and what goes with a message."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from kring.base import clock
from kring.base.ids import new_id
from kring.base.registry import Sent, Span, card_parts, composer_parts, digest_sections
from kring.base.visibility import seen_by
from kring.calendar import when
from kring.calendar.digest import MOST, what_comes
from kring.calendar.items import Item
from kring.calendar.models import CalendarEntry
from kring.calendar.parts import AgendaInComposer, AgendaOnCard
from kring.events.jobs import dispatch
from kring.events.models import Event
from kring.feed.models import Post
from kring.notifications.kinds import Kind, offered
from kring.notifications.letters import entitled, liners, write
from kring.notifications.models import Notification
from kring.schools.models import Guardianship
from tests import factories
from tests.cast import Cast
from tests.circles import GROUP_5
from tests.unlocked import unlocked

DAY = timedelta(days=1)
PERSONAL = ("Naar het bos", "het bos", "Sam")


def happen(subject: Any, verb: str) -> Event:
    """Put this on the bus, and run its dispatch as the worker does."""
    ids = {"school_id": subject.school_id, "subject_id": subject.pk}
    event = factories.made(Event(verb=verb, actor_id=subject.author_id, **ids))
    dispatch(school_id=str(subject.school_id), event_id=str(event.pk))
    return event


def told(cast: Cast, subject_id: UUID, verb: str) -> set[str]:
    with unlocked():
        found = Notification.objects.filter(subject_id=subject_id, verb=verb)
        people = list(found.values_list("person", flat=True))
    assert len(people) == len(set(people))
    return {key for one in people if (key := cast.key(one))}


def soon(**other: Any) -> dict[str, Any]:
    begin = clock.now() + DAY
    return {"starts_at": begin, "ends_at": begin + timedelta(hours=1)} | other


def test_planning_is_a_kind_with_a_switch() -> None:
    assert Kind.PLANNING in offered


def test_putting_something_down_tells_nobody_by_itself(cast: Cast) -> None:
    entry = cast.entry("group_5", by="teacher")
    happen(entry, "calendar.planned")
    happen(entry, "calendar.changed")
    with unlocked():
        assert not Notification.objects.filter(subject_id=entry.pk).exists()


def test_everybody_who_may_see_it_is_told_but_the_writer(cast: Cast) -> None:
    entry = cast.entry("group_5", by="teacher")
    for _ in range(2):  # the job runs twice
        happen(entry, "calendar.announced")
    assert told(cast, entry.pk, "calendar.announced") == GROUP_5 - {"teacher"}
    with unlocked():
        kinds = Notification.objects.filter(subject_id=entry.pk).values_list("kind", flat=True)
        assert set(kinds) == {Kind.PLANNING}


def test_each_change_is_told_again(cast: Cast) -> None:
    entry = cast.entry("sam", by="teacher")
    for _ in range(2):
        happen(entry, "calendar.moved")
    with unlocked():
        own = Notification.objects.filter(subject_id=entry.pk, person=cast.id("mother"))
        assert own.count() == 2


def test_that_it_is_called_off_is_told_and_what_was_said_before_is_gone(cast: Cast) -> None:
    entry = cast.entry("group_5", by="teacher", **soon())
    happen(entry, "calendar.announced")
    gone = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    cast.change(entry, is_called_off=True, **gone)
    happen(entry, "calendar.withdrawn")
    happen(entry, "calendar.called_off")
    assert told(cast, entry.pk, "calendar.announced") == set()
    assert told(cast, entry.pk, "calendar.called_off") == GROUP_5 - {"teacher"}


def test_what_is_withdrawn_before_it_was_told_is_told_to_nobody(cast: Cast) -> None:
    gone = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    entry = cast.entry("group_5", by="teacher", **gone)
    for verb in ("calendar.announced", "calendar.moved", "calendar.called_off"):
        happen(entry, verb)
        assert told(cast, entry.pk, verb) == set()


def notice(cast: Cast, entry: CalendarEntry, verb: str, key: str = "mother") -> Notification:
    happen(entry, verb)
    with unlocked():
        return Notification.objects.get(subject_id=entry.pk, verb=verb, person=cast.id(key))


@pytest.mark.parametrize("verb", ["calendar.announced", "calendar.moved", "calendar.called_off"])
def test_a_mail_says_the_school_and_the_day_and_nothing_of_what_it_is(
    cast: Cast, verb: str
) -> None:
    off = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    state = {"is_called_off": True, **off} if verb == "calendar.called_off" else {}
    entry = cast.entry("sam", by="teacher", **soon(**state))
    notification = notice(cast, entry, verb)
    found = write(notification.pk, cast.id("mother"))
    assert found
    _person, letter = found
    said = f"{letter.subject} {letter.text}"
    assert "De Wilgenhoek" in said
    assert not any(word in said for word in PERSONAL)
    assert letter.stops == Kind.PLANNING
    assert str(entry.pk) in letter.path


def test_access_that_ended_since_gets_no_mail_no_line_and_no_push(cast: Cast) -> None:
    entry = cast.entry("sam", by="teacher")
    notification = notice(cast, entry, "calendar.announced", "co_parent")
    with unlocked():
        tie = Guardianship.objects.get(guardian=cast.id("co_parent"), student=cast.id("sam"))
    cast.change(tie, ends_at=clock.now() - timedelta(seconds=1))
    assert write(notification.pk, cast.id("co_parent")) is None
    viewer = cast.viewer("co_parent")
    with seen_by(viewer):
        assert liners["calendar.announced"]([notification], viewer) == {}
    with unlocked():
        may = entitled["calendar.announced"](notification)
        assert not may.filter(pk=cast.id("co_parent")).exists()
        assert may.filter(pk=cast.id("mother")).exists()


def test_nobody_may_still_know_of_what_is_gone(cast: Cast) -> None:
    entry = cast.entry("group_5", by="teacher")
    notification = notice(cast, entry, "calendar.announced")
    gone = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    cast.change(entry, **gone)
    with unlocked():
        assert not entitled["calendar.announced"](notification).exists()
    assert write(notification.pk, cast.id("mother")) is None


def test_the_list_in_the_app_says_what_and_when_in_as_many_queries_for_ten_as_for_one(
    cast: Cast,
) -> None:
    several = [cast.entry("group_5", by="teacher", title=f"Bos {number}") for number in range(10)]
    notices = [notice(cast, one, "calendar.announced") for one in several]
    viewer, counted = cast.viewer("mother"), []
    with seen_by(viewer), override("en"):
        for some in (notices[:1], notices):
            with CaptureQueriesContext(connection) as asked:
                lines = liners["calendar.announced"](some, viewer)
            counted.append(len(asked))
            assert len(lines) == len(some)
    assert counted[0] == counted[1]
    assert lines[notices[0].pk].title == "New in the agenda: Bos 0"


# ── with a message ───────────────────────────────────────────────────────────
def typed(**other: str) -> dict[str, str]:
    day = f"{clock.today() + 20 * DAY:%Y-%m-%d}"
    said = {"on": "on", "title": "Schoolreis", "first_day": day, "begins": "", "ends": ""}
    return {f"agenda-{name}": value for name, value in (said | other).items()}


def send(cast: Cast, post: Post, **other: str) -> None:
    viewer, part = cast.viewer("teacher"), AgendaInComposer()
    sent = Sent(card_id=post.card_id, audiences=[post.audience], published_at=post.published_at)
    with seen_by(viewer):
        form = part.form(typed(**other), viewer)
        assert form.is_valid(), form.errors
        part.send(form, sent, by=viewer)


def test_the_agenda_stands_in_the_composer_and_on_the_card() -> None:
    assert any(isinstance(one, AgendaInComposer) for one in composer_parts)
    assert any(isinstance(one, AgendaOnCard) for one in card_parts)
    assert any(writer is what_comes and place == 20 for place, writer in digest_sections)


def test_a_message_puts_it_in_the_agenda_once(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    for _ in range(2):
        send(cast, post, begins="08:30", ends="15:00")
    with unlocked():
        entry = CalendarEntry.objects.get(card_id=post.card_id)
    assert entry.audience == post.audience
    assert entry.published_at == post.published_at
    assert when.times_said(entry) == "08:30–15:00"


@pytest.mark.parametrize("audience", ["group_5", "wilgenhoek", "sam", "staff of wilgenhoek"])
def test_who_may_see_the_message_may_see_its_entry(cast: Cast, audience: str) -> None:
    post = cast.post(audience, by="principal")
    entry = cast.entry(audience, by="principal", card_id=post.card_id)
    for key in ("mother", "co_parent", "informed_father", "teacher", "teacher_next_door"):
        viewer = cast.viewer(key)
        with seen_by(viewer):
            seen = Post.objects.visible_to(viewer).filter(pk=post.pk).exists()
            found = AgendaOnCard().of([post.card_id], viewer)
        assert (post.card_id in found) is seen
        if seen:
            assert found[post.card_id].url.endswith(f"{entry.pk}/")


def test_a_card_without_a_tick_makes_nothing_whatever_else_was_typed(cast: Cast) -> None:
    part, viewer = AgendaInComposer(), cast.viewer("teacher")
    for data in ({}, {"agenda-title": "x" * 500, "agenda-first_day": "no day"}):
        form = part.form(data, viewer)
        assert form.is_valid()
        sent = Sent(
            card_id=new_id(), audiences=[cast.audience("group_5")], published_at=clock.now()
        )
        with seen_by(viewer):
            part.send(form, sent, by=viewer)
    with unlocked():
        assert not CalendarEntry.objects.exists()


def test_with_a_tick_it_must_say_what_and_when(cast: Cast) -> None:
    form = AgendaInComposer().form(typed(title="", first_day=""), cast.viewer("teacher"))
    assert not form.is_valid()
    assert set(form.errors) == {"title", "first_day"}


def test_a_message_that_is_withdrawn_takes_its_entry_along(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    entry = cast.entry("group_5", by="teacher", card_id=post.card_id, **soon())
    other = cast.entry("group_5", by="teacher", card_id=uuid4())
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("teacher"))
    happen(post, "post.withdrawn")
    with unlocked():
        entry.refresh_from_db()
        other.refresh_from_db()
    assert entry.withdrawn_at
    assert not entry.is_called_off
    assert other.withdrawn_at is None
    viewer = cast.viewer("mother")
    with seen_by(viewer):
        assert AgendaOnCard().of([post.card_id], viewer) == {}


def test_a_message_that_comes_out_sooner_brings_its_entry(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    later = clock.now() + timedelta(minutes=30)
    entry = cast.entry("group_5", by="teacher", card_id=post.card_id, published_at=later)
    happen(post, "post.published")
    with unlocked():
        entry.refresh_from_db()
    assert entry.published_at <= clock.now()


def test_ten_cards_take_as_many_queries_as_one(cast: Cast) -> None:
    cards = [uuid4() for _ in range(10)]
    for card in cards:
        cast.entry("group_5", by="teacher", card_id=card)
    viewer, counted = cast.viewer("mother"), []
    with seen_by(viewer):
        for some in (cards[:1], cards):
            with CaptureQueriesContext(connection) as asked:
                assert len(AgendaOnCard().of(some, viewer)) == len(some)
            counted.append(len(asked))
    assert counted == [1, 1]


# ── the newsletter by mail ───────────────────────────────────────────────────
def next_week() -> Span:
    first = clock.today() + DAY
    week = {"first_day": first, "last_day": first + 6 * DAY}
    return Span(since=clock.now() - 7 * DAY, until=clock.now(), **week)


def on(day: date) -> dict[str, Any]:
    begin, end = when.whole_days(day, day)
    return {"whole_day": True, "starts_at": begin, "ends_at": end}


def test_the_newsletter_tells_of_the_days_that_follow(cast: Cast) -> None:
    span = next_week()
    cast.entry("group_5", by="teacher", title="Vandaag", **on(span.first_day - DAY))
    cast.entry("group_5", by="teacher", title="Eerst", **on(span.first_day))
    cast.entry("group_6", by="teacher_next_door", title="Elders", **on(span.first_day))
    cast.entry("wilgenhoek", by="principal", title="Laatst", **on(span.last_day))
    cast.entry("group_5", by="teacher", title="Later", **on(span.last_day + DAY))
    gone = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    off = on(span.first_day + DAY) | gone | {"is_called_off": True}
    cast.entry("group_5", by="teacher", title="Vervalt", **off)
    with unlocked():
        day = factories.closed_day(cast.id("wilgenhoek"))
    cast.change(day, starts_on=span.last_day, ends_on=span.last_day + 9 * DAY)
    viewer = cast.viewer("mother")
    with seen_by(viewer), override("en"):
        section = what_comes(viewer, span)
    assert section
    said = [one.title for one in section.items]
    assert said == ["Eerst", "Called off: Vervalt", "Studiedag", "Laatst"]
    assert section.items[0].color == 5
    assert section.items[0].chip == "groep 5"
    assert section.items[-1].color == 0


def test_what_is_for_the_team_or_for_some_children_travels_without_its_title(cast: Cast) -> None:
    span = next_week()
    of_sam = {"title": "Gesprek over Sam", "place": "kamer IB"} | on(span.first_day)
    cast.entry("staff of wilgenhoek", by="principal", **of_sam)
    entry = cast.entry("sam", by="teacher", **of_sam)
    cast.entry("group_5", by="teacher", title="Bos", place="Bij Sam", **on(span.last_day))
    for who, lines in (("teacher", 3), ("mother", 2)):
        viewer = cast.viewer(who)
        with seen_by(viewer), override("en"):
            section = what_comes(viewer, span)
        assert section
        assert len(section.items) == lines
        assert not any("Sam" in f"{one.title}{one.said}" for one in section.items)
        assert not any("kamer" in f"{one.title}{one.said}" for one in section.items)
        assert section.items[-1].title == "Bos"
        assert any(str(entry.pk) in one.path for one in section.items)


def test_there_is_no_section_of_nothing_and_a_long_one_is_cut(cast: Cast) -> None:
    span, viewer = next_week(), cast.viewer("mother")
    with seen_by(viewer):
        assert what_comes(viewer, span) is None
    for number in range(MOST + 3):
        cast.entry("group_5", by="teacher", title=f"Iets {number}", **on(span.first_day))
    with seen_by(viewer):
        section = what_comes(viewer, span)
    assert section
    assert (len(section.items), section.more) == (MOST, 3)


def test_an_item_without_chips_has_the_colour_of_the_school() -> None:
    day = clock.today()
    assert Item(title="x", first=day, last=day, starts_at=clock.now()).hue == "school"
