"""The shape of the database: floors, keys, and policies as the code has them now."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models

from kring.base.checks import ACROSS_SCHOOLS
from kring.base.row_security import SchoolForeignKey, statements
from tests.architecture.source import ROOT
from tests.unlocked import unlocked
from tests.visibility.looking import OURS, Model, by_name

OF_SCHOOLS = [model for model in OURS if any(f.name == "school" for f in model._meta.fields)]


def floors() -> dict[str, int]:
    """Per app its floor, as the linter of imports has it."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = told["tool"]["importlinter"]["contracts"][0]["layers"]
    return {
        app.strip(): floor
        for floor, layer in enumerate(reversed(layers))
        for app in layer.split("|")
    }


def keys(model: Model) -> Iterator[models.ForeignKey[Any, Any]]:
    for field in model._meta.fields:
        if isinstance(field, models.ForeignKey):
            yield field


@pytest.mark.parametrize("model", OURS, ids=by_name)
def test_keys_point_down_only(model: Model) -> None:
    floor = floors()
    for field in keys(model):
        parent = field.related_model
        assert isinstance(parent, type)
        here, there = model._meta.app_label, parent._meta.app_label
        below = floor.get(there, -1)  # a table of a library lies below all of ours
        assert here == there or below < floor[here], field


def constraints() -> dict[str, str]:
    """Per name what a constraint of the database says."""
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass || ': ' || conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE convalidated"
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("model", OF_SCHOOLS, ids=by_name)
def test_every_key_to_a_row_of_a_school_stays_within_it(model: Model) -> None:
    said, table = constraints(), model._meta.db_table
    assert said[f"{table}: {table}_kring_of_school"] == "UNIQUE (school_id, id)"
    for field in keys(model):
        parent = field.related_model
        assert isinstance(parent, type)
        if f"{model._meta.label}.{field.name}" in ACROSS_SCHOOLS or parent not in OF_SCHOOLS:
            continue
        assert isinstance(field, SchoolForeignKey), field
        name = f"{table}: {f'{table}_kring_{field.name}_of_school'[:63]}"
        assert said[name] == (
            f"FOREIGN KEY (school_id, {field.column})"
            f" REFERENCES {parent._meta.db_table}(school_id, id)"
        )


def policies_of(model: Model) -> set[tuple[Any, ...]]:
    """What stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
            " WHERE tablename = %s",
            [model._meta.db_table],
        )
        return set(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS, ids=by_name)
def test_the_policies_are_those_that_the_rules_make_now(model: Model) -> None:
    """A changed rule needs a migration that secures its table again."""
    with unlocked(), connection.cursor() as cursor:
        standing = policies_of(model)
        for statement in statements(model):
            cursor.execute(statement)
        assert policies_of(model) == standing


@pytest.mark.django_db
def test_no_other_policy_opens_a_table_to_a_block() -> None:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, roles::text FROM pg_policies"
            " WHERE policyname !~ '^kring_(select|insert|update|delete)$' OR roles <> '{kring_app}'"
        )
        assert set(cursor.fetchall()) == {  # of login roles outside any block
            ("accounts_user", "kring_sign_in", "{kring_web}"),
            ("accounts_tabletpin", "kring_sign_in", "{kring_web}"),
            ("accounts_tabletpin", "kring_sweep", "{kring_worker}"),
        }


FORBIDDEN = {"bsn", "citizen_service_number", "onderwijsnummer", "pgn", "religion"}


def test_no_column_is_for_what_kring_never_stores() -> None:
    columns = {str(field.column).lower() for model in OURS for field in model._meta.fields}
    assert not columns & FORBIDDEN
