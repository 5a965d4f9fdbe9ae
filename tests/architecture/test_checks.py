"""The checks that start-up runs: on our models, and on models that forgot something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import connection, models
from django.test.utils import isolate_apps

from kring.base import checks
from kring.base.registry import retention, retentions
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import SchoolWideQuerySet, VisibleQuerySet
from kring.database.migrating import migrate
from kring.folder import StartError
from kring.schools.models import Group, School, Student
from tests.database import Urls
from tests.unlocked import unlocked
from tests.visibility.looking import OURS


class PlainQuerySet(models.QuerySet[models.Model]):
    """Descends from no family."""


class FamilylessQuerySet(VisibleQuerySet[models.Model]):
    """Descends from the root, and picks nothing."""


class WideQuerySet(SchoolWideQuerySet[models.Model]):
    """As it should be."""


@pytest.fixture(autouse=True)
def _same_retentions() -> Iterator[None]:
    before = dict(retentions)
    yield
    retentions.clear()
    retentions.update(before)


def errors(model: type[models.Model]) -> list[str]:
    return sorted(str(error.id) for error in checks.errors_of(model))


def test_our_models_have_all_that_start_up_asks() -> None:
    assert [error for error in run_checks() if error.is_serious()] == []
    assert checks.check_models() == []


def test_the_check_runs_at_every_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(retentions, Group)  # type: ignore[misc]
    assert [error.id for error in run_checks()] == ["kring.E002"]


def test_a_server_does_not_start_with_such_a_model(
    own_database: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every start brings the tables up to date first."""
    monkeypatch.delitem(retentions, Group)  # type: ignore[misc]
    with pytest.raises(StartError, match=r"kring\.E002"):
        migrate(own_database.owner)


@isolate_apps("tests.architecture")
def test_a_model_as_it_should_be_has_no_errors() -> None:
    class Good(models.Model):
        school = models.ForeignKey(School, models.PROTECT)
        group = SchoolForeignKey(Group, models.PROTECT)
        objects = WideQuerySet.as_manager()

        class Meta:
            app_label = "architecture"

    retention(Good, because="a test")
    assert errors(Good) == []


@isolate_apps("tests.architecture")
@pytest.mark.parametrize("queryset", [PlainQuerySet, FamilylessQuerySet, models.QuerySet])
def test_a_model_without_a_family_is_refused(queryset: type[models.QuerySet[models.Model]]) -> None:
    class Unlocked(models.Model):
        school = models.ForeignKey(School, models.PROTECT)
        objects = queryset.as_manager()

        class Meta:
            app_label = "architecture"

    retention(Unlocked, because="a test")
    assert errors(Unlocked) == ["kring.E001"]


@isolate_apps("tests.architecture")
def test_a_second_manager_is_no_way_around() -> None:
    class Leaking(models.Model):
        school = models.ForeignKey(School, models.PROTECT)
        objects = WideQuerySet.as_manager()
        everything = models.Manager()  # noqa: DJ012 - Django asks for fields first

        class Meta:
            app_label = "architecture"

    retention(Leaking, because="a test")
    assert errors(Leaking) == ["kring.E001"]


@isolate_apps("tests.architecture")
def test_a_model_that_is_kept_for_ever_by_nobody_is_refused() -> None:
    class Kept(models.Model):
        school = models.ForeignKey(School, models.PROTECT)
        objects = WideQuerySet.as_manager()

        class Meta:
            app_label = "architecture"

    assert errors(Kept) == ["kring.E002"]
    retention(Kept, because="a test", keep=timedelta(days=1), since="ended_at")
    assert errors(Kept) == ["kring.E003"]


@isolate_apps("tests.architecture")
def test_a_model_of_no_school_is_refused() -> None:
    class Homeless(models.Model):
        objects = WideQuerySet.as_manager()

        class Meta:
            app_label = "architecture"

    class Wandering(models.Model):
        school = models.ForeignKey(School, models.PROTECT, null=True)
        objects = WideQuerySet.as_manager()

        class Meta:
            app_label = "architecture"

    for model in (Homeless, Wandering):
        retention(model, because="a test")
        assert errors(model) == ["kring.E004"]


@isolate_apps("tests.architecture")
def test_a_key_that_could_point_into_another_school_is_refused() -> None:
    class Pointing(models.Model):
        school = models.ForeignKey(School, models.PROTECT)
        student = models.ForeignKey(Student, models.PROTECT)
        objects = WideQuerySet.as_manager()

        class Meta:
            app_label = "architecture"

    retention(Pointing, because="a test")
    assert errors(Pointing) == ["kring.E005"]


def test_each_exception_is_still_one() -> None:
    labels = {model._meta.label: model for model in OURS}
    for label in checks.OF_NO_SCHOOL:
        assert not any(field.name == "school" for field in labels[label]._meta.fields)
    for key in checks.ACROSS_SCHOOLS:
        label, _, name = key.rpartition(".")
        assert not isinstance(labels[label]._meta.get_field(name), SchoolForeignKey)


# ── the second lock is there ─────────────────────────────────────────────────
@pytest.mark.django_db
def test_row_security_is_on_for_every_table_of_ours() -> None:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        locked = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename, cmd FROM pg_policies WHERE 'kring_app' = ANY (roles)")
        policies = set(cursor.fetchall())
    tables = {model._meta.db_table for model in OURS}
    assert locked == tables | {"notifications_pushkeys"}  # which nobody reads but two functions
    commands = ("SELECT", "INSERT", "UPDATE", "DELETE")
    assert policies == {(table, command) for table in tables for command in commands}
