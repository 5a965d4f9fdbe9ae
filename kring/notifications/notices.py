"""Telling a person, over the ways that are left, that mail to the own address comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.events.handlers import on
from kring.events.models import Event
from kring.notifications.kinds import Kind
from kring.notifications.letters import Letter, Line, letter, lines, who_may_know
from kring.notifications.models import Bounce, Notification, digest_of
from kring.notifications.standing import standing
from kring.notifications.telling import notify

FAILED = "address.failed"

# It is about the address of now, and nobody tried again since.
STANDS = """EXISTS (
    SELECT FROM notifications_bounce bounce JOIN accounts_user person
        ON person.id = bounce.person_id
    WHERE bounce.id = note.subject_id AND bounce.cleared_at IS NULL
    AND bounce.address = encode(sha256(convert_to(lower(person.email), 'UTF8')), 'hex')
    AND {bounce} OFFSET 0)"""

standing(FAILED, stands=STANDS, bounce=Bounce)


@on(FAILED)
def tell_whose_it_is(event: Event) -> None:
    """In the app and by push; mail would come back."""
    if bounce := Bounce.objects.filter(pk=event.subject_id, cleared_at=None).first():
        person = User.objects.filter(pk=bounce.person_id)
        notify(event, to=person, about_id=bounce.pk, kind=Kind.OWN)


@who_may_know(FAILED)
def whose_it_is_still(notification: Notification) -> QuerySet[User]:
    """Whose it is; nobody, where she has another address by now or tried again."""
    bounce = Bounce.objects.filter(pk=notification.subject_id, cleared_at=None).first()
    people: QuerySet[User] = User.objects.filter(pk=bounce.person_id if bounce else None)
    person = people.first()
    if bounce is None or person is None or digest_of(str(person.email)) != bounce.address:
        return people.none()
    return people


@lines(FAILED)
def say_it_comes_back(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """For as long as it does."""
    wanted = Bounce.objects.visible_to(viewer).filter(pk__in=[one.subject_id for one in told])
    standing_now = set(wanted.filter(cleared_at=None).values_list("pk", flat=True))
    line = Line(
        title=_("Mail to your address comes back"),
        said=_("Change your address, or try the same one again."),
        path=reverse("notifications:settings"),
        icon="mail",
    )
    return {one.pk: line for one in told if one.subject_id in standing_now}


@letter(FAILED)
def write_nothing(_notification: Notification, _person: User, _viewer: Viewer) -> Letter | None:
    """No mail about mail: who has another address by now, has solved it."""
    return None
