"""The tables: brought to the shape that this Kring needs, by their owner."""

from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseError

from kring.base.row_security import secure_everything
from kring.database.roles import alone
from kring.folder import StartError
from kring.notifications.addresses import open_ways
from kring.notifications.pushing.keys import make_keys


def migrate(owner: str) -> None:
    """Bring the tables up to date, one process at a time; Django has the owner's login."""
    with alone(owner), connection.cursor() as cursor:
        refuse_newer()
        refuse_unlocked_models()
        cursor.execute("SET statement_timeout = 0")  # a request has its limit, a migration has not
        try:
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            secure_everything()
            open_ways()
            make_keys()
        except (DatabaseError, InconsistentMigrationHistory) as error:
            raise StartError(f"The tables could not be changed: {error}") from error
    connection.close()


def refuse_unlocked_models() -> None:
    """Raise StartError for a model that the rules or the retention do not know."""
    wrong = [str(message) for message in run_checks() if message.is_serious()]
    if wrong:
        raise StartError("\n".join(["This Kring may not start:", *wrong]))


def refuse_newer() -> None:
    """Raise StartError when a newer Kring has changed these tables."""
    loader = MigrationLoader(connection)
    newest: dict[str, str] = {}
    for app, name in loader.disk_migrations:
        newest[app] = max(newest.get(app, ""), name)
    for app, name in loader.applied_migrations:
        if app in newest and name[:4].isdecimal() and name[:4] > newest[app][:4]:
            raise StartError(
                f"These data were kept by a newer Kring ({app} {name}): "
                "start them with that version."
            )
