"""Deliveries that were given up after too many tries: for who runs this Kring."""

from __future__ import annotations

from django.db import connection

from kring.base import clock
from kring.notifications.models import Delivery

COUNTED = """
SELECT school.name, delivery.channel, delivery.trouble, count(*), min(delivery.created_at)
FROM notifications_delivery delivery JOIN schools_school school ON school.id = delivery.school_id
WHERE delivery.state = 'dead'
GROUP BY school.name, delivery.channel, delivery.trouble ORDER BY school.name, delivery.channel
"""


def parked(*, again: bool) -> list[str]:
    """Those that wait, as lines: per school, way and answer. As the owner of the tables.

    ``again`` puts all of them back in the queue as if they had never been tried. A push of some
    days ago is news no more: it fails then, for good; a mail goes.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        rows = cursor.fetchall()
    if not rows:
        return ["Nothing is parked."]
    lines = [
        f"{count:>6}  {channel:<6} {trouble or '-':<30} since {since:%Y-%m-%d %H:%M}  {school}"
        for school, channel, trouble, count, since in rows
    ]
    if again:
        waiting = Delivery.objects.unscoped("the operator, as the owner")
        waiting = waiting.filter(state=Delivery.State.DEAD)
        put_back = waiting.update(
            state=Delivery.State.QUEUED, tries=0, due_at=clock.now(), done_at=None
        )
        lines.append(f"{put_back} put back in the queue: sent within a minute.")
    return lines
