from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_ways_and_wishes"),
        ("schools", "0006_what_families_agree_to"),
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("digests.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_newsletter_moments, kring_with_rhythm",
        ),
    ]
