import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kring.base.ids
from kring.base.row_security import Grant, Secure


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_user_names_and_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="TabletPin",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kring.base.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("tablet", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=200)),
                ("wrong", models.PositiveSmallIntegerField(default=0)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tablet_pins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["tablet"], name="pins_of_tablet")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "tablet"), name="one_pin_per_tablet")
                ],
            },
        ),
        Secure("TabletPin"),
        # Who takes over a tablet is nobody yet, so this happens outside any block.
        Grant("SELECT, INSERT, UPDATE, DELETE", ["accounts_tabletpin"], to="kring_web"),
        migrations.RunSQL(
            "CREATE POLICY kring_sign_in ON accounts_tabletpin TO kring_web"
            " USING (true) WITH CHECK (true)",
            "DROP POLICY kring_sign_in ON accounts_tabletpin",
        ),
        Grant("SELECT (id, expires_at), DELETE", ["accounts_tabletpin"], to="kring_worker"),
        migrations.RunSQL(
            "CREATE POLICY kring_sweep ON accounts_tabletpin TO kring_worker USING (true)",
            "DROP POLICY kring_sweep ON accounts_tabletpin",
        ),
    ]
