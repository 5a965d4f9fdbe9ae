"""The only builder of a Viewer: one call of the database, made before any lock is entered."""

from uuid import UUID

from django.db import connection

from kring.base.visibility import Viewer, Window

SETS = [
    "school_ids",
    "child_ids",
    "authority_ids",
    "informed_ids",
    "pick_up_ids",
    "coming_ids",
    "followed_ids",
    "pictured_ids",
    "household_ids",
    "pupil_ids",
    "taught_group_ids",
    "staff_of",
    "board_ids",
    "leads",
    "administers",
    "coaches",
    "cares_for",
]
WINDOWS = ["window_units", "window_from", "window_until", "window_photos", "window_takes_part"]
_QUERY = f"SELECT {', '.join(SETS + WINDOWS)} FROM kring_viewer(%s)"  # noqa: S608 - our own names


def viewer_of(user_id: UUID) -> Viewer:
    """Everything that this person is to every school, at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [user_id])
        [row] = cursor.fetchall()
    sets = {name: frozenset(ids) for name, ids in zip(SETS, row, strict=False)}
    windows = frozenset(map(Window._make, zip(*row[len(SETS) :], strict=True)))
    return Viewer(user_id=user_id, windows=windows, **sets)
