"""What the worker does for an import, begun by the office's verbs."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import DataError, IntegrityError, connection

from kring.base.jobs import at_work, job, periodic
from kring.events.handlers import on
from kring.events.models import Event
from kring.importing import settling
from kring.importing.applying import apply_now, compare_now, not_applied
from kring.importing.models import Import
from kring.importing.progress import telling
from kring.importing.undoing import undo_now

log = structlog.get_logger("kring.importing")


@on("import.begun")
def compare_soon(event: Event) -> None:
    """Somebody handed in a file."""
    compare_import.enqueue(event.school_id, import_id=event.subject_id)


@on("import.confirmed")
def apply_soon(event: Event) -> None:
    """Somebody said yes."""
    apply_import.enqueue(event.school_id, import_id=event.subject_id)


@on("import.undo_asked")
def undo_soon(event: Event) -> None:
    """Somebody wants it back as it was."""
    undo_import.enqueue(event.school_id, import_id=event.subject_id)


@job(queue="imports")
def compare_import(import_id: str) -> None:
    """Find the differences. A second run finds another state, and does nothing."""
    for of in _waiting(import_id, Import.State.COMPARING):
        compare_now(of)


@job(queue="imports", outside=True)
def apply_import(school_id: str, import_id: str) -> None:
    """Write them, in one transaction; how far it is goes over another connection."""
    try:
        with telling(UUID(import_id), UUID(school_id)) as tell, at_work(school_id):
            for of in _waiting(import_id, Import.State.APPLYING):
                apply_now(of, tell)
    except (DataError, IntegrityError) as error:  # trying again would come to the same
        log.warning("import.not_applied", of=import_id, error=type(error).__name__)
        with at_work(school_id):
            for of in _waiting(import_id, Import.State.APPLYING):
                not_applied(of)


@job(queue="imports")
def undo_import(import_id: str) -> None:
    """Take it back, in one transaction."""
    for of in _waiting(import_id, Import.State.UNDOING):
        undo_now(of)


@periodic(cron="17 3 * * *")
def settle_every_school(timestamp: int) -> None:  # noqa: ARG001  (the moment of the period)
    """One job for each school."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM kring_school_ids() AS id")
        for (school_id,) in cursor.fetchall():
            settle_old.enqueue(school_id, of=school_id)


@job(queue="house")
def settle_old(of: str) -> None:
    """What nobody decided about goes, and what was decided keeps no names."""
    settling.settle_old(UUID(of))


def _waiting(import_id: str, state: str) -> list[Import]:
    """The import, where it still waits for this job."""
    found = Import.objects.filter(pk=import_id, state=state).select_related("school")
    return list(found.defer("roster", "differences"))
