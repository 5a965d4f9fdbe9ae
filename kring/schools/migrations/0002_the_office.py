import datetime as dt
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import kring.base.ids
from kring.base.row_security import Grant, Secure


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffProposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kring.base.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("source_id", models.CharField(max_length=256)),
                ("first_name", models.CharField(max_length=80)),
                ("infix", models.CharField(blank=True, max_length=30)),
                ("last_name", models.CharField(max_length=80)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list
                    ),
                ),
                (
                    "group_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("was_accepted", models.BooleanField(default=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="employment",
            name="employment_ends_after_start",
        ),
        migrations.RemoveConstraint(
            model_name="teachingassignment",
            name="assignment_ends_after_start",
        ),
        migrations.AddField(
            model_name="employment",
            name="source_id",
            field=models.CharField(blank=True, db_default="", max_length=256),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="grade",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="weekdays",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                blank=True,
                db_default=[],
                default=list,
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="is_homeroom",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="guardianship",
            name="email",
            field=models.EmailField(blank=True, db_default="", max_length=254),
        ),
        migrations.AddField(
            model_name="household",
            name="letter_language",
            field=models.CharField(
                choices=[
                    ("nl", "Nederlands"),
                    ("en", "English"),
                    ("tr", "Türkçe"),
                    ("ar", "العربية"),
                    ("pl", "Polski"),
                    ("uk", "Українська"),
                ],
                db_default="nl",
                default="nl",
                max_length=2,
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="source_id",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="school",
            name="about",
            field=models.TextField(blank=True, db_default="", max_length=2000),
        ),
        migrations.AddField(
            model_name="school",
            name="city",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="school",
            name="email",
            field=models.EmailField(blank=True, db_default="", max_length=254),
        ),
        migrations.AddField(
            model_name="school",
            name="postcode",
            field=models.CharField(blank=True, db_default="", max_length=10),
        ),
        migrations.AddField(
            model_name="school",
            name="street",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="school",
            name="telephone",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="school",
            name="website",
            field=models.URLField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="student",
            name="eck_id",
            field=models.CharField(blank=True, db_default="", max_length=256),
        ),
        migrations.AddConstraint(
            model_name="employment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "ends_on__gt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_on"), "-", models.Value(dt.timedelta(days=2))
                        ),
                    )
                ),
                name="employment_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="household",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_id", ""), _negated=True),
                fields=("school", "source_id"),
                name="household_once_per_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="student",
            constraint=models.UniqueConstraint(
                condition=models.Q(("eck_id", ""), _negated=True),
                fields=("school", "eck_id"),
                name="student_once_per_eck_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="teachingassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "ends_on__gt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_on"), "-", models.Value(dt.timedelta(days=2))
                        ),
                    )
                ),
                name="assignment_ends_after_start",
            ),
        ),
        migrations.AddField(
            model_name="staffproposal",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffproposal",
            constraint=models.UniqueConstraint(
                fields=("school", "source_id"), name="staff_proposed_once"
            ),
        ),
        Secure("StaffProposal"),
        # Who comes in by a letter makes an account outside any block.
        Grant(
            "INSERT, UPDATE (email, username, password, first_name, infix, last_name, sort_key,"
            " about, is_active)",
            ["accounts_user"],
            to="kring_web",
        ),
        migrations.RunSQL(
            Path(__file__).with_name("nobodies.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_forget_nobodies",
        ),
    ]
