from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7, which sorts by time. Not a secret.

    Made here, because a database default cannot be read back under row security by a writer who
    may not see the row.
    """
    return uuid7()


def id_of(text: str) -> UUID | None:
    """The id that somebody sent along, or None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
