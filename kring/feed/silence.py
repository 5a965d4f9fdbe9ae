"""A friendly note to the teachers of a group that heard little this week, where a school asks so.

On Friday at 14:00 of the school's clock, once for a group and a week, however many schedulers there
are: who was told of it is not told again. Who does not work then, hears it when she does
(``kring_ways``). What is counted is what the meter of the composer shows: also what is planned for
the rest of the week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.accounts.models import User
from kring.base import clock
from kring.base.jobs import job, periodic
from kring.base.visibility import In, Viewer
from kring.events.bus import record
from kring.events.handlers import on
from kring.events.models import Event
from kring.feed.budget import Budget
from kring.notifications.kinds import Kind, offered
from kring.notifications.letters import Letter, Line, letter, lines, who_may_know
from kring.notifications.models import Notification
from kring.notifications.standing import standing
from kring.notifications.telling import notify
from kring.schools.models import ClosedDay, Enrollment, Group, Policy, School, TeachingAssignment

VERB = "group.fell_silent"
FRIDAY = 5  # ISO 8601
HOURS = range(14, 17)  # of school time: at 14:00, or soon after it where nobody was there to do it
SCHOOL_DAYS = 5
FEWEST_DAYS = 3  # of school in a week; with fewer, nobody expects a message

offered.add(Kind.SILENCE)

standing(
    VERB,
    stands="EXISTS (SELECT FROM schools_group taught WHERE taught.id = note.subject_id"
    " AND {taught})",
    taught=Group,
)


@periodic(cron="0 * * * 5")
def remind_every_school(timestamp: int) -> None:
    """One job for each school; the clock of the machine may be another than the school's."""
    here = datetime.fromtimestamp(timestamp, clock.SCHOOL_TIME)
    if here.isoweekday() != FRIDAY or here.hour not in HOURS:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM kring_school_ids() AS id")
        for (school_id,) in cursor.fetchall():
            remind.enqueue(school_id, of=school_id, monday=monday_of(here.date()))


@job(queue="house")
def remind(of: str, monday: str) -> None:
    """Say of each group of a school that had too few messages, that it had."""
    school_id, first = UUID(of), date.fromisoformat(monday)
    least = least_of(school_id)
    if not least or not is_week_of_school(school_id, first):
        return
    groups = list(_groups(school_id))
    budget = Budget.around(first, [one.pk for one in groups])
    for group in groups:
        if budget.this_week(group.pk) < least:
            record(VERB, group, by=Viewer.service(school_id))


def least_of(school_id: UUID) -> int:
    """How many messages the school wants a group to get in a week; 0: it does not say."""
    policy = Policy.objects.current().filter(school=school_id).first()
    return policy.min_posts_a_week if policy else 0


def is_week_of_school(school_id: UUID, monday: date) -> bool:
    """Whether children come on most days of this week."""
    days = [monday + timedelta(days=plus) for plus in range(SCHOOL_DAYS)]
    closed = list(ClosedDay.objects.filter(school=school_id).between(days[0], days[-1]))
    held = [day for day in days if not any(one.starts_on <= day <= one.ends_on for one in closed)]
    return len(held) >= FEWEST_DAYS


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.isoweekday() - 1)


def _groups(school_id: UUID) -> QuerySet[Group]:
    """Those with children today; of a school its classes, not what stands beside them."""
    today = clock.today()
    filled = Enrollment.objects.on(today).filter(school=school_id).values("group")
    return Group.objects.filter(
        Q(is_homeroom=True) | Q(school__kind=School.Kind.AFTERCARE),
        pk__in=filled,
        school=school_id,
        year__starts_on__lte=today,
        year__ends_on__gte=today,
    )


def _teachers(group_id: UUID) -> QuerySet[User]:
    """Who teach it today and work there still; not who helps, nor who is here for one day."""
    here = In("id", "taught_group_ids").people(Group(pk=group_id))
    lessons = TeachingAssignment.objects.on(clock.today()).filter(group=group_id)
    teaching = lessons.filter(kind=TeachingAssignment.Kind.TEACHER)
    people: QuerySet[User] = User.objects.filter(here, pk__in=teaching.values("user"))
    return people


def _week_of(told: Event | Notification) -> date:
    return monday_of(told.created_at.astimezone(clock.SCHOOL_TIME).date())


@on(VERB)
def tell_the_teachers(event: Event) -> None:
    """Once for a group and a week."""
    about = uuid5(event.subject_id, _week_of(event).isoformat())
    notify(event, to=_teachers(event.subject_id), about_id=about, kind=Kind.SILENCE)


@who_may_know(VERB)
def who_still_teaches(notification: Notification) -> QuerySet[User]:
    """Who teaches the group by now."""
    return _teachers(notification.subject_id)


def _heard(told: Sequence[Notification], viewer: Viewer) -> dict[UUID, tuple[Group, int]]:
    """Per notification the group and what it got that week, for who teaches it still."""
    groups = Group.objects.visible_to(viewer).filter(pk__in=viewer.taught_group_ids)
    known = groups.select_related("school").in_bulk({one.subject_id for one in told})
    weeks = {week: Budget.around(week, known) for week in {_week_of(one) for one in told}}
    found: dict[UUID, tuple[Group, int]] = {}
    for one in told:
        group = known.get(one.subject_id)
        if group:
            found[one.pk] = (group, weeks[_week_of(one)].this_week(group.pk))
    return found


def _said(group: Group, got: int) -> str:
    if not got:
        return _("%(group)s got no message in Kring this week.") % {"group": group.name}
    said = ngettext(
        "%(group)s got %(count)d message in Kring this week.",
        "%(group)s got %(count)d messages in Kring this week.",
        got,
    )
    return said % {"group": group.name, "count": got}


@letter(VERB)
def say_that_it_was_quiet(
    notification: Notification,
    person: User,  # noqa: ARG001
    viewer: Viewer,
) -> Letter | None:
    """Nothing, where enough went out since, or the school asks no more."""
    found = _heard([notification], viewer).get(notification.pk)
    if found is None:
        return None
    group, got = found
    if got >= least_of(group.school_id):
        return None
    return Letter(
        school_id=group.school_id,
        sender=group.school.name,
        subject=_("It was quiet in %(group)s this week") % {"group": group.name},
        text=_said(group, got)
        + " "
        + _(
            "A photo with one sentence is enough: parents like to see what the day was like. Was it"
            " a full week? Then leave it at that."
        ),
        action=_("Write a message"),
        path=reverse("feed:compose"),
        stops=Kind.SILENCE,
    )


@lines(VERB)
def line_of_silence(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """The same in the list, with what the group got since."""
    return {
        key: Line(
            title=_("It was quiet in %(group)s this week") % {"group": group.name},
            said=_said(group, got),
            path=reverse("feed:compose"),
            icon="message-circle",
        )
        for key, (group, got) in _heard(told, viewer).items()
    }
