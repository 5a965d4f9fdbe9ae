"""How many messages a group gets a day, as its school agreed: counted also what nobody sees yet.

And what others than the feed tell it: the notices of the agenda.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.audiences.messages import messages_of, one_writer_at_a_time
from kring.audiences.models import Audience
from kring.audiences.rules import Rules
from kring.base import clock, saying
from kring.base.registry import counts_messages
from kring.base.visibility import Viewer
from kring.schools.models import Enrollment, Group

A_DAY = timedelta(days=1)
AHEAD = 14  # days in which a free one is looked for
WEEK = 7
A_FEW = 5  # children of whom one writes, however small their group is


@counts_messages
def _posts_of(
    groups: Sequence[UUID], first: date, last: date, besides: UUID | None
) -> Mapping[tuple[UUID, date], int]:
    """Also those that are planned; urgent ones never count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit, day, posts FROM kring_posts_a_day(%s::uuid[], %s, %s, %s)",
            [list(groups), clock.start_of(first), clock.end_of(last), besides],
        )
        return {(unit, day): posts for unit, day, posts in cursor.fetchall()}


@dataclass(frozen=True)
class Budget:
    """What groups got, and will get, from a week before a day to two weeks after it."""

    day: date
    counts: Mapping[tuple[UUID, date], int] = field(default_factory=dict)

    @classmethod
    def around(cls, day: date, groups: Iterable[UUID], *, besides: UUID | None = None) -> Budget:
        """A query of each app that tells groups things, whatever their number; none without groups.

        ``besides`` is a card that does not count: the planned one that is being changed.
        """
        first, last = day - WEEK * A_DAY, day + AHEAD * A_DAY
        return cls(day, messages_of(sorted(groups), first, last, besides=besides))

    def of(self, group_id: UUID, day: date | None = None) -> int:
        """How many this group gets on a day."""
        return self.counts.get((group_id, day or self.day), 0)

    def is_full(self, groups: Iterable[UUID], most: int, day: date | None = None) -> bool:
        """Whether one of these groups has all that it gets on that day."""
        return any(self.of(one, day) >= most for one in groups)

    def this_week(self, group_id: UUID) -> int:
        """How many this group got, or gets, in the week of that day (from Monday)."""
        monday = self.day - self.day.weekday() * A_DAY
        return sum(self.of(group_id, monday + one * A_DAY) for one in range(WEEK))

    def free_day(self, groups: Sequence[UUID], most: int) -> date | None:
        """The next day that has room for all of these groups, not far away."""
        days = (self.day + ahead * A_DAY for ahead in range(1, AHEAD + 1))
        return next((day for day in days if not self.is_full(groups, most, day)), None)


def take_place(audience: Audience, rules: Rules, day: date, *, by: Viewer, urgent: bool) -> None:
    """One more for these groups that day. Raises ValidationError where the school agreed on fewer.

    One writer at a time for a group, so that two at once do not both take the last place. Nor is a
    group written to by ticking its children.
    """
    if urgent or rules.leads or not rules.most_a_day:
        return
    _refuse_a_group_in_children(audience, by)
    one_writer_at_a_time(audience.group_ids)
    if Budget.around(day, audience.group_ids).is_full(audience.group_ids, rules.most_a_day):
        raise ValidationError(_("A group has all the messages of that day that the school allows."))


def _refuse_a_group_in_children(audience: Audience, by: Viewer) -> None:
    if not audience.student_ids:
        return
    here = Enrollment.objects.visible_to(by).on(clock.today())
    taught = here.filter(group__in=by.taught_group_ids).values("group__name", "group")
    counted = taught.annotate(
        children=Count("student", distinct=True),
        ticked=Count("student", filter=Q(student__in=audience.student_ids), distinct=True),
    )
    for group in counted.order_by("group__name"):
        if is_a_group(group["ticked"], of=group["children"]):
            said = _("These are most children of %(group)s. Choose the group: then it counts.")
            raise ValidationError(said % {"group": group["group__name"]})


def is_a_group(ticked: int, *, of: int) -> bool:
    """Whether so many children are as good as their group: all of them, or more than half."""
    return ticked > 1 and (ticked == of or (ticked > A_FEW and 2 * ticked > of))


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """The meter of one group: what it has of what the school agreed on."""

    said: str
    full: bool = False


def meter(
    audiences: Iterable[Audience], rules: Mapping[UUID, Rules], viewer: Viewer, day: date
) -> Iterator[Gauge]:
    """Per ticked group whose school agreed on a number."""
    counted = {
        group_id: rules[one.school_id]
        for one in audiences
        for group_id in one.group_ids
        if rules[one.school_id].most_a_day or rules[one.school_id].policy.min_posts_a_week
    }
    if not counted:
        return
    budget = Budget.around(day, counted)
    groups = Group.objects.visible_to(viewer).filter(pk__in=counted).order_by("name")
    for group in groups:
        yield from _reading(group, counted[group.pk], budget)


def _reading(group: Group, rules: Rules, budget: Budget) -> Iterator[Gauge]:
    said = {
        "group": group.name,
        "day": saying.said_day(budget.day, today=clock.today()),
        "count": budget.of(group.pk),
        "most": rules.most_a_day,
    }
    if rules.most_a_day:
        yield Gauge(
            said=_("%(group)s: %(count)d of at most %(most)d, %(day)s") % said,
            full=budget.is_full([group.pk], rules.most_a_day) and not rules.leads,
        )
    least, got = rules.policy.min_posts_a_week, budget.this_week(group.pk)
    if got < least:
        words = {"group": group.name, "count": got, "least": least}
        yield Gauge(said=_("%(group)s: %(count)d of at least %(least)d this week") % words)


def sentence_of(group_name: str, most: int, day: date) -> str:
    """Why a message does not go that day: the agreement, by its name."""
    said = ngettext(
        "%(group)s has its message of %(day)s: the school agreed on at most %(most)d a day.",
        "%(group)s has its messages of %(day)s: the school agreed on at most %(most)d a day.",
        most,
    )
    day_said = saying.said_day(day, today=clock.today())
    return said % {"group": group_name, "day": day_said, "most": most}
