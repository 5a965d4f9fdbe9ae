from django.db import migrations, models

import kring.base.clock

# Those of before: when they happened; or when they are told, where a dispatch waits for that.
DUE = """
UPDATE events_event SET due_at = created_at;
UPDATE events_event event SET due_at = job.scheduled_at FROM procrastinate_jobs job
WHERE job.task_name IN ('kring.events.jobs.dispatch', 'kring.events.jobs.dispatch_first')
    AND job.status = 'todo' AND job.args ->> 'event_id' = event.id::text
    AND job.scheduled_at > event.created_at;
"""


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
        migrations.RunSQL(DUE, migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name="event",
            name="event_by_age",
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["school_id", "due_at"], name="event_by_age"),
        ),
    ]
