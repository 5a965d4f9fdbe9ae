import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import kring.base.ids
import kring.base.row_security
from kring.base.row_security import Secure


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("schools", "0002_the_office"),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
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
                ("source", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("mapping", "columns to check"),
                            ("refused", "refused"),
                            ("comparing", "being compared"),
                            ("ready", "waits for your yes"),
                            ("applying", "being applied"),
                            ("applied", "applied"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                            ("discarded", "put away"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "file_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list
                    ),
                ),
                ("year", models.CharField(blank=True, max_length=9)),
                (
                    "roster",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                    ),
                ),
                ("columns", models.JSONField(default=list)),
                ("problems", models.JSONField(default=list)),
                (
                    "differences",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                    ),
                ),
                ("counts", models.JSONField(default=dict)),
                ("answers", models.JSONField(default=dict)),
                ("shown", models.CharField(blank=True, max_length=64)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("made_by_id", models.UUIDField(null=True)),
                ("confirmed_by_id", models.UUIDField(null=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("undo_until", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportedRow",
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
                ("model", models.CharField(max_length=40)),
                ("row_id", models.UUIDField()),
                ("student_id", models.UUIDField(null=True)),
                (
                    "before",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                    ),
                ),
                (
                    "of",
                    kring.base.row_security.SchoolForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="importing.import",
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
            ],
            options={
                "indexes": [models.Index(fields=["school", "of"], name="imported_row_of_import")],
            },
        ),
        Secure("Import", "ImportedRow"),
    ]
