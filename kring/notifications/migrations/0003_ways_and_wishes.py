from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import kring.base.ids
from kring.base.row_security import Secure


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_left_deliveries"),
        ("schools", "0006_what_families_agree_to"),
        ("usersessions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bounce",
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
                ("address", models.CharField(max_length=64)),
                ("is_hard", models.BooleanField()),
                ("code", models.CharField(blank=True, max_length=20)),
                ("cleared_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("school", "Messages of the school"),
                            ("group", "Messages of the group"),
                            ("comments", "Comments"),
                            ("conversations", "Conversations"),
                            ("absence", "Absence"),
                            ("planning", "Planning and agenda"),
                            ("digest", "Weekly newsletter and daily overview"),
                            ("silence", "A quiet week in your group"),
                            ("own", "About your own messages"),
                        ],
                        max_length=15,
                    ),
                ),
                ("channel", models.CharField(max_length=10)),
                ("wanted", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="PushSubscription",
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
                ("endpoint", models.CharField(max_length=1000)),
                ("p256dh", models.CharField(max_length=120)),
                ("auth", models.CharField(max_length=40)),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="usersessions.usersession",
                    ),
                ),
                ("device", models.CharField(blank=True, max_length=100)),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Reply",
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
                ("delivery_id", models.UUIDField(null=True)),
            ],
            options={
                "verbose_name_plural": "replies",
            },
        ),
        migrations.CreateModel(
            name="Wishes",
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
                (
                    "rhythm",
                    models.CharField(
                        choices=[("at_once", "At Once"), ("daily", "Daily"), ("weekly", "Weekly")],
                        db_default="at_once",
                        default="at_once",
                        max_length=10,
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "wishes",
            },
        ),
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivered_once",
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="delivery_due",
        ),
        migrations.AddField(
            model_name="delivery",
            name="due_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name="delivery",
            name="is_urgent",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="delivery",
            name="subscription_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="trouble",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
        migrations.AddField(
            model_name="notification",
            name="is_urgent",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("school", "Messages of the school"),
                    ("group", "Messages of the group"),
                    ("comments", "Comments"),
                    ("conversations", "Conversations"),
                    ("absence", "Absence"),
                    ("planning", "Planning and agenda"),
                    ("digest", "Weekly newsletter and daily overview"),
                    ("silence", "A quiet week in your group"),
                    ("own", "About your own messages"),
                ],
                db_default="school",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="read_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(max_length=10),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sending", "Sending"),
                    ("sent", "Sent"),
                    ("skipped", "Skipped"),
                    ("failed", "Failed"),
                    ("dead", "Dead"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(
            model_name="notification",
            name="told_once",
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("read_at", None),
                    models.Q(("kind", "comments"), _negated=True),
                    _connector="OR",
                ),
                fields=("about_id", "person", "verb"),
                name="told_once",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "sending"])),
                fields=["school", "chunk", "due_at"],
                name="delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "dead")), fields=["school"], name="delivery_parked"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["person"], name="notification_unread"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["school", "subject_id"], name="notification_by_subject"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("notification", "channel", "subscription_id"),
                name="delivered_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="bounce",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="bounce",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pushsubscription",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
            ),
        ),
        migrations.AddField(
            model_name="wishes",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="bounce",
            index=models.Index(
                condition=models.Q(("cleared_at", None)), fields=["person"], name="bounce_standing"
            ),
        ),
        migrations.AddConstraint(
            model_name="bounce",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at", None)),
                fields=("school", "person", "address", "is_hard"),
                name="bounce_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(
                fields=("person", "kind", "channel"), name="preference_once"
            ),
        ),
        migrations.AddIndex(
            model_name="pushsubscription",
            index=models.Index(fields=["person"], name="subscriptions_of_person"),
        ),
        migrations.AddConstraint(
            model_name="pushsubscription",
            constraint=models.UniqueConstraint(
                fields=("endpoint",), name="one_subscription_per_endpoint"
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["school", "-created_at"], name="reply_of_school"),
        ),
        migrations.AddConstraint(
            model_name="wishes",
            constraint=models.UniqueConstraint(fields=("person",), name="wishes_once"),
        ),
        migrations.AddConstraint(
            model_name="wishes",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_until", None)),
                    models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                    _connector="OR",
                ),
                name="wishes_quiet_has_two_ends",
            ),
        ),
        migrations.RunSQL(
            Path(__file__).with_name("ways.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_ways, kring_own_ways, kring_addresses, kring_after_quiet,"
            " kring_next_working, kring_devices, kring_settle_devices",
        ),
        Secure("Bounce", "Preference", "PushSubscription", "Reply", "Wishes"),
    ]
