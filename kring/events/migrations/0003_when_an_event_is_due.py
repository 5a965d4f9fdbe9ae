from django.db import migrations, models

import kring.base.clock


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_whom_the_trail_is_about"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="due_at",
            field=models.DateTimeField(default=kring.base.clock.now),
        ),
        migrations.RemoveIndex(
            model_name="event",
            name="event_by_age",
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["school_id", "due_at"], name="event_by_age"),
        ),
    ]
