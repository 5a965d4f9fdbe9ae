"""The newsletters that go by themselves: when, to whom, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kring.accounts.models import User
from kring.base import clock
from kring.base.jobs import at_work
from kring.base.registry import Span
from kring.base.visibility import Viewer, seen_by
from kring.events.jobs import dispatch
from kring.events.models import Event
from kring.feed.digest import what_came
from kring.feed.newsletters import newsletters_of_the_school
from kring.notifications import letters
from kring.notifications.digest import DAILY, WEEKLY, Period, begin, begin_due, due_periods
from kring.notifications.models import Delivery, Notification, Preference, Wishes
from kring.notifications.tests.conftest import Server, send_all, server, waiting  # noqa: F401
from kring.schools.models import Guardianship, Mourning, Policy
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# ── when ─────────────────────────────────────────────────────────────────────
SATURDAY = 6


def weekly(now: datetime, weekday: int = SATURDAY, hour: int = 8) -> list[Period]:
    return [one for one in due_periods(weekday, hour, now) if one.verb == WEEKLY]


@pytest.mark.parametrize(
    ("now", "name"),
    [
        ("2026-11-21T07:59:59+01:00", None),
        ("2026-11-21T08:00:00+01:00", "2026-W47"),
        ("2026-11-22T08:00:00+01:00", "2026-W47"),  # a server that was away sends it late
        ("2026-11-22T08:00:01+01:00", None),  # and not later than that
        ("2026-11-27T08:00:00+01:00", None),
        ("2027-01-02T08:30:00+01:00", "2026-W53"),
    ],
)
def test_the_weekly_newsletter_goes_on_its_day_and_hour_and_at_most_a_day_late(
    now: str, name: str | None
) -> None:
    assert [one.name for one in weekly(utc(now))] == ([name] if name else [])


def test_it_goes_at_the_hour_of_the_wall_in_summer_and_in_winter() -> None:
    (summer,), (winter,) = weekly(utc("2026-07-04T09:00+02:00")), weekly(utc("2026-11-21T09:00Z"))
    assert (summer.moment.hour, winter.moment.hour) == (6, 7)


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])  # an hour less, and one twice
@pytest.mark.parametrize("hour", [1, 2, 3])
def test_the_night_of_summer_time_has_one_newsletter(night: str, hour: int) -> None:
    start = utc(f"{night}T00:00:00+00:00") - 3 * HOUR
    every_five_minutes = (start + step * timedelta(minutes=5) for step in range(12 * 24))
    begun = {(one.name, one.moment) for now in every_five_minutes for one in weekly(now, 7, hour)}
    assert len(begun) == 1


def test_the_daily_one_goes_at_six_in_the_evening() -> None:
    def daily(now: str) -> list[str]:
        return [one.name for one in due_periods(SATURDAY, 8, utc(now)) if one.verb == DAILY]

    assert daily("2026-11-18T17:59:59+01:00") == ["2026-11-17"]  # of yesterday, still to be caught
    assert daily("2026-11-18T18:00:00+01:00") == ["2026-11-18"]


@pytest.fixture
def period() -> Period:
    """The week in which the tests run."""
    moment = clock.now() - HOUR
    return Period(verb=WEEKLY, name="2026-W47", moment=moment)


def look(now: datetime) -> None:
    """What the scheduler does every five minutes."""
    with as_worker():
        begin_due(now)


def events(verb: str = WEEKLY) -> int:
    with unlocked():
        return Event.objects.filter(verb=verb).count()


def test_two_schedulers_and_a_clock_that_jumps_begin_it_once(cast: Cast) -> None:
    now = utc("2026-11-21T08:00:00+01:00")
    for jump in (0, 0, 2, -2, 23):  # hours
        look(now + jump * HOUR)
    with unlocked():
        begun = Event.objects.filter(verb=WEEKLY)
        assert {one.school_id for one in begun} == {
            cast.id(school) for school in ("wilgenhoek", "vijver", "kompas")
        }
        assert begun.count() == 3
    assert len(waiting(dispatch)) == events(WEEKLY) + events(DAILY)


def test_it_began_before_stays_as_it_is(cast: Cast, period: Period) -> None:
    with at_work(cast.id("wilgenhoek")):
        assert begin(period, cast.id("wilgenhoek"))
        assert not begin(period, cast.id("wilgenhoek"))


def test_schools_choose_their_own_moment(cast: Cast, viewer: Callable[[str], Viewer]) -> None:
    by = viewer("principal")
    with seen_by(by):
        Policy.adopt(cast.wilgenhoek, by=by, weekly_weekday=3, weekly_hour=16)
    look(utc("2026-11-18T16:00:00+01:00"))
    with unlocked():
        begun = Event.objects.filter(verb=WEEKLY).values_list("school_id", flat=True)
        assert list(begun) == [cast.id("wilgenhoek")]


# ── to whom ──────────────────────────────────────────────────────────────────
def tell(cast: Cast, period: Period, school: str = "wilgenhoek") -> None:
    """Run the newsletter of a school, as the worker does; again does nothing new."""
    school_id = cast.id(school)
    with at_work(school_id):
        begin(period, school_id)
    dispatch(school_id=str(school_id), event_id=str(period.event_id(school_id)))


def told(cast: Cast, verb: str = WEEKLY) -> set[str | None]:
    with unlocked():
        rows = Notification.objects.filter(verb=verb)
        return {cast.key(person) for person in rows.values_list("person_id", flat=True)} - {None}


def mails(cast: Cast) -> dict[str | None, str]:
    """Per person what became of the mail."""
    with unlocked():
        return {cast.key(one.person_id): one.state for one in Delivery.objects.all()}


def chose(person: User, **wishes: str) -> None:
    with unlocked():
        Wishes.objects.update_or_create(person=person, defaults=wishes)


def test_families_and_staff_of_now_are_told_and_nobody_else(cast: Cast, period: Period) -> None:
    tell(cast, period)
    here = told(cast)
    assert {"mother", "co_parent", "teacher", "principal", "administrator"} <= here
    assert here.isdisjoint(
        {"withheld_father", "grandmother", "ex_guardian", "guardian_elsewhere", "operator"}
    )


def test_who_is_at_two_schools_gets_one_at_the_first_moment(cast: Cast, period: Period) -> None:
    tell(cast, period)
    tell(cast, period, "vijver")
    with unlocked():
        own = Notification.objects.filter(person=cast.mother, verb=WEEKLY)
        assert [one.school_id for one in own] == [cast.id("wilgenhoek")]


def test_a_dispatch_that_runs_twice_tells_nobody_twice(cast: Cast, period: Period) -> None:
    tell(cast, period)
    with unlocked():
        before = Notification.objects.count(), Delivery.objects.count()
    tell(cast, period)
    with unlocked():
        assert before == (Notification.objects.count(), Delivery.objects.count())


def test_a_school_without_a_newsletter_still_sends_it_to_who_hears_nothing_else(
    cast: Cast, viewer: Callable[[str], Viewer], period: Period
) -> None:
    by = viewer("principal")
    with seen_by(by):
        Policy.adopt(cast.wilgenhoek, by=by, weekly_newsletter=False)
    chose(cast.mother, rhythm="weekly")
    chose(cast.guardian_elsewhere, rhythm="weekly")
    tell(cast, period)
    assert told(cast) == {"mother"}


def test_the_daily_one_goes_to_who_chose_it(cast: Cast) -> None:
    chose(cast.mother, rhythm="daily")
    chose(cast.co_parent, rhythm="weekly")
    tell(cast, Period(verb=DAILY, name="2026-11-18", moment=clock.now()))
    assert told(cast, DAILY) == {"mother"}


def test_only_a_job_at_work_for_the_school_asks_who_chose_what(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    chose(cast.mother, rhythm="daily")
    here = cast.id("wilgenhoek")
    for by in (viewer("principal"), viewer("mother"), Viewer.service(cast.id("kompas"))):
        with seen_by(by), connection.cursor() as cursor:
            cursor.execute("SELECT person_id FROM kring_with_rhythm(%s, 'daily')", [here])
            assert cursor.fetchall() == []


# ── what ─────────────────────────────────────────────────────────────────────
def send_to(cast: Cast, key: str, period: Period) -> None:
    """Tell all, and send to one: the others take time."""
    tell(cast, period)
    with unlocked():
        Delivery.objects.exclude(person=cast.id(key)).update(state="skipped")
    send_all()


def text_to(cast: Cast, key: str, period: Period, server: Server) -> str:  # noqa: F811
    send_to(cast, key, period)
    found = server.mail_to(getattr(cast, key)).get_body(("plain",))
    assert found
    return str(found.get_content())


SECRET = "Sam is vandaag gevallen op het plein."


def test_it_says_who_wrote_to_whom_and_where_and_nothing_of_the_text(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    post = cast.post("group_5", by="teacher", text=SECRET)
    factories.photo(post), factories.photo(post, 1)
    own = cast.post("sam", by="teacher", text=SECRET)
    text = text_to(cast, "mother", period, server)
    assert f"/posts/{post.pk}/" in text
    assert "Juf Sanne" in text
    assert re.search("2 (photos|foto)", text)
    assert f"/posts/{own.pk}/" in text
    assert re.search("een bericht voor jou|a message for you", text, re.IGNORECASE)
    assert "gevallen" not in text
    assert "Sam" not in text


@pytest.mark.parametrize("key", ["mother", "informed_father", "teacher_next_door", "teacher"])
def test_it_names_what_this_person_may_see_and_no_more(
    cast: Cast, viewer: Callable[[str], Viewer], key: str
) -> None:
    posts = {
        "group 5": cast.post("group_5", by="duo_teacher"),
        "group 6": cast.post("group_6", by="principal"),
        "school": cast.post("wilgenhoek", by="principal"),
        "staff": cast.post("staff of wilgenhoek", by="principal"),
        "Sam": cast.post("sam", by="duo_teacher"),
        "elsewhere": cast.post("kompas", by="principal_elsewhere"),
    }
    sees = {
        "mother": {"group 5", "school", "Sam"},
        "informed_father": {"group 5", "school"},
        "teacher_next_door": {"group 6", "school", "staff"},
        "teacher": {"group 5", "school", "staff", "Sam"},
    }[key]
    assert listed(viewer(key)) == {posts[name].pk for name in sees}


def span(**fields: datetime) -> Span:
    today = clock.today()
    usual = {"since": clock.now() - WEEK, "until": clock.now() + HOUR}
    moments = usual | fields
    return Span(first_day=today, last_day=today, since=moments["since"], until=moments["until"])


def listed(by: Viewer, over: Span | None = None) -> set[UUID]:
    with seen_by(by):
        section = what_came(by, over or span())
    ids = (
        re.findall(r"/posts/([0-9a-f-]{36})/", " ".join(i.path for i in section.items))
        if section
        else []
    )
    return set(map(UUID, ids))


def test_own_withdrawn_and_older_ones_are_left_out(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    cast.post("group_5", by="teacher")
    cast.post("group_5", by="duo_teacher", ago=8 * timedelta(days=1))
    gone = cast.post("group_5", by="duo_teacher")
    cast.change(gone, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("duo_teacher"))
    assert listed(viewer("teacher")) == set()


def test_what_was_not_read_comes_first_and_long_lists_end(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    read = cast.post("group_5", by="teacher")
    factories.reading(read, cast.id("mother"))
    factories.photo(read)
    older = cast.post("group_5", by="teacher", ago=HOUR)
    mother = viewer("mother")
    with seen_by(mother):
        section = what_came(mother, span())
    assert section
    assert [one.path for one in section.items] == [f"/posts/{older.pk}/", f"/posts/{read.pk}/"]
    assert section.items[1].said == ""  # a read one is only named
    for _ in range(14):
        cast.post("group_5", by="teacher")
    with seen_by(mother):
        section = what_came(mother, span())
    assert section
    assert (len(section.items), section.more) == (12, 4)


def test_siblings_of_a_broadcast_take_one_place(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    first = cast.post("wilgenhoek", by="principal")
    cast.post("vijver", by="aftercare", card_id=first.card_id)
    assert len(listed(viewer("mother"))) == 1


def test_what_the_last_one_told_is_not_told_again(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    before = cast.post("group_5", by="teacher", ago=3 * HOUR)
    last = factories.notification(before, cast.id("mother"))
    cast.change(last, verb=WEEKLY, created_at=clock.now() - 2 * HOUR)
    after = cast.post("group_5", by="teacher", ago=HOUR)
    text = text_to(cast, "mother", period, server)
    assert str(after.pk) in text
    assert str(before.pk) not in text


def test_with_nothing_to_tell_no_mail_goes(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    send_to(cast, "guardian_elsewhere", period)
    tell(cast, period, "kompas")
    send_all()
    assert server.taken == []
    assert set(mails(cast).values()) == {"skipped"}


def test_a_day_without_news_has_no_daily_one_whatever_is_to_do(
    cast: Cast,
    server: Server,  # noqa: F811
) -> None:
    chose(cast.mother, rhythm="daily")
    cast.post("group_5", by="teacher", asks_reading=True, ago=4 * timedelta(days=1))
    tell(cast, Period(verb=DAILY, name="2026-11-18", moment=clock.now()))
    send_all()
    assert mails(cast) == {"mother": "skipped"}
    assert server.taken == []


def test_a_daily_one_tells_of_the_day(
    cast: Cast,
    server: Server,  # noqa: F811
) -> None:
    chose(cast.mother, rhythm="daily")
    post = cast.post("group_5", by="teacher")
    tell(cast, Period(verb=DAILY, name="2026-11-18", moment=clock.now()))
    send_all()
    body = server.mail_to(cast.mother).get_body(("plain",))
    assert body
    assert str(post.pk) in body.get_content()


def test_what_still_asks_to_be_read_stands_in_it(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    post = cast.post("group_5", by="teacher", asks_reading=True, ago=20 * timedelta(days=1))
    text = text_to(cast, "mother", period, server)
    assert f"/posts/{post.pk}/" in text


# ── between the event and the mail ───────────────────────────────────────────
def test_who_left_since_gets_nothing(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    cast.post("group_5", by="teacher")
    tell(cast, period)
    with unlocked():
        ties = Guardianship.objects.filter(guardian=cast.co_parent)
        ties.update(ends_at=clock.now() - HOUR)
    send_all()
    assert cast.co_parent.email not in server.reached


def test_a_message_withdrawn_since_is_not_in_it(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    gone = cast.post("group_5", by="teacher")
    stays = cast.post("group_5", by="teacher", ago=HOUR)
    tell(cast, period)
    cast.change(gone, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("teacher"))
    with unlocked():
        Delivery.objects.exclude(person=cast.mother).update(state="skipped")
    send_all()
    body = server.mail_to(cast.mother).get_body(("plain",))
    assert body
    assert str(stays.pk) in body.get_content()
    assert str(gone.pk) not in body.get_content()


def test_a_family_that_mourns_gets_none(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    cast.post("group_5", by="teacher")
    tell(cast, period)
    sam = cast.sam
    factories.made(Mourning(school_id=sam.school_id, student=sam, begun_by_id=cast.id("principal")))
    send_all()
    assert cast.mother.email not in server.reached
    assert cast.co_parent.email not in server.reached


def test_who_stopped_it_gets_none(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    cast.post("group_5", by="teacher")
    factories.made(Preference(person=cast.mother, kind="digest", channel="email", wanted=False))
    tell(cast, period)
    send_all()
    assert cast.mother.email not in server.reached
    assert cast.co_parent.email in server.reached


def test_its_mail_can_be_stopped_with_one_click(
    cast: Cast,
    period: Period,
    server: Server,  # noqa: F811
) -> None:
    cast.post("group_5", by="teacher")
    send_to(cast, "mother", period)
    mail = server.mail_to(cast.mother)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = mail["List-Unsubscribe"].strip("<>")
    body = mail.get_body(("plain",))
    assert body
    assert stop in body.get_content()  # for who has no such button


def test_a_letter_asks_the_database_as_often_for_thirty_messages_as_for_three(
    cast: Cast, period: Period
) -> None:
    mother = cast.id("mother")

    def asked() -> int:
        with unlocked():
            row = Notification.objects.get(person=mother, verb=WEEKLY)
        with CaptureQueriesContext(connection) as queries:
            assert letters.write(row.pk, mother)
        return len(queries)

    for _ in range(3):
        cast.post("group_5", by="teacher")
    tell(cast, period)
    few = asked()
    for _ in range(27):
        cast.post("group_5", by="teacher", asks_reading=True)
    assert asked() == few <= MOST_QUERIES


MOST_QUERIES = 15  # of one person, with the two that open the block


def test_a_newsletter_of_the_school_stands_in_it_for_who_may_read_it(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    issue = factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"))
    factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"), published_at=None)
    factories.newsletter(cast.id("kompas"), cast.id("principal_elsewhere"))
    for key, paths in (("mother", [f"/newsletters/{issue.pk}/"]), ("grandmother", [])):
        by = viewer(key)
        with seen_by(by):
            section = newsletters_of_the_school(by, span())
        assert [one.path for one in section.items] == paths if section else paths == []
