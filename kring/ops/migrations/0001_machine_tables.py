from django.core.management import call_command
from django.db import migrations

from kring.base.row_security import Grant

ALL = "SELECT, INSERT, UPDATE, DELETE"

# What the web process reaches outside any block, and nothing else (architecture §5.5).
MACHINE_TABLES = [
    "django_session",
    "mfa_authenticator",
    "usersessions_usersession",
    "kring_cache",
]


def make_cache(apps, schema_editor):  # type: ignore[no-untyped-def]
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
        ("base", "0001_jobs"),
    ]
    operations = [
        migrations.RunPython(make_cache, migrations.RunPython.noop),
        Grant(ALL, MACHINE_TABLES, to="kring_web"),
        Grant("SELECT", ["account_emailaddress"], to="kring_web"),
        # The worker throws away at night what has ended.
        Grant(
            "SELECT, DELETE",
            ["django_session", "usersessions_usersession", "kring_cache"],
            to="kring_worker",
        ),
        migrations.RunSQL(
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kring_web", migrations.RunSQL.noop
        ),
        Grant("SELECT", ["django_migrations"], to="kring_web"),
        Grant("SELECT", ["django_migrations"], to="kring_worker"),
    ]
