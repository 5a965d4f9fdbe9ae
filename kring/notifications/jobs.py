"""Sending what people are told over the channels: claim → COMMIT → send → mark → COMMIT."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import connection

from kring.base import clock
from kring.base.jobs import at_work, job, periodic
from kring.notifications import letters
from kring.notifications.channels import LaterError, RefusedError
from kring.notifications.channels.email import Email
from kring.notifications.models import Delivery

log = structlog.get_logger("kring.notifications")

AT_ONCE = 100  # mails of one run, so that a large school holds up no other
KEPT_TRYING = timedelta(days=3)  # after that, it is news no more


class WaitingError(Exception):
    """Some of the chunk must go later: the job is tried again."""


@job(queue="mail", outside=True)
def deliver(school_id: str, chunk: str) -> None:
    """Send what is due of one chunk, one by one. After a kill the one in flight goes again."""
    waiting: list[UUID] = []
    with closing(Email()) as channel:
        for _ in range(AT_ONCE):
            if not (delivery := _claim(school_id, chunk, waiting)):
                break
            became = Delivery.State.QUEUED  # what it stays when nothing goes
            try:
                became = _send(channel, delivery)
            finally:
                with at_work(school_id):
                    delivery.settle(became)
            if became == Delivery.State.QUEUED:
                waiting.append(delivery.pk)
        else:  # there may be more: let others have their turn
            enqueue_delivery(UUID(school_id), UUID(chunk))
    if waiting:
        raise WaitingError(len(waiting))


def enqueue_delivery(school_id: UUID, chunk: UUID) -> None:
    """Have a chunk sent. No two jobs of one chunk run at the same time."""
    deliver.enqueue(school_id, lock=f"deliver {chunk}", chunk=chunk)


@periodic(cron="*/10 * * * *", queue="mail")
def take_up_the_left(timestamp: int) -> None:  # noqa: ARG001
    """Send what no job will send: those of its chunk gave up, on a server away for hours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, chunk FROM kring_left_deliveries()")
        left = cursor.fetchall()
    for school_id, chunk in left:
        enqueue_delivery(school_id, chunk)


def _claim(school_id: str, chunk: str, waiting: list[UUID]) -> Delivery | None:
    with at_work(school_id):
        deliveries = Delivery.objects.filter(school=UUID(school_id), chunk=chunk)
        return deliveries.exclude(pk__in=waiting).claim()


def _send(channel: Email, delivery: Delivery) -> Delivery.State:
    """Send one, and say what became of it. Raises when nothing goes for anybody."""
    if delivery.created_at < clock.now() - KEPT_TRYING:
        return Delivery.State.FAILED
    written = letters.write(delivery.notification_id, delivery.person_id)
    if written is None:
        return Delivery.State.SKIPPED
    person, letter = written
    try:
        channel.deliver(letter, to=person, delivery_id=delivery.pk)
    except RefusedError as error:
        log.warning("delivery.refused", delivery=str(delivery.pk), answer=str(error))
        return Delivery.State.FAILED
    except LaterError as error:
        log.info("delivery.later", delivery=str(delivery.pk), answer=str(error))
        return Delivery.State.QUEUED
    return Delivery.State.SENT
