from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0004_who_asks_to_come_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="families_save_photos",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="policy",
            name="keeps_originals",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="policy",
            name="sharing_rule",
            field=models.CharField(blank=True, db_default="", default="", max_length=160),
        ),
    ]
