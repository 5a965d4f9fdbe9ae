"""The trail of a school: who changed what, about whom; never the values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from kring.accounts.models import User
from kring.base import clock
from kring.base.names import plain
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry, AuditEntryQuerySet
from kring.office.wording import fields_in_words, verb_in_words
from kring.schools.models import School, Student

LINES = 100  # of a page
MOST_LIKE = 200  # people of one name that are looked for
MOST_IN_A_FILE = 20_000  # lines; who needs more, asks per period


@dataclass(frozen=True)
class Line:
    """One line, ready to print. Who is no longer known here, has no name."""

    at: datetime
    actor: str
    did: str
    fields: str
    child_id: UUID | None
    child: str
    person_id: UUID | None
    person: str


class Trail:
    """The lines of one school that fit what is looked for, the newest first."""

    def __init__(self, school: School, viewer: Viewer, wanted: dict[str, Any]) -> None:
        self.school, self.viewer, self.wanted = school, viewer, wanted

    def page(self) -> tuple[list[Line], UUID | None]:
        """A hundred lines, and the last of them where there are more."""
        rows = list(self._after(self.wanted.get("before"))[: LINES + 1])
        more = rows[LINES - 1].pk if len(rows) > LINES else None
        return self._lines(rows[:LINES]), more

    def all(self) -> Iterator[Line]:
        """Every line, as far as a file goes."""
        yield from self._lines(list(self._rows()[:MOST_IN_A_FILE]))

    def _after(self, before: UUID | None) -> AuditEntryQuerySet:
        rows = self._rows()
        last = self._seen().filter(pk=before).first() if before else None
        if last is None:
            return rows
        older = Q(created_at=last.created_at, pk__lt=last.pk) | Q(created_at__lt=last.created_at)
        return rows.filter(older, created_at__lte=last.created_at)

    def _seen(self) -> AuditEntryQuerySet:
        return AuditEntry.objects.visible_to(self.viewer).filter(school_id=self.school.pk)

    def _rows(self) -> AuditEntryQuerySet:
        wanted, rows = self.wanted, self._seen()
        for name, column in (("child", "student_id"), ("person", "person_id"), ("verb", "verb")):
            if wanted.get(name):
                rows = rows.filter(**{column: wanted[name]})
        if wanted.get("since"):
            rows = rows.filter(created_at__gte=clock.start_of(wanted["since"]))
        if wanted.get("until"):
            rows = rows.filter(created_at__lt=clock.end_of(wanted["until"]))
        if wanted.get("by"):
            rows = rows.filter(actor_id__in=self._people(wanted["by"]))
        if wanted.get("about"):
            about = self._people(wanted["about"])
            rows = rows.filter(
                Q(person_id__in=about) | Q(student_id__in=self._children(wanted["about"]))
            )
        return rows.order_by("-created_at", "-pk")

    def _people(self, name: str) -> list[UUID]:
        return _called(name, User.objects.visible_to(self.viewer))

    def _children(self, name: str) -> list[UUID]:
        here = Student.objects.visible_to(self.viewer).filter(school=self.school)
        return _called(name, here)

    def _lines(self, rows: list[AuditEntry]) -> list[Line]:
        """With the names of all in two queries, however many lines."""
        adults = {one for row in rows for one in (row.actor_id, row.person_id)} - {None}
        people = User.objects.visible_to(self.viewer).in_bulk(adults)
        students = Student.objects.visible_to(self.viewer).filter(school=self.school)
        children = students.in_bulk({row.student_id for row in rows} - {None})
        return [
            Line(
                at=row.created_at,
                actor=_name(people, row.actor_id),
                did=verb_in_words(row.verb),
                fields=fields_in_words(row.fields),
                child_id=row.student_id if row.student_id in children else None,
                child=_name(children, row.student_id),
                person_id=row.person_id if row.person_id in people else None,
                person=_name(people, row.person_id),
            )
            for row in rows
        ]


def _called(name: str, among: Any) -> list[UUID]:
    words = plain(name).split()
    if not words:
        return []
    for word in words:
        among = among.filter(sort_key__contains=word)
    return list(among.values_list("pk", flat=True)[:MOST_LIKE])


def _name(known: dict[UUID, Any], key: UUID | None) -> str:
    return known[key].name if key in known else ""
