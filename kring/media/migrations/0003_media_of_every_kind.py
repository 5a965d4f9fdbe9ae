from pathlib import Path

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0002_portraits"),
        ("schools", "0005_rules_on_media"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="colour",
            field=models.CharField(blank=True, db_default="", max_length=7),
        ),
        migrations.AddField(
            model_name="asset",
            name="copy_of",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="asset",
            name="copy_of_school",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="asset",
            name="extension",
            field=models.CharField(blank=True, db_default="", max_length=8),
        ),
        migrations.AddField(
            model_name="asset",
            name="has_original",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="asset",
            name="kind",
            field=models.CharField(
                choices=[
                    ("photo", "photo"),
                    ("animation", "moving picture"),
                    ("film", "film"),
                    ("document", "document"),
                ],
                db_default="photo",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="progress",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="asset",
            name="seconds",
            field=models.PositiveIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="asset",
            name="state",
            field=models.CharField(
                choices=[("ready", "ready"), ("waiting", "being converted"), ("failed", "failed")],
                db_default="ready",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="tries",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="asset",
            name="trouble",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="asset",
            name="bytes",
            field=models.PositiveBigIntegerField(),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["school"], include=("bytes",), name="asset_bytes_of_school"),
        ),
        migrations.RunSQL(
            Path(__file__).with_name("bytes.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_media_bytes",
        ),
    ]
