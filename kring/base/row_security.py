"""The second lock in the database: policies, grants, and keys that stay within one school.

A migration only closes a new table (``Secure``); ``secure_everything``, the last step of every
``kring migrate``, opens each as its rule says now. So an old migration never meets a rule that
speaks of a column of later, and a changed rule needs no migration.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from kring.base.visibility import POLICY, In, Rule, VisibleQuerySet

SEES = {"SELECT": "USING ({seen})"}
ACTS = {
    "INSERT": "WITH CHECK ({insert})",
    "UPDATE": "USING ({update}) WITH CHECK ({update})",
    "DELETE": "USING ({delete})",
}


class SchoolForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A key to a row of the same school: ``Secure`` makes the composite key (school_id, x_id)."""

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class Secure(Operation):
    """Close these tables: nobody but their owner reaches a row until the rules are applied."""

    category = OperationCategory.SQL
    reversible = True
    reduces_to_sql = True

    def __init__(self, *names: str) -> None:
        self.names = names
        self._constructor_args: Any = (names, {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing that models know of."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,
    ) -> None:
        for name in self.names:
            label = name if "." in name else f"{app_label}.{name}"
            table = f'"{to_state.apps.get_model(label)._meta.db_table}"'
            schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", params=None)
            schema_editor.execute(f"REVOKE ALL ON {table} FROM kring_app", params=None)

    def database_backwards(self, *args: Any, **kwargs: Any) -> None:
        """Dropping the table drops its policies."""

    def describe(self) -> str:
        return f"Secure {', '.join(self.names)}"


def secure_everything() -> None:
    """Give every table of ours the rule, grants and keys that the code has for it; as the owner.

    A table that stands as it should is left alone, so nothing waits for a lock on it.
    """
    ours = [model for model in apps.get_models() if _is_ours(model)]
    with transaction.atomic(), connection.cursor() as cursor:
        for model in ours:  # first: the keys of others point at these
            for statement in _own_key(model):
                cursor.execute(statement)
        for model in ours:
            _secure(model, cursor)


def _is_ours(model: type[models.Model]) -> bool:
    return isinstance(model._default_manager.all(), VisibleQuerySet)


def _secure(model: type[models.Model], cursor: CursorWrapper) -> None:
    table, wanted = model._meta.db_table, statements(model)
    mark = f"kring {sha256(';'.join(wanted).encode()).hexdigest()}"
    cursor.execute("SELECT obj_description(%s::regclass, 'pg_class')", [f'"{table}"'])
    if cursor.fetchone() != (mark,):
        for statement in [*wanted, f"COMMENT ON TABLE \"{table}\" IS '{mark}'"]:
            cursor.execute(statement)


def policies(model: type[models.Model]) -> dict[str, str]:
    """Per command the conditions of the model's policy."""
    queryset = model._default_manager.all()
    assert isinstance(queryset, VisibleQuerySet), f"{model.__name__} has no rule family"
    acts = queryset.acts
    rules = {"insert": acts.insert, "update": acts.update, "delete": acts.delete}
    conditions = {name: _condition(model, rule, queryset.working()) for name, rule in rules.items()}
    conditions["seen"] = queryset.rule().sql(model, model._meta.db_table, POLICY)
    return {command: form.format(**conditions) for command, form in (SEES | ACTS).items()}


def _condition(model: type[models.Model], rule: Rule | None, working: In | None) -> str:
    parts = [part.sql(model, model._meta.db_table, POLICY) for part in (rule, working) if part]
    return " OR ".join(parts) or "false"


def statements(model: type[models.Model]) -> list[str]:
    """The SQL that locks one table. May run again on a table that is locked already."""
    table = f'"{model._meta.db_table}"'
    rights = f"SELECT{_shown(model)}, INSERT, UPDATE{_changing(model)}, DELETE"
    made = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM kring_app",
        f"GRANT {rights} ON {table} TO kring_app",
    ]
    for command, condition in policies(model).items():
        name = f"kring_{command.lower()}"
        made += [
            f"DROP POLICY IF EXISTS {name} ON {table}",
            f"CREATE POLICY {name} ON {table} FOR {command} TO kring_app {condition}",
        ]
    return made + _keys(model)


def _shown(model: type[models.Model]) -> str:
    """The columns that may be read, where the family hides one."""
    queryset = model._default_manager.all()
    assert isinstance(queryset, VisibleQuerySet)
    fields = model._meta.concrete_fields
    columns = [str(field.column) for field in fields if field.name not in queryset.hidden]
    return f" ({', '.join(columns)})" if queryset.hidden else ""


def _changing(model: type[models.Model]) -> str:
    """The columns that may change: who may change a post may not give it another audience."""
    queryset = model._default_manager.all()
    assert isinstance(queryset, VisibleQuerySet)
    columns = [str(model._meta.get_field(name).column) for name in queryset.acts.columns]  # type: ignore[union-attr]
    return f" ({', '.join(columns)})" if columns else ""


def _own_key(model: type[models.Model]) -> list[str]:
    """UNIQUE (school_id, id), for the composite keys of others."""
    if not any(field.name == "school" for field in model._meta.fields):
        return []
    return _constraint(model._meta.db_table, "kring_of_school", "UNIQUE (school_id, id)")


def _keys(model: type[models.Model]) -> list[str]:
    """Every key to another row of the school, as a composite one."""
    table, made = model._meta.db_table, _own_key(model)
    for field in model._meta.fields:
        if isinstance(field, SchoolForeignKey):
            parent = field.related_model
            assert isinstance(parent, type)
            key = (
                f'FOREIGN KEY (school_id, "{field.column}")'
                f' REFERENCES "{parent._meta.db_table}" (school_id, id)'
            )
            made += _constraint(table, f"kring_{field.name}_of_school", key)
    return made


def _constraint(table: str, name: str, definition: str) -> list[str]:
    full = f"{table}_{name}"[:63]
    return [
        f"""DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{full}')
        THEN ALTER TABLE "{table}" ADD CONSTRAINT "{full}" {definition}; END IF; END $$"""
    ]


class Grant(Operation):
    """Let a login role reach a machine table (sessions, sign-in, jobs) outside any block."""

    category = OperationCategory.SQL
    reversible = True
    reduces_to_sql = True

    def __init__(self, rights: str, tables: list[str], to: str) -> None:
        self.rights, self.tables, self.to = rights, tables, to
        self._constructor_args: Any = ((rights, tables, to), {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing that models know of."""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        for table in self.tables:
            schema_editor.execute(f'GRANT {self.rights} ON "{table}" TO {self.to}', params=None)

    def database_backwards(self, *args: Any, **kwargs: Any) -> None:
        """Dropping the table drops its grants."""

    def describe(self) -> str:
        return f"Let {self.to} reach {', '.join(self.tables)}"
