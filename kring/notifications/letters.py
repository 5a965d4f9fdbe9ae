"""What notifications say: higher apps register their writers, channels give letters a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import override

from kring.accounts.models import User
from kring.base.statement import Statement, columns, made
from kring.base.visibility import Viewer, seen_by
from kring.notifications.models import Notification
from kring.schools.viewers import viewer_of


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Where to look. Never what was written and never a child's name: it travels in the open."""

    school_id: UUID
    sender: str  # the school, as people know it
    subject: str
    text: str
    action: str  # on the button
    path: str  # where the button leads
    stops: str = ""  # the kind that one click stops; none: a mail that must arrive
    template: str = "mail/notice"
    context: Mapping[str, Any] = field(default_factory=dict)  # more, for another template
    headers: Mapping[str, str] = field(default_factory=dict)  # more, such as how important it is


@dataclass(frozen=True, kw_only=True)
class Line:
    """A notification as the list in the app shows it: read through visibility, never kept."""

    title: str
    said: str = ""
    path: str
    icon: str = "bell"  # of Lucide


type Writer = Callable[[Notification, User, Viewer], Letter | None]

type Liner = Callable[[Sequence[Notification], Viewer], Mapping[UUID, Line]]
type Entitled = Callable[[Notification], QuerySet[User]]

# Whom it is to, where mail can come to this person, and of what.
TOLD = Statement(
    f"""
    SELECT {columns(User, "person")}, {columns(Notification, "note")}
    FROM accounts_user person CROSS JOIN notifications_notification note
    WHERE person.id = %(person)s AND person.is_active AND person.email IS NOT NULL AND {{person}}
        AND note.id = %(note)s AND {{note}}
    """,  # noqa: S608 - our own names
    person=User,
    note=Notification,
)
_OF_PERSON = len(User._meta.concrete_fields)

writers: dict[str, Writer] = {}
liners: dict[str, Liner] = {}
entitled: dict[str, Entitled] = {}


def letter(verb: str) -> Callable[[Writer], Writer]:
    """Write the letters of this verb; None when there is nothing for this person to see."""

    def register(writer: Writer) -> Writer:
        writers[verb] = writer
        return writer

    return register


def lines(verb: str) -> Callable[[Liner], Liner]:
    """Show notifications of this verb in the list: many at once, per id; who sees no more, none.

    Inside the block of the viewer; as many queries for fifty as for one.
    """

    def register(liner: Liner) -> Liner:
        liners[verb] = liner
        return liner

    return register


def who_may_know(verb: str) -> Callable[[Entitled], Entitled]:
    """Say who may still be told, for channels that say nothing of the thing itself (push).

    In a service block, with one notification for all of the same subject.
    """

    def register(asked: Entitled) -> Entitled:
        entitled[verb] = asked
        return asked

    return register


def write(notification_id: UUID, person_id: UUID) -> tuple[User, Letter] | None:
    """The person and the letter, as this person may see things now: read through both locks.

    None for who may not see it any more, or has no way in. Outside any block.
    """
    viewer = viewer_of(person_id)
    with seen_by(viewer):
        found = TOLD.run(viewer, note=notification_id, person=person_id)
        if not found:
            return None
        person, notification = made(User, found[0]), made(Notification, found[0][_OF_PERSON:])
        with override(person.language):
            written = writers[notification.verb](notification, person, viewer)
        return (person, written) if written else None
