"""Somebody came by a letter whom the school did not know of: the office says yes or no."""

from __future__ import annotations

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from kring.base import clock
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.schools.models import Guardianship

ASKED = "guardianship.asked"


def asked_for(viewer: Viewer) -> QuerySet[Guardianship]:
    """Ties of people who came by a code, whom the school did not know of and said nothing to yet.

    Whatever the office does with such a tie stands in the trail after the asking, and settles it.
    """
    trail = AuditEntry.objects.visible_to(viewer).filter(subject_id=OuterRef("pk"))
    last = Subquery(trail.order_by("-created_at", "-pk").values("verb")[:1])
    ties = Guardianship.objects.visible_to(viewer).at(clock.now())
    return ties.filter(link_code_uses__isnull=False).alias(last=last).filter(last=ASKED).distinct()


def answer(tie_id: UUID, school_id: UUID, *, admit: bool, by: Viewer) -> bool:
    """Let this person in to the child, or end the tie. False: somebody answered before."""
    asked = asked_for(by).filter(school=school_id, pk=tie_id)
    tie = Guardianship.objects.changeable_by(by).filter(pk__in=asked.values("pk")).first()
    if tie is None:
        return False
    row = Guardianship.objects.changeable_by(by).filter(pk=tie.pk)
    if admit:
        row.update(access=Guardianship.Access.IN_CARE)
    else:
        row.update(ends_at=clock.now())
    AuditEntry.note(
        "guardianship.admitted" if admit else "guardianship.turned_away",
        tie,
        by=by,
        fields=["access" if admit else "ends_at"],
        student=tie.student_id,
        person=tie.guardian_id,
    )
    return True
