from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import kring.base.ids
import kring.base.row_security
from kring.base.row_security import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0001_initial"),
        ("media", "0003_media_of_every_kind"),
        ("schools", "0005_rules_on_media"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="waits",
            field=models.BooleanField(db_default=False, editable=False),
        ),
        migrations.AddField(
            model_name="post",
            name="has_files",
            field=models.BooleanField(db_default=False, editable=False),
        ),
        migrations.AddField(
            model_name="postphoto",
            name="colour",
            field=models.CharField(blank=True, db_default="", default="", max_length=7),
        ),
        migrations.AddField(
            model_name="postphoto",
            name="description",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="postphoto",
            name="has_original",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="postphoto",
            name="kind",
            field=models.CharField(
                choices=[
                    ("photo", "photo"),
                    ("animation", "moving picture"),
                    ("film", "film"),
                    ("document", "document"),
                ],
                db_default="photo",
                default="photo",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="postphoto",
            name="seconds",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="postphoto",
            name="state",
            field=models.CharField(
                choices=[("ready", "ready"), ("waiting", "being converted"), ("failed", "failed")],
                db_default="ready",
                default="ready",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="postphoto",
            name="trouble",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.CreateModel(
            name="PostFile",
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
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=255)),
                ("extension", models.CharField(max_length=8)),
                ("bytes", models.PositiveBigIntegerField()),
                (
                    "asset",
                    kring.base.row_security.SchoolForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attached",
                        to="media.asset",
                    ),
                ),
                (
                    "post",
                    kring.base.row_security.SchoolForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="feed.post",
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
                "indexes": [models.Index(fields=["asset"], name="file_by_asset")],
                "constraints": [
                    models.UniqueConstraint(fields=("post", "position"), name="file_has_its_place")
                ],
            },
        ),
        Secure("PostFile"),
        migrations.RunSQL(
            Path(__file__).with_name("release.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_release_card",
        ),
    ]
