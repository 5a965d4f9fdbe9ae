"""From what moment on an event is old, also one of before Kring kept that moment."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.bus import record
from kring.events.jobs import dispatch
from kring.events.models import Event
from tests.cast import Cast
from tests.unlocked import unlocked

AWAY = timedelta(days=300)
MIGRATION = import_module("kring.events.migrations.0003_when_an_event_is_due")


@pytest.mark.parametrize("urgent", [True, False])
def test_the_migration_says_of_each_when_it_is_told(cast: Cast, *, urgent: bool) -> None:
    post, teacher = cast.post("group_5", by="teacher"), cast.viewer("teacher")
    planned = clock.now() + AWAY
    with seen_by(teacher):
        told = record("post.published", post, by=teacher, urgent=urgent)
        waits = record("post.due", post, by=teacher, at=planned, urgent=urgent)
        over = record("post.due", post, by=teacher, at=planned)
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = %s AND args ->> 'event_id' = %s",
            [dispatch.name, str(over.pk)],
        )
        Event.objects.update(due_at=clock.now())  # as the new column has it
        cursor.execute(MIGRATION.DUE)
        due = {one.pk: one.due_at for one in Event.objects.all()}
        made = {one.pk: one.created_at for one in Event.objects.all()}
    assert due == made | {waits.pk: planned}
    assert {told.pk, over.pk} < due.keys()
