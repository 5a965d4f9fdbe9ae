"""Which notifications still stand: what may be seen no more is not in the list, nor counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import models

from kring.base.statement import Statement
from kring.notifications.models import Notification

KEPT_IN_SIGHT = timedelta(weeks=8)  # what is older, nobody looks for here


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one verb, as SQL over the row ``note``; ``{post}`` in it is the rule for rows named so."""

    stands: str  # the thing is there, and this person may see it
    read: str  # it was read, whatever ``read_at`` says: before the row was there, perhaps
    rows: dict[str, type[models.Model]] = field(default_factory=dict)


standings: dict[str, Standing] = {}


def standing(verb: str, *, stands: str, read: str = "false", **rows: type[models.Model]) -> None:
    """Say when a notification of this verb may still be seen. Without, it is never in the list.

    >>> standing("calendar.changed", stands="EXISTS (SELECT FROM calendar_entry entry"
    ...          " WHERE entry.id = note.subject_id AND {entry})", entry=CalendarEntry)
    """
    standings[verb] = Standing(stands, read, rows)


def statement(text: str) -> Statement:
    """A query in which ``<<stands>>`` and ``<<read>>`` are said of ``note``, of every verb."""
    rows: dict[str, type[models.Model]] = {"note": Notification}
    for one in standings.values():
        assert all(rows.get(name, model) is model for name, model in one.rows.items())
        rows |= one.rows
    stands = _case((verb, one.stands) for verb, one in standings.items())
    read = _case((verb, one.read) for verb, one in standings.items())
    return Statement(text.replace("<<stands>>", stands).replace("<<read>>", read), **rows)


def _case(conditions: Iterator[tuple[str, str]]) -> str:
    """One CASE, so that of each row nothing is asked but what fits its verb."""
    told = " ".join(f"WHEN '{verb}' THEN {condition}" for verb, condition in conditions)
    return f"CASE note.verb {told} WHEN '' THEN false ELSE false END"
