"""What becomes of imports that nobody looks at any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q

from kring.base import clock
from kring.importing.models import Import

UNDECIDED = timedelta(days=14)
S = Import.State


# Files are often named after people. As many empty names still say how many there were.
NAMELESS = Func(
    F("file_names"),
    template="array_fill(''::varchar, ARRAY[cardinality(%(expressions)s)])",
    output_field=ArrayField(models.CharField(max_length=200)),
)
NO_NAMES: dict[str, Any] = {
    "roster": None,
    "differences": None,
    "columns": [],
    "problems": [],
    "shown": "",
    "file_names": NAMELESS,
}


def settle_old(school_id: UUID) -> None:
    """Put away what waits for two weeks; of what ended more than a day ago keep the counts."""
    now = clock.now()
    mine = Import.objects.filter(school=school_id)
    waiting = mine.filter(
        state__in=[S.MAPPING, S.COMPARING, S.READY], created_at__lt=now - UNDECIDED
    )
    waiting.update(state=S.DISCARDED, answers={}, **NO_NAMES)
    named = Q(differences__isnull=False) | Q(file_names__0__gt="")
    ended = mine.filter(state__in=[S.REFUSED, S.DISCARDED], created_at__lt=now - UNDECIDED)
    ended.filter(named).update(answers={}, **NO_NAMES)
    # What was applied keeps the answers about children, by id: who was said to stay, stays.
    applied = mine.filter(state=S.APPLIED, undo_until__lt=now) | mine.filter(state=S.UNDONE)
    applied.filter(named).update(**NO_NAMES)
