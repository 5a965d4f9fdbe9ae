"""Who is told of entries of the agenda, and where they are sent to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.audiences.recipients import recipients_of
from kring.base import clock
from kring.base.registry import cards_of_posts
from kring.base.visibility import Viewer
from kring.calendar import when
from kring.calendar.models import CalendarEntry
from kring.events.handlers import on
from kring.events.models import Event
from kring.notifications.kinds import Kind, offered
from kring.notifications.letters import Letter, Line, letter, lines, who_may_know
from kring.notifications.models import Notification
from kring.notifications.standing import standing
from kring.notifications.telling import notify

offered |= {Kind.PLANNING}

ANNOUNCED, MOVED, CALLED_OFF = "calendar.announced", "calendar.moved", "calendar.called_off"
SUBJECTS: dict[str, Promise] = {
    ANNOUNCED: _("New in the agenda of %(school)s"),
    MOVED: _("Something changed in the agenda of %(school)s"),
    CALLED_OFF: _("Something is called off at %(school)s"),
}
TEXTS: dict[str, Promise] = {
    ANNOUNCED: _("Something new stands in the agenda, on %(day)s. What it is you read on Kring."),
    MOVED: _("Something in the agenda changed. It is on %(day)s now. The rest you read on Kring."),
    CALLED_OFF: _(
        "Something in the agenda on %(day)s is called off. What it is you read on Kring."
    ),
}
LINES: dict[str, Promise] = {
    ANNOUNCED: _("New in the agenda: %(title)s"),
    MOVED: _("Changed in the agenda: %(title)s"),
    CALLED_OFF: _("Called off: %(title)s"),
}


@on("post.published")
def come_out_with_it(event: Event) -> None:
    """A message that waited for its films may come out sooner than was thought: so does this."""
    CalendarEntry.objects.filter(
        school=event.school_id, card_id__in=_cards_of(event), published_at__gt=clock.now()
    ).update(published_at=clock.now())


@on("post.withdrawn")
def go_with_it(event: Event) -> None:
    """What a withdrawn message put into the agenda is gone as well."""
    made = CalendarEntry.objects.filter(school=event.school_id, card_id__in=_cards_of(event))
    for entry in made.filter(withdrawn_at=None):
        entry.leave(Viewer.service(event.school_id))


def _cards_of(event: Event) -> list[UUID]:
    return [card for ask in cards_of_posts if (card := ask(event.subject_id))]


@on(ANNOUNCED)
def tell_what_is_new(event: Event) -> None:
    """Everybody who may see it, once."""
    _tell(event, about_id=event.subject_id)


@on(MOVED)
def tell_what_changed(event: Event) -> None:
    """Every time again; how often that is, the entry knows (``told_at``)."""
    _tell(event, about_id=event.pk)


@on(CALLED_OFF)
def tell_what_is_off(event: Event) -> None:
    """Everybody who may have counted on it."""
    _tell(event, about_id=event.subject_id)


def _tell(event: Event, about_id: UUID) -> None:
    entry = CalendarEntry.objects.shown().filter(pk=event.subject_id).first()
    if entry:
        notify(event, to=recipients_of(entry), about_id=about_id, kind=Kind.PLANNING)


@on("calendar.withdrawn")
def take_it_out_of_the_list(event: Event) -> None:
    """Nobody finds a notification of what is gone; that it was called off stays."""
    stale = Notification.objects.filter(subject_id=event.subject_id)
    stale.filter(verb__in=(ANNOUNCED, MOVED)).delete()


def _still(notification: Notification) -> QuerySet[User]:
    """Whoever may see it now; nobody, when it is gone."""
    entry = CalendarEntry.objects.shown().filter(pk=notification.subject_id).first()
    people: QuerySet[User] = User.objects.none()
    return recipients_of(entry) if entry else people


def _write(notification: Notification, person: User, viewer: Viewer) -> Letter | None:  # noqa: ARG001
    """The school and the day. Never the title: it travels in the open."""
    seen = CalendarEntry.objects.visible_to(viewer).filter(pk=notification.subject_id)
    entry = seen.shown().select_related("school").first()
    if entry is None or (notification.verb == MOVED and entry.is_called_off):
        return None
    return Letter(
        school_id=entry.school_id,
        sender=entry.school.name,
        subject=str(SUBJECTS[notification.verb]) % {"school": entry.school.name},
        text=str(TEXTS[notification.verb]) % {"day": when.day_said(when.first_day(entry))},
        action=str(_("Look in the agenda")),
        path=reverse("calendar:entry", args=[entry.pk]),
        stops=Kind.PLANNING,
    )


def _lines(notifications: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    seen = CalendarEntry.objects.visible_to(viewer).shown()
    entries = seen.in_bulk([one.subject_id for one in notifications])
    return {
        one.pk: _line(one, entries[one.subject_id])
        for one in notifications
        if one.subject_id in entries
    }


def _line(notification: Notification, entry: CalendarEntry) -> Line:
    return Line(
        title=str(LINES[notification.verb]) % {"title": entry.title},
        said=when.said_fully(entry),
        path=reverse("calendar:entry", args=[entry.pk]),
        icon="calendar-days",
    )


# As ``shown``, in the words of the list and its bell.
STANDS = """EXISTS (
    SELECT FROM calendar_calendarentry entry WHERE entry.id = note.subject_id
        AND (entry.withdrawn_at IS NULL OR entry.is_called_off)
        AND entry.published_at <= now() AND {entry})"""

for verb in (ANNOUNCED, MOVED, CALLED_OFF):
    standing(verb, stands=STANDS, entry=CalendarEntry)
    letter(verb)(_write)
    lines(verb)(_lines)
    who_may_know(verb)(_still)
