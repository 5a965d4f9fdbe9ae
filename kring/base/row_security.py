"""The second lock as migration operations: policies, grants, and keys that stay within one school.

``Secure`` reads the rule of the model as the code has it now; a changed rule comes with a new
migration that secures the table again, and a test compares what stands in the database.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
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
    """Lock these tables: who may see and do what, and no key that points into another school."""

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
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        for name in self.names:
            label = name if "." in name else f"{app_label}.{name}"
            for statement in statements(apps.get_model(label)):
                schema_editor.execute(statement, params=None)

    def database_backwards(self, *args: Any, **kwargs: Any) -> None:
        """Dropping the table drops its policies."""

    def describe(self) -> str:
        return f"Secure {', '.join(self.names)}"


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
    made = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM kring_app",
        f"GRANT SELECT, INSERT, UPDATE{_changing(model)}, DELETE ON {table} TO kring_app",
    ]
    for command, condition in policies(model).items():
        name = f"kring_{command.lower()}"
        made += [
            f"DROP POLICY IF EXISTS {name} ON {table}",
            f"CREATE POLICY {name} ON {table} FOR {command} TO kring_app {condition}",
        ]
    return made + _keys(model)


def _changing(model: type[models.Model]) -> str:
    """The columns that may change: who may change a post may not give it another audience."""
    queryset = model._default_manager.all()
    assert isinstance(queryset, VisibleQuerySet)
    columns = [str(model._meta.get_field(name).column) for name in queryset.acts.columns]  # type: ignore[union-attr]
    return f" ({', '.join(columns)})" if columns else ""


def _keys(model: type[models.Model]) -> list[str]:
    """UNIQUE (school_id, id), and every key to another row of the school as a composite one."""
    if not any(field.name == "school" for field in model._meta.fields):
        return []
    table = model._meta.db_table
    made = [*_constraint(table, "kring_of_school", "UNIQUE (school_id, id)")]
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
