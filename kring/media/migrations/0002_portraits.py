from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kring.base.ids
from kring.base.row_security import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Portrait",
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
                ("asset_id", models.UUIDField(unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="portrait",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        Secure("Portrait"),
        migrations.RunSQL(
            Path(__file__).with_name("portrait.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_portrait_ids",
        ),
    ]
