from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kring.base.ids
import kring.base.row_security
import kring.schools.models.policy
from kring.base.row_security import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0005_rules_on_media"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mourning",
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
                ("begun_by_id", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by_id", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="WorkingHours",
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
                ("weekday", models.PositiveSmallIntegerField()),
                ("starts_at", models.TimeField()),
                ("ends_at", models.TimeField()),
            ],
            options={
                "verbose_name_plural": "working hours",
            },
        ),
        migrations.AddField(
            model_name="closedday",
            name="kind",
            field=models.CharField(
                choices=[
                    ("holiday", "holiday"),
                    ("public", "public holiday"),
                    ("study", "study day"),
                    ("other", "closed"),
                ],
                db_default="other",
                default="other",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="call_after_minutes",
            field=models.PositiveSmallIntegerField(db_default=45, default=45),
        ),
        migrations.AddField(
            model_name="policy",
            name="comments_allowed",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="max_posts_a_day",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="policy",
            name="min_posts_a_week",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="policy",
            name="school_post_roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                db_default=["principal", "administrator"],
                default=kring.schools.models.policy.leaders,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="urgent_roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                db_default=["principal", "administrator"],
                default=kring.schools.models.policy.leaders,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="weekly_hour",
            field=models.PositiveSmallIntegerField(db_default=8, default=8),
        ),
        migrations.AddField(
            model_name="policy",
            name="weekly_newsletter",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="weekly_weekday",
            field=models.PositiveSmallIntegerField(db_default=6, default=6),
        ),
        migrations.AddField(
            model_name="school",
            name="region",
            field=models.CharField(
                blank=True,
                choices=[("noord", "North"), ("midden", "Middle"), ("zuid", "South")],
                db_default="",
                max_length=6,
            ),
        ),
        migrations.AddIndex(
            model_name="closedday",
            index=models.Index(fields=["school", "starts_on"], name="closed_day_of_school"),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("weekly_hour__range", (0, 23)), ("weekly_weekday__range", (1, 7))
                ),
                name="policy_weekly_moment",
            ),
        ),
        migrations.AddField(
            model_name="mourning",
            name="household",
            field=kring.base.row_security.SchoolForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.household",
            ),
        ),
        migrations.AddField(
            model_name="mourning",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
            ),
        ),
        migrations.AddField(
            model_name="mourning",
            name="student",
            field=kring.base.row_security.SchoolForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.student",
            ),
        ),
        migrations.AddField(
            model_name="workinghours",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="workinghours",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
            ),
        ),
        migrations.AddConstraint(
            model_name="mourning",
            constraint=models.CheckConstraint(
                condition=models.Q(("student", None), ("household", None), _connector="XOR"),
                name="mourning_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="mourning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("school", "student"),
                name="one_mourning_of_a_child",
            ),
        ),
        migrations.AddConstraint(
            model_name="mourning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("school", "household"),
                name="one_mourning_of_a_home",
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.UniqueConstraint(
                fields=("school", "person", "weekday"), name="working_hours_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (1, 7))), name="working_hours_on_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="working_hours_end_after_start",
            ),
        ),
        migrations.RunSQL(
            Path(__file__).with_name("mourning.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_in_mourning",
        ),
        Secure("Mourning", "WorkingHours"),
    ]
