from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_what_comes_back")]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("load.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_load",
        ),
    ]
