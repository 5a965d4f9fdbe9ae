"""Newsletters that go by themselves: every week for all, every day for who chose that.

One mail per person over all children and schools. Of two schools with moments of their own, the
first one counts: the letter tells of both, and the other one's moment finds the person told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from uuid import UUID, uuid5

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.audiences.recipients import everybody_of
from kring.base import clock
from kring.base.clock import SCHOOL_TIME
from kring.base.jobs import at_work, periodic
from kring.base.registry import (
    DigestItem,
    DigestSection,
    Span,
    digest_section,
    digest_sections,
    todos,
)
from kring.base.statement import Statement
from kring.base.visibility import Viewer
from kring.events.handlers import on
from kring.events.jobs import dispatch
from kring.events.models import Event
from kring.notifications.kinds import Kind, offered
from kring.notifications.letters import Letter, letter
from kring.notifications.models import Notification, Wishes
from kring.notifications.telling import notify
from kring.schools.models import Policy, School

WEEKLY, DAILY = "digest.weekly", "digest.daily"
DAILY_HOUR = 18  # of school time, for every school: after the day, and before the evening
CATCHING_UP = timedelta(hours=24)  # a server that was away sends it late; later than this, never
LONGEST_BACK = {WEEKLY: timedelta(days=15), DAILY: timedelta(days=3)}
USUALLY_BACK = {WEEKLY: timedelta(days=7), DAILY: timedelta(days=1)}
DAYS_AHEAD = {WEEKLY: 7, DAILY: 1}
NEWS = 20  # sections before this place tell what came; a daily digest without them is none
MOST_TODOS = 12  # shown
PERIODS = UUID("6f1d8a52-52c5-5a3e-9d5e-7c1c8e0f2b64")  # the names of periods stand in this space

offered |= {Kind.DIGEST}


# Who sends it, and when this person was last told of one.
BEFORE = Statement(
    """
    SELECT home.name, (
        SELECT max(earlier.created_at) FROM notifications_notification earlier
        WHERE earlier.person_id = %(person)s AND earlier.verb = %(verb)s
            AND earlier.created_at < %(until)s AND {earlier}
    )
    FROM schools_school home WHERE home.id = %(school)s AND {home}
    """,
    earlier=Notification,
    home=School,
)


# ── when ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Period:
    """A week or a day of which a newsletter tells once."""

    verb: str
    name: str  # 2026-W47, 2026-11-21
    moment: datetime  # when it goes

    @property
    def about_id(self) -> UUID:
        """The same for all schools, so that nobody is told twice of it."""
        return uuid5(PERIODS, f"{self.verb} {self.name}")

    def event_id(self, school_id: UUID) -> UUID:
        """The key by which a school begins it once, whoever else begins it too."""
        return uuid5(self.about_id, str(school_id))


def due_periods(weekday: int, hour: int, now: datetime) -> list[Period]:
    """What a school's newsletters should have begun by now, and not too long ago.

    ``weekday`` and ``hour`` of the weekly one, in school time.
    """
    both = (_last_week(weekday, hour, now), _last_day(now))
    return [period for period in both if now - period.moment <= CATCHING_UP]


def _last_week(weekday: int, hour: int, now: datetime) -> Period:
    today = now.astimezone(SCHOOL_TIME).date()
    day = today - timedelta(days=today.isoweekday() - weekday)
    if _at(day, hour) > now:
        day -= timedelta(days=7)
    year, week, _day = day.isocalendar()
    return Period(verb=WEEKLY, name=f"{year}-W{week:02}", moment=_at(day, hour))


def _last_day(now: datetime) -> Period:
    day = now.astimezone(SCHOOL_TIME).date()
    if _at(day, DAILY_HOUR) > now:
        day -= timedelta(days=1)
    return Period(verb=DAILY, name=day.isoformat(), moment=_at(day, DAILY_HOUR))


def _at(day: date, hour: int) -> datetime:
    """In UTC, so that two of them lie as far apart as the clock on the wall ran."""
    return datetime.combine(day, time(hour), SCHOOL_TIME).astimezone(UTC)


@periodic(cron="*/5 * * * *")
def begin_digests(timestamp: int) -> None:  # noqa: ARG001  (the moment of the period)
    """Look which schools' newsletters are due."""
    begin_due(clock.now())


def begin_due(now: datetime) -> None:
    """Begin each newsletter that is due; what was begun before stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, weekday, hour FROM kring_newsletter_moments()")
        moments = cursor.fetchall()
    for school_id, weekday, hour in moments:
        if due := due_periods(weekday, hour, now):
            with at_work(school_id):
                for period in due:
                    begin(period, school_id)


def begin(period: Period, school_id: UUID) -> bool:
    """Put it on the bus; False where it was before. In a service block."""
    event = Event(
        id=period.event_id(school_id),
        school_id=school_id,
        verb=period.verb,
        subject_id=period.about_id,
    )
    if Event.objects.filter(pk=event.pk).exists():
        return False
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:  # another scheduler was a moment earlier
        return False
    dispatch.enqueue(school_id, event_id=event.pk)
    return True


# ── to whom ──────────────────────────────────────────────────────────────────
@on(WEEKLY)
def tell_of_the_week(event: Event) -> None:
    """Everybody of the school; where it has no newsletter, who hears of nothing else."""
    people = everybody_of(event.school_id)
    if not _has_newsletter(event.school_id):
        people = people.filter(pk__in=_with_rhythm(event.school_id, Wishes.Rhythm.WEEKLY))
    notify(event, to=people, about_id=event.subject_id, kind=Kind.DIGEST)


@on(DAILY)
def tell_of_the_day(event: Event) -> None:
    """Who chose to hear once a day."""
    if chosen := _with_rhythm(event.school_id, Wishes.Rhythm.DAILY):
        people = everybody_of(event.school_id).filter(pk__in=chosen)
        notify(event, to=people, about_id=event.subject_id, kind=Kind.DIGEST)


def _has_newsletter(school_id: UUID) -> bool:
    policy = Policy.objects.current().filter(school=school_id).first() or Policy()
    return policy.weekly_newsletter


def _with_rhythm(school_id: UUID, rhythm: str) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM kring_with_rhythm(%s, %s)", [school_id, rhythm])
        return [person for (person,) in cursor.fetchall()]


# ── what ─────────────────────────────────────────────────────────────────────
@letter(WEEKLY)
@letter(DAILY)
def say_what_there_is(notification: Notification, person: User, viewer: Viewer) -> Letter | None:  # noqa: ARG001
    """All that apps have to tell this person; None when there is nothing."""
    weekly = notification.verb == WEEKLY
    [(school, last)] = BEFORE.run(
        viewer,
        school=notification.school_id,
        person=notification.person_id,
        verb=notification.verb,
        until=notification.created_at,
    )
    sections = _sections(viewer, _span(notification, last), news_only=not weekly)
    if not sections:
        return None
    return Letter(
        school_id=notification.school_id,
        sender=school,
        subject=_("This week at school") if weekly else _("Today at school"),
        text=_("This is what there is for you on Kring. What it says, you read there."),
        action=_("Open Kring"),
        path=reverse("feed:feed"),
        stops=Kind.DIGEST,
        template="mail/digest",
        context={"sections": sections, "weekly": weekly},
    )


def _sections(viewer: Viewer, span: Span, *, news_only: bool) -> list[DigestSection]:
    """In their order. Of a day without news, nothing: what is to do was said before."""
    found: list[DigestSection] = []
    for place, writer in digest_sections:
        if news_only and place >= NEWS and not found:
            break
        if section := writer(viewer, span):
            found.append(section)
    return found


def _span(notification: Notification, last: datetime | None) -> Span:
    """From the last one that this person was told of, so that nothing is left out or told twice."""
    verb, until = notification.verb, notification.created_at
    since = max(last or until - USUALLY_BACK[verb], until - LONGEST_BACK[verb])
    today = until.astimezone(SCHOOL_TIME).date()
    return Span(
        since=since,
        until=until,
        first_day=today + timedelta(days=1),
        last_day=today + timedelta(days=DAYS_AHEAD[verb]),
    )


@digest_section(30)
def still_to_do(viewer: Viewer, span: Span) -> DigestSection | None:  # noqa: ARG001  (of today)
    """What this person is still asked to do, from every app."""
    asked: list[DigestItem] = [item for ask in todos for item in ask(viewer)]
    if not asked:
        return None
    shown = list(islice(asked, MOST_TODOS))
    return DigestSection(title=_("Still to do"), items=shown, more=len(asked) - len(shown))
