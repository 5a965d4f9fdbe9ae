from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0003_who_has_a_second_factor"),
    ]

    operations = [
        migrations.AddField(
            model_name="guardianship",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
