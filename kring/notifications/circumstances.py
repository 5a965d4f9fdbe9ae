"""How things are with a person, beside what she chose: what decides over what comes."""

from __future__ import annotations

from django.db import connection

from kring.base.visibility import Viewer
from kring.notifications import wishing
from kring.notifications.channels import ways
from kring.notifications.wording import Situation
from kring.schools.models import Policy, WorkingHours


def situation_of(viewer: Viewer) -> Situation:
    """In the block of the viewer."""
    policies = list(Policy.objects.visible_to(viewer).current())
    by_itself = [
        one for one in policies if one.weekly_newsletter
    ]  # else only who chose it gets one
    moments = [(one.weekly_weekday, one.weekly_hour) for one in by_itself or policies]
    hours = WorkingHours.objects.visible_to(viewer).filter(person=viewer.person_id)
    return Situation(
        kinds=wishing.switches(viewer),
        works=_works(),
        keeps_hours=hours.exists(),
        newsletter=min(moments, default=(6, 8)),  # the first of two schools tells of both
        newsletter_for_all=any(one.weekly_newsletter for one in policies),
    )


def _works() -> dict[str, bool]:
    """The channels that lead to who looks; False where what went there came back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT channel, works FROM kring_own_ways()")
        return {channel: works for channel, works in cursor.fetchall() if channel in ways}
