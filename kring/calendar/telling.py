"""Whether families are told of an entry because somebody asks it: as the school agreed on messages.

A notice to everybody is for the roles that the school named, and one to a group is among the
messages of its day. What is told by itself, because it is soon and something changed, always goes:
nobody comes for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from kring.audiences.messages import messages_of, one_writer_at_a_time
from kring.audiences.models import Audience
from kring.audiences.rules import Rules, rules_of
from kring.base import clock, saying
from kring.base.registry import counts_messages
from kring.base.visibility import Viewer
from kring.schools.models import Group, School


@counts_messages
def _notices_of(
    groups: Sequence[UUID], first: date, last: date, besides: UUID | None
) -> Mapping[tuple[UUID, date], int]:
    """One for each time that families are told of an entry, also what will be in a while."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit, day, notices FROM kring_notices_a_day(%s::uuid[], %s, %s, %s)",
            [list(groups), clock.start_of(first), clock.end_of(last), besides],
        )
        return {(unit, day): notices for unit, day, notices in cursor.fetchall()}


def check_telling(audience: Audience, day: date, *, by: Viewer) -> None:
    """Raise ValidationError where the school agreed otherwise than a notice on that day.

    Who does not work there has no rules: row security refuses what they do.
    """
    rules = rules_of(by, [audience.school_id]).get(audience.school_id)
    if rules and audience.whole_school and not rules.may_post_to_all:
        raise ValidationError(_for_others(audience.school_id, rules, by))
    if rules and rules.most_a_day and not rules.leads:
        _check_number(audience.group_ids, rules.most_a_day, day, by)


def _for_others(school_id: UUID, rules: Rules, by: Viewer) -> str:
    school = School.objects.visible_to(by).get(pk=school_id)
    said = _(
        "%(school)s lets only these roles tell everybody: %(roles)s. Without the tick it stands in"
        " the agenda, and nobody gets a message."
    )
    return said % {"school": school.name, "roles": rules.who_may_post_to_all}


def _check_number(groups: Sequence[UUID], most: int, day: date, by: Viewer) -> None:
    """One writer at a time for a group, as with messages."""
    one_writer_at_a_time(groups)
    got = messages_of(groups, day, day)
    filled = [one for one in groups if got[one, day] >= most]
    full = Group.objects.visible_to(by).filter(pk__in=filled).order_by("name")
    if names := list(full.values_list("name", flat=True)):
        said = _(
            "%(groups)s: the messages of %(day)s are there, for the school agreed on at most"
            " %(most)d a day. Without the tick it stands in the agenda, and nobody gets a message."
        )
        day_said = saying.said_day(day, today=clock.today())
        named = get_text_list(names, _("and"))
        raise ValidationError(said % {"groups": named, "day": day_said, "most": most})
