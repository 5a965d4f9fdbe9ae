"""A newsletter that was scheduled did not go: who makes newsletters and who sent it are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.base.visibility import In, Viewer
from kring.events.handlers import on
from kring.events.models import AuditEntry, Event
from kring.feed.models import Newsletter
from kring.feed.models.newsletter import NOTHING_LEFT, OFFICE
from kring.notifications.kinds import Kind
from kring.notifications.letters import Letter, Line, letter, lines, who_may_know
from kring.notifications.models import Notification
from kring.notifications.standing import standing
from kring.notifications.telling import notify
from kring.schools.models import School

VERB = "newsletter.stopped"
STAFF = In("school", "staff_of")

standing(VERB, stands="true")  # it says nothing of what stood in it


@on(VERB)
def tell_that_it_did_not_go(event: Event) -> None:
    """Each time anew: one that was sent once more may stop once more."""
    notify(event, to=_counted_on_it(event), about_id=event.pk, kind=Kind.OWN)


def _counted_on_it(stopped: Event) -> QuerySet[User]:
    """Who makes newsletters there, and who sent it and works there still; nobody, once it is gone.

    Of several who sent it, the last: the others held it back.
    """
    issue = Newsletter.objects.filter(pk=stopped.subject_id).first()
    if issue is None:
        nobody: QuerySet[User] = User.objects.none()
        return nobody
    sent = Event.objects.filter(verb="newsletter.scheduled", subject_id=issue.pk)
    before = sent.filter(created_at__lt=stopped.created_at).order_by("created_at")
    sender = Q(pk=before.values_list("actor_id", flat=True).last()) & STAFF.people(issue)
    people: QuerySet[User] = User.objects.filter(OFFICE.people(issue) | sender)
    return people


@who_may_know(VERB)
def who_still_counts_on_it(notification: Notification) -> QuerySet[User]:
    """The same, as they are by now."""
    stopped = Event.objects.filter(pk=notification.event_id).first()
    return _counted_on_it(stopped) if stopped else User.objects.none()


@letter(VERB)
def say_that_it_did_not_go(
    notification: Notification, person: User, viewer: Viewer
) -> Letter | None:
    """Why, and who sent it, as far as this person may know; not what stood in it."""
    school = School.objects.visible_to(viewer).filter(pk=notification.school_id).first()
    if school is None:
        return None
    told, action = _text(notification, person, viewer), _("To Kring")
    if _makes_them(school.pk, viewer):
        told = [*told, _("It is a draft again: you can change it, and send it once more.")]
        action = _("To the newsletters")
    return Letter(
        school_id=school.pk,
        sender=school.name,
        subject=_("A newsletter was not sent"),
        text=" ".join(told),
        action=action,
        path=_path(school.pk, viewer),
    )


@lines(VERB)
def show_that_it_did_not_go(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """The same in the list, without a name or a title."""
    return {
        one.pk: Line(
            title=_("A newsletter was not sent"),
            said=_("Nothing was left in it, or its sender is not allowed to send it any more."),
            path=_path(one.school_id, viewer),
            icon="circle-alert",
        )
        for one in told
    }


def _text(notification: Notification, person: User, viewer: Viewer) -> list[str]:
    """What happened. Who does not see the trail sent it, and has another role by now."""
    trail = AuditEntry.objects.visible_to(viewer).filter(
        verb=VERB, subject_id=notification.subject_id
    )
    stopped = trail.order_by("created_at").last()
    if stopped and NOTHING_LEFT in stopped.fields:
        why = _("At its moment nothing was left in it, so it was not sent.")
    else:
        why = _("At its moment its sender was not allowed to send it any more, so it did not go.")
    return [_who(stopped.person_id if stopped else None, person, viewer), why]


def _who(sender_id: UUID | None, person: User, viewer: Viewer) -> str:
    if sender_id == person.pk:
        return _("You had scheduled a newsletter of the school.")
    sender = User.objects.visible_to(viewer).filter(pk=sender_id).first() if sender_id else None
    if sender is None:
        return _("A newsletter of the school was scheduled.")
    return _("%(name)s had scheduled a newsletter of the school.") % {"name": sender.name}


def _makes_them(school_id: UUID, viewer: Viewer) -> bool:
    return school_id in viewer.ids("leads", "administers")


def _path(school_id: UUID, viewer: Viewer) -> str:
    if _makes_them(school_id, viewer):
        return reverse("feed:issues", args=[school_id])
    return reverse("feed:feed")
