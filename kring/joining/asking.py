"""Somebody came by a letter whom the school did not know of: the office says yes or no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kring.base import clock
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.schools.models import Guardianship

ASKED = "guardianship.asked"
IN_CARE, WITHHELD = Guardianship.Access.IN_CARE, Guardianship.Access.WITHHELD


def asked_for(viewer: Viewer) -> QuerySet[Guardianship]:
    """Ties of people who came by a code, unknown to the school, and wait for its answer."""
    return Guardianship.objects.visible_to(viewer).at(clock.now()).exclude(asked_at=None)


def answer(tie_id: UUID, school_id: UUID, *, admit: bool, by: Viewer) -> bool:
    """Let this person in to the child, or end the tie. False: somebody answered before.

    What this person sees already, and what the office made of it meanwhile, a yes leaves as it is.
    """
    ties = Guardianship.objects.changeable_by(by).at(clock.now()).filter(school=school_id)
    tie = ties.filter(pk=tie_id).first()
    if tie is None:
        return False
    said: dict[str, Any] = {"ends_at": clock.now()}
    if admit:
        said = {"access": IN_CARE} if tie.access == WITHHELD else {}
    waiting = ties.filter(pk=tie_id, access=tie.access).exclude(asked_at=None)
    if not waiting.update(**said, asked_at=None):  # of two answers, the first
        return False
    AuditEntry.note(
        "guardianship.admitted" if admit else "guardianship.turned_away",
        tie,
        by=by,
        fields=said,
        student=tie.student_id,
        person=tie.guardian_id,
    )
    return True
