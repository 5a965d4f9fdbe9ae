import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="about",
            field=models.TextField(blank=True, default="", max_length=600),
            preserve_default=False,
        ),
        # For code that does not know the column yet. Not db_default: that asks each new row back,
        # and a name card is seen by nobody before it is tied to a school.
        migrations.RunSQL(
            "ALTER TABLE accounts_user ALTER COLUMN about SET DEFAULT ''",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="user",
            name="username",
            field=models.CharField(blank=True, max_length=40, null=True),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("username"), name="one_person_per_user_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("username", ""), _negated=True), name="no_empty_user_name"
            ),
        ),
    ]
