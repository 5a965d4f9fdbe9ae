"""Step out of both locks for a moment, as the owner of the tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

LOGIN = "SELECT current_setting('role'), session_user"
PUT = "SELECT set_config(%s, %s, true)"


@contextmanager
def unlocked() -> Iterator[None]:
    """Act as the owner; afterwards, the login and the role of before stand again."""
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
    ):  # a failure rolls them back with the rest
        cursor.execute(LOGIN)
        role, login = cursor.fetchone()
        cursor.execute(PUT, ["session_authorization", connection.settings_dict["USER"]])
        cursor.execute(PUT, ["role", "none"])
        yield
        cursor.execute(PUT, ["session_authorization", login])
        cursor.execute(PUT, ["role", role])


@contextmanager
def as_worker() -> Iterator[None]:
    """Log in as the worker does: what its nightly rounds may reach outside any block."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOGIN)
        _role, login = cursor.fetchone()
        for one in (connection.settings_dict["USER"], "kring_worker"):
            cursor.execute(PUT, ["session_authorization", one])
        yield
        for one in (connection.settings_dict["USER"], login):
            cursor.execute(PUT, ["session_authorization", one])
