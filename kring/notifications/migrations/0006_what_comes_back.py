from pathlib import Path

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_push_devices")]

    operations = [
        migrations.RemoveConstraint(model_name="bounce", name="bounce_once"),
        migrations.AddField(model_name="bounce", name="mail_id", field=models.UUIDField(null=True)),
        migrations.AddConstraint(
            model_name="bounce",
            constraint=models.UniqueConstraint(fields=["mail_id"], name="bounce_of_a_mail_once"),
        ),
        migrations.AddField(
            model_name="reply", name="answered_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="reply", name="subject_id", field=models.UUIDField(null=True)
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                fields=("school", "person", "delivery_id"), name="reply_once"
            ),
        ),
        migrations.RunSQL(
            Path(__file__).with_name("reach.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_school_of_delivery, kring_answered_since, kring_try_again,"
            " kring_reach_of, kring_parked_count",
        ),
    ]
