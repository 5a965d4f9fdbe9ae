"""Whether families are told of an entry because somebody asks it: as the school agreed on messages.

A notice to everybody is for the roles that the school named, and one to a group is among the
messages of its day. What is told by itself, because it is soon and something changed, always goes:
nobody comes for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from kring.audiences.models import Audience
from kring.audiences.rules import Rules, rules_of
from kring.base import clock
from kring.base.registry import message_counts
from kring.base.visibility import Viewer
from kring.schools.models import Group, School


def check_telling(audience: Audience, told: QuerySet[Any], *, by: Viewer) -> None:
    """Raise ValidationError where the school agreed otherwise; ``told`` are the entries of today.

    Who does not work there has no rules: row security refuses what they do.
    """
    rules = rules_of(by, [audience.school_id]).get(audience.school_id)
    if rules and audience.whole_school and not rules.may_post_to_all:
        raise ValidationError(_for_others(audience.school_id, rules, by))
    if rules and rules.most_a_day and not rules.leads:
        _check_number(audience.group_ids, rules.most_a_day, told, by)


def _for_others(school_id: UUID, rules: Rules, by: Viewer) -> str:
    school = School.objects.visible_to(by).get(pk=school_id)
    said = _(
        "%(school)s lets only these roles tell everybody: %(roles)s. Without the tick it stands in"
        " the agenda, and nobody gets a message."
    )
    return said % {"school": school.name, "roles": rules.who_may_post_to_all}


def _check_number(groups: Sequence[UUID], most: int, told: QuerySet[Any], by: Viewer) -> None:
    """One writer at a time for a group, as with messages."""
    with connection.cursor() as cursor:
        for group_id in sorted(groups):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [str(group_id)])
    got = _got_today(groups, told)
    full = Group.objects.visible_to(by).filter(pk__in=[one for one in groups if got[one] >= most])
    if names := list(full.order_by("name").values_list("name", flat=True)):
        said = _(
            "%(groups)s: the messages of today are there, for the school agreed on at most"
            " %(most)d a day. Without the tick it stands in the agenda, and nobody gets a message."
        )
        raise ValidationError(said % {"groups": get_text_list(names, _("and")), "most": most})


def _got_today(groups: Sequence[UUID], told: QuerySet[Any]) -> Counter[UUID]:
    """Messages, and notices of the agenda."""
    notices = told.filter(group_ids__overlap=list(groups)).values_list("group_ids", flat=True)
    got = Counter(group for named in notices for group in named)
    for count in message_counts:
        got.update(count(groups, clock.today()))
    return got
