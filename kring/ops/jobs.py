"""What the house does at night."""

from uuid import UUID

from django.db import connection

from kring.base.jobs import at_work, job, periodic
from kring.media.files import delete_files
from kring.media.jobs import settle_films
from kring.media.models import Asset
from kring.ops import retention


@periodic(cron="43 2 * * *")
def sweep_every_school(timestamp: int) -> None:  # noqa: ARG001  (the moment of the period)
    """One job for each school, so that one that fails holds up no other."""
    for school_id in school_ids():
        sweep.enqueue(school_id)
    sweep_failed_jobs()
    sweep_periods()
    sweep_nobodies()
    sweep_stray_files()  # last: it asks the storage, which may be away


@job(queue="house", outside=True)
def sweep(school_id: str) -> None:
    """Delete what has been kept long enough, and photos that hang on nothing."""
    with at_work(school_id):
        retention.sweep(UUID(school_id))
        unused = retention.unused_photos(UUID(school_id))
    for asset_id in unused:
        with at_work(school_id):
            retention.forget_photo(asset_id, UUID(school_id))
    settle_films(UUID(school_id))


def sweep_stray_files() -> None:
    """Files of uploads that died before their row was committed."""
    known: set[UUID] = set()
    for school_id in school_ids():
        with at_work(school_id):
            known.update(Asset.objects.filter(school=school_id).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM kring_portrait_ids() AS id")
        known.update(row[0] for row in cursor.fetchall())
    for asset_id in retention.strays(known):
        delete_files(asset_id)


def sweep_failed_jobs() -> None:
    """Jobs that were given up a month ago: nobody looks at them any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs AS job"
            " WHERE status IN ('failed', 'cancelled', 'aborted') AND NOT EXISTS ("
            "  SELECT FROM procrastinate_events"
            "  WHERE job_id = job.id AND at > now() - interval '30 days')"
        )


def sweep_periods() -> None:
    """Periods so long ago that no clock goes back to them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kring_period WHERE begun_at < now() - interval '3 days'")


def sweep_nobodies() -> None:
    """Name cards that waited for somebody, and that no school knows any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kring_forget_nobodies(now() - interval '1 day')")


def school_ids() -> list[UUID]:
    """Every school of this installation: what the worker may know outside a block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM kring_school_ids() AS id")
        return [row[0] for row in cursor.fetchall()]
