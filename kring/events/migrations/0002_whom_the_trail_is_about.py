from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="person_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="student_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                fields=["school_id", "student_id", "created_at"], name="audit_of_child"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                fields=["school_id", "person_id", "created_at"], name="audit_of_person"
            ),
        ),
    ]
