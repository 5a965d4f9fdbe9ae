"""A planned message did not go: its writer and the office are told, for somebody counted on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer
from kring.events.handlers import on
from kring.events.models import AuditEntry, Event
from kring.feed import planning
from kring.feed.models import Post
from kring.notifications.kinds import Kind
from kring.notifications.letters import Letter, Line, letter, lines, who_may_know
from kring.notifications.models import Notification
from kring.notifications.standing import standing
from kring.notifications.telling import notify
from kring.schools.models import Employment, School

__all__ = ["planning"]  # which declares itself

VERB = "post.stopped"

standing(VERB, stands="true")  # it says nothing of the message


@on(VERB)
def tell_that_it_did_not_go(event: Event) -> None:
    """Who answers for the school, and the writer, should she work there still."""
    post = Post.objects.filter(pk=event.subject_id).first()
    if post is None:
        return
    notify(event, to=_counted_on_it(post), about_id=post.card_id, kind=Kind.OWN)


def _counted_on_it(post: Post) -> QuerySet[User]:
    held = Employment.objects.on(clock.today()).filter(school=post.school_id)
    there = held.filter(Q(role__in=Employment.LEADING) | Q(user=post.author_id))
    people: QuerySet[User] = User.objects.filter(pk__in=there.values("user"))
    return people


@who_may_know(VERB)
def who_still_counts_on_it(notification: Notification) -> QuerySet[User]:
    """The same, as they are by now."""
    post = Post.objects.filter(pk=notification.subject_id).first()
    return _counted_on_it(post) if post else User.objects.none()


@letter(VERB)
def say_that_it_did_not_go(
    notification: Notification, person: User, viewer: Viewer
) -> Letter | None:
    """By whom it was, as far as this person may know; not what it said, nor to whom."""
    writer_id, name = _writer(notification, viewer)
    school = School.objects.visible_to(viewer).get(pk=notification.school_id)
    own = writer_id == person.pk
    return Letter(
        school_id=school.pk,
        sender=school.name,
        subject=_("A planned message was not sent"),
        text=_own_text() if own else _text(name),
        action=_("To your drafts") if own else _("To Kring"),
        path=reverse("feed:planned") if own else reverse("feed:feed"),
    )


@lines(VERB)
def show_that_it_did_not_go(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """The same in the list, without the name: one line for however many."""
    staff = bool(viewer.staff_of)
    line = Line(
        title=_("A planned message was not sent"),
        said=_("Its writer may not write to these readers any more."),
        path=reverse("feed:planned") if staff else reverse("feed:feed"),
        icon="circle-alert",
    )
    return {one.pk: line for one in told}


def _writer(notification: Notification, viewer: Viewer) -> tuple[UUID | None, str]:
    post = Post.objects.visible_to(viewer).filter(pk=notification.subject_id).first()
    if post:  # only its writer sees what was withdrawn
        return post.author_id, post.byline
    trail = AuditEntry.objects.visible_to(viewer).filter(
        verb=VERB, subject_id=notification.subject_id
    )
    person_id = trail.values_list("person_id", flat=True).first()
    writer = User.objects.visible_to(viewer).filter(pk=person_id).first() if person_id else None
    return person_id, writer.name if writer else ""


def _own_text() -> str:
    return _(
        "You had planned a message, but at its moment you were not allowed to write to these"
        " readers any more. So it was not sent. What you wrote stands with your drafts."
    )


def _text(name: str) -> str:
    if not name:
        return _(
            "A message was planned by somebody who, at its moment, was not allowed to write to"
            " these readers any more. So it was not sent, and no family was told of it."
        )
    said = _(
        "%(name)s had planned a message, but at its moment was not allowed to write to these"
        " readers any more. So it was not sent, and no family was told of it."
    )
    return said % {"name": name}
