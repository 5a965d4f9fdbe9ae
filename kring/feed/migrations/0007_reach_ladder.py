from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kring.base.ids
import kring.base.row_security
from kring.base.row_security import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0006_newsletters"),
        ("notifications", "0006_what_comes_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Slip",
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
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "guardian_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "post",
                    kring.base.row_security.SchoolForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slips",
                        to="feed.post",
                    ),
                ),
                (
                    "printed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "student",
                    kring.base.row_security.SchoolForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="schools.student",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["post"], name="slips_of_post")],
            },
        ),
        Secure("Slip"),
        migrations.RunSQL(
            Path(__file__).with_name("deliveries.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_deliveries_of",
        ),
    ]
