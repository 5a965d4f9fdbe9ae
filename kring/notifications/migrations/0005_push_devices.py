from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_digests"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("devices.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_push_key, kring_push_secret, kring_keep_device;"
            " DROP TABLE notifications_pushkeys;"
            " ALTER TABLE notifications_pushsubscription"
            " DROP CONSTRAINT notifications_pushsubscription_of_session",
        ),
    ]
