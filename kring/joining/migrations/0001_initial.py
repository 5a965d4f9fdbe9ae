from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kring.base.ids
import kring.base.row_security
from kring.base.row_security import Secure


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0001_jobs"),
        ("schools", "0002_the_office"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LinkCode",
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
                ("selector", models.CharField(max_length=12, unique=True)),
                ("digest", models.CharField(max_length=200)),
                ("asks_birth_date", models.BooleanField()),
                ("wrong_dates", models.PositiveSmallIntegerField(default=0)),
                ("places", models.PositiveSmallIntegerField()),
                ("lets_fetchers_in", models.BooleanField(default=False)),
                ("made_by_id", models.UUIDField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "guardianship",
                    kring.base.row_security.SchoolForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_codes",
                        to="schools.guardianship",
                    ),
                ),
                (
                    "household",
                    kring.base.row_security.SchoolForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_codes",
                        to="schools.household",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "student",
                    kring.base.row_security.SchoolForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_codes",
                        to="schools.student",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("school", "student", "household", "guardianship"),
                        name="link_code_one_a_home",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                        choices=[("guardian", "parent or carer"), ("staff", "member of staff")],
                        max_length=10,
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("serial", models.PositiveIntegerField(default=1)),
                ("invited_by_id", models.UUIDField(null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        fields=("school", "person"),
                        name="invitation_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkCodeUse",
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
                    "code",
                    kring.base.row_security.SchoolForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="joining.linkcode",
                    ),
                ),
                (
                    "guardianship",
                    kring.base.row_security.SchoolForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_code_uses",
                        to="schools.guardianship",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "code", "guardianship"), name="link_code_once_a_place"
                    )
                ],
            },
        ),
        Secure("Invitation", "LinkCode", "LinkCodeUse"),
        migrations.RunSQL(
            Path(__file__).with_name("coming_in.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION kring_invitation, kring_link_code, kring_free_selectors,"
            " kring_left_invitations",
        ),
    ]
