from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0002_the_office"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("second_factor.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_has_second_factor",
        ),
    ]
