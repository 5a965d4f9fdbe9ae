"""What becomes of imports that nobody looks at any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from kring.base import clock
from kring.importing.models import Import

UNDECIDED = timedelta(days=14)
S = Import.State


def settle_old(school_id: UUID) -> None:
    """Put away what waits for two weeks; of what ended more than a day ago keep the counts."""
    now = clock.now()
    mine = Import.objects.filter(school=school_id)
    waiting = mine.filter(state__in=[S.MAPPING, S.COMPARING, S.READY])
    nothing: dict[str, object] = {
        "roster": None,
        "differences": None,
        "columns": [],
        "problems": [],
    }
    waiting.filter(created_at__lt=now - UNDECIDED).update(state=S.DISCARDED, **nothing)
    mine.filter(state=S.REFUSED, created_at__lt=now - UNDECIDED).update(**nothing)
    ended = mine.filter(state=S.APPLIED, undo_until__lt=now) | mine.filter(state=S.UNDONE)
    ended.filter(differences__isnull=False).update(**nothing)
