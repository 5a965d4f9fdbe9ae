"""Push messages to devices (RFC 8030, 8291, 8292)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy

from kring.base.ids import new_id
from kring.base.jobs import at_work, job
from kring.base.viewer import array
from kring.notifications import letters
from kring.notifications.channels import Settled, Way, way
from kring.notifications.kinds import Kind
from kring.notifications.models import Delivery, Notification
from kring.notifications.pushing import message
from kring.notifications.pushing.keys import Signer, private_key
from kring.notifications.pushing.line import (
    LATE,
    PATIENCE,
    REFUSED,
    SILENCE,
    SILENT,
    UNSEALED,
    Answer,
    Push,
    line,
)
from kring.schools.models import School

log = structlog.get_logger("kring.notifications")

KEPT = 3 * 24 * 60 * 60  # seconds that a push service keeps it for a phone that is off
KEPT_URGENT = 24 * 60 * 60
KEPT_TRIAL = 60
FIRST_REFUSAL, FIRST_TROUBLE = 300, 500  # of HTTP
TOO_MANY, TIMED_OUT, TOO_EARLY = 429, 408, 425
GONE = {404, 410}  # RFC 8030 §7.3: the device stopped it
WAITS = {  # answers that blame nobody, and when it is asked again
    LATE: timedelta(seconds=PATIENCE + 2),
    SILENT: timedelta(seconds=SILENCE),
}

type Device = tuple[str, str, str]  # endpoint and keys


@way
class ByPush(Way):
    """Push messages to devices, many at once. They say where to look, and nothing of the thing."""

    channel = "push"
    label = gettext_lazy("Push message")
    by = gettext_lazy("by push message")
    lack = gettext_lazy("No phone or computer of yours takes push messages of Kring.")
    icon = "monitor-smartphone"
    place, rung = 20, 10
    queue = "push"
    per_device = True
    puts_off = True  # what goes to a service that is silent
    unfit = frozenset({Kind.DIGEST})  # a mail: only who writes it, sees if there is news
    addresses = """
    SELECT device.person_id, device.id, true FROM notifications_pushsubscription device
    JOIN usersessions_usersession browser ON browser.id = device.session_id
    JOIN django_session session ON session.session_key = browser.session_key
        AND session.expire_date > now()
    WHERE device.person_id = ANY (people)
    """
    jobs = 6  # while one waits for the last answers, others send
    at_once = 1_000  # all of a run: what is asked once for them is asked once

    def __init__(self, school_id: UUID) -> None:
        super().__init__(school_id)
        self.signer: Signer | None = None

    def deliver(self, deliveries: Sequence[Delivery]) -> Iterator[list[Settled]]:
        """After a kill those of the last moment go again, under the topic that they had."""
        with at_work(self.school_id):
            texts = _texts(self.school_id, deliveries)
        devices = _devices(one.subscription_id for one in deliveries if one.pk in texts)
        going = {
            one.pk: (one, _push(one, devices[one.subscription_id], texts[one.pk]))
            for one in deliveries
            if one.pk in texts and one.subscription_id in devices
        }
        if left_out := [one for one in deliveries if one.pk not in going]:
            yield [Settled(one, Delivery.State.SKIPPED) for one in left_out]
        if not going:
            return
        self.signer = self.signer or Signer(private_key())
        for group in line().send([push for _, push in going.values()], self.signer):
            told = [(going[push.key][0], answer) for push, answer in group]
            _settle_devices(told)
            yield [_settled(delivery, answer) for delivery, answer in told]


def _texts(school_id: UUID, deliveries: Sequence[Delivery]) -> dict[UUID, bytes]:
    """Per delivery what it says, in the language of the person; of those who may still know.

    A chunk is of one event: what one of its notifications is about, all are.
    """
    told = Notification.objects.filter(pk__in=_among(one.notification_id for one in deliveries))[:1]
    return _said_to(told[0], school_id, deliveries) if told else {}


def _said_to(
    told: Notification, school_id: UUID, deliveries: Sequence[Delivery]
) -> dict[UUID, bytes]:
    languages = _who_may_know(told, deliveries)
    name = School.objects.values_list("name", flat=True).get(pk=school_id)
    return {
        one.pk: message.payload(
            school=name,
            verb=told.verb,
            kind=told.kind,
            urgent=one.is_urgent,
            language=languages[one.person_id],
            notification_id=one.notification_id,
        )
        for one in deliveries
        if one.person_id in languages
    }


def _who_may_know(told: Notification, deliveries: Sequence[Delivery]) -> dict[UUID, str]:
    """Those who may still be told, and their languages. Where nothing says who may, nobody may."""
    if not (entitled := letters.entitled.get(told.verb)):
        return {}
    people = _among(one.person_id for one in deliveries)
    return dict(entitled(told).filter(pk__in=people).values_list("pk", "language"))


def _among(ids: Iterable[UUID]) -> RawSQL:
    """A thousand of them as one value, which is read in one go."""
    return RawSQL("SELECT unnest(%s::uuid[])", [array(ids)])


def _devices(wanted: Iterable[UUID | None]) -> Mapping[UUID | None, Device]:
    """The devices that are still there; only the worker may ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kring_devices(%s::uuid[])", [array(filter(None, wanted))])
        return {device: (*told,) for device, *told in cursor.fetchall()}


def _push(delivery: Delivery, device: Device, text: bytes) -> Push:
    endpoint, p256dh, auth = device
    return Push(
        key=delivery.pk,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        payload=text,
        topic=message.topic_of(delivery.notification_id),
        seconds=KEPT_URGENT if delivery.is_urgent else KEPT,
        urgent=delivery.is_urgent,
    )


def _settle_devices(told: Iterable[tuple[Delivery, Answer]]) -> None:
    """Forget devices that their service knows no more; note those that took one."""
    gone, used = [], []
    for delivery, answer in told:
        if answer.status in GONE or answer == UNSEALED:
            gone.append(delivery.subscription_id)
        elif _is_taken(answer):
            used.append(delivery.subscription_id)
    _note_devices(gone, used)


def _note_devices(gone: Sequence[UUID | None], used: Sequence[UUID | None]) -> None:
    if gone or used:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kring_settle_devices(%s::uuid[], %s::uuid[])", [array(gone), array(used)]
            )


def _settled(delivery: Delivery, answer: Answer) -> Settled:
    """What became of it: taken, refused for good, or asked again later."""
    if _is_taken(answer):
        return Settled(delivery, Delivery.State.SENT)
    if answer in WAITS:
        delivery.tries -= 1
        return Settled(delivery, Delivery.State.QUEUED, answer.trouble, WAITS[answer])
    code = answer.trouble or str(answer.status)
    later = answer.status >= FIRST_TROUBLE or answer.status in {TOO_MANY, TIMED_OUT, TOO_EARLY}
    if later or (not answer.status and answer not in {REFUSED, UNSEALED}):
        log.info("delivery.later", delivery=str(delivery.pk), answer=code)
        return Settled(delivery, Delivery.State.QUEUED, code, answer.after)
    log.warning("delivery.refused", delivery=str(delivery.pk), answer=code)
    return Settled(delivery, Delivery.State.FAILED, code)


def _is_taken(answer: Answer) -> bool:
    return bool(answer.status) and answer.status < FIRST_REFUSAL


@job(queue="urgent", outside=True)
def push_a_trial(school_id: str, device_id: str, language: str) -> None:  # noqa: ARG001
    """Send a message to a device of who asks for it, to see that it comes. It is tried once."""
    wanted = UUID(device_id)
    if not (device := _devices([wanted]).get(wanted)):
        return
    endpoint, p256dh, auth = device
    trial = Push(
        key=new_id(),  # each trial is asked for itself
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        payload=message.trial(language),
        topic="trial",
        seconds=KEPT_TRIAL,
        urgent=True,
    )
    for group in line().send([trial], Signer(private_key())):
        for _, answer in group:
            log.info("push.trial", device=device_id, answer=answer.trouble or answer.status)
            gone = answer.status in GONE or answer == UNSEALED
            _note_devices([wanted] * gone, [wanted] * _is_taken(answer))
