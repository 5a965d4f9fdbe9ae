"""Rows in bulk, with what undoing needs: a few statements for thousands of rows.

PostgreSQL refuses COPY into a table with row security, so columns travel as arrays. What a row was
and what it became is written down by the same statement, as the database itself has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import batched
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, models
from django.db.models import Field

from kring.base import clock
from kring.importing.drafting import Changed, Draft, Noted, Removed
from kring.importing.models import Import
from kring.importing.tables import ALL, MADE, Model

AT_ONCE = 2_000  # rows of one statement
LENGTH = re.compile(r"\(\d+\)")

MAKE = """
WITH given AS (SELECT {typed} FROM unnest({arrays}) AS row({columns})),
made AS (INSERT INTO "{table}" ({columns}{more}) SELECT {columns}{values} FROM given)
INSERT INTO importing_importedrow
    (id, school_id, of_id, created_at, model, row_id, student_id, before, after)
SELECT gen_random_uuid(), %(school)s, %(of)s, %(now)s, %(model)s, id, {student}, NULL,
    to_jsonb(given)
FROM given
"""
CHANGE = """
WITH given AS (SELECT {typed} FROM unnest({arrays}) AS row({columns})),
student AS (SELECT * FROM unnest(%(id)s::uuid[], %(student)s::uuid[]) AS row(id, student_id)),
before AS (SELECT {own} FROM "{table}" AS own JOIN given USING (id)),
changed AS (UPDATE "{table}" AS own SET {set} FROM given WHERE own.id = given.id)
INSERT INTO importing_importedrow
    (id, school_id, of_id, created_at, model, row_id, student_id, before, after)
SELECT gen_random_uuid(), %(school)s, %(of)s, %(now)s, %(model)s, id, student_id,
    to_jsonb(before), to_jsonb(given)
FROM given JOIN before USING (id) JOIN student USING (id)
"""
REMOVE = """
WITH student AS (SELECT * FROM unnest(%(id)s::uuid[], %(student)s::uuid[]) AS row(id, student_id)),
removed AS (
    DELETE FROM "{table}" AS own USING student WHERE own.id = student.id RETURNING own.*
)
INSERT INTO importing_importedrow
    (id, school_id, of_id, created_at, model, row_id, student_id, before, after)
SELECT gen_random_uuid(), %(school)s, %(of)s, %(now)s, %(model)s, removed.id, student.student_id,
    to_jsonb(removed), NULL
FROM removed JOIN student ON student.id = removed.id
"""
NOTE = """
INSERT INTO events_auditentry
    (id, school_id, verb, actor_id, subject_id, fields, student_id, person_id, created_at)
SELECT gen_random_uuid(), %(school)s, verb, %(actor)s, subject_id, fields::varchar[], student_id,
    person_id, %(now)s
FROM unnest(%(verb)s::text[], %(subject_id)s::uuid[], %(fields)s::text[], %(student_id)s::uuid[],
    %(person_id)s::uuid[]) AS row(verb, subject_id, fields, student_id, person_id)
"""


@dataclass
class Writer:
    """Puts a draft into the tables; ``tell`` hears how many rows are done."""

    of: Import
    tell: Callable[[int], None]
    done: int = 0

    def write(self, draft: Draft) -> None:
        """All of it, in an order in which keys find what they point at."""
        for model in ALL:
            for removed in batched(draft.removed.get(model, ()), AT_ONCE, strict=False):
                self._remove(model, removed)
        for model in MADE:
            for made in batched(draft.made[model], AT_ONCE, strict=False):
                self._make(model, made)
            draft.made[model].clear()  # there may be very many
        for model, rows in draft.changed.items():
            for alike in _by_shape(rows):
                for changed in batched(alike, AT_ONCE, strict=False):
                    self._change(model, changed)
        for noted in batched(draft.trail, AT_ONCE, strict=False):
            self._note(noted)

    def _make(self, model: Model, rows: Sequence[tuple[Any, ...]]) -> None:
        names = MADE[model]
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        constants = {} if model._meta.label == "accounts.User" else {"school_id": self.of.school_id}
        constants |= _usual(model, set(names) | constants.keys())
        more = "".join(f', "{name}"' for name in constants)
        values = "".join(f", {_new(model, name)}" for name in constants)
        student = "id" if model._meta.model_name == "student" else "NULL::uuid"
        if "student_id" in names:
            student = "student_id"
        given = {f"new_{name}": value for name, value in constants.items()}
        self._run(MAKE, model, columns, given, more=more, values=values, student=student)

    def _change(self, model: Model, rows: Sequence[Changed]) -> None:
        names = rows[0].values
        columns = {"id": tuple(row.id for row in rows)} | {
            name: tuple(row.values[name] for row in rows) for name in names
        }
        own = ", ".join(f'own."{name}"' for name in columns)
        put = ", ".join(f'"{name}" = given."{name}"' for name in names)
        given = {"student": [row.student_id for row in rows]}
        self._run(CHANGE, model, columns, given, own=own, set=put)

    def _remove(self, model: Model, rows: Sequence[Removed]) -> None:
        given = {"student": [row.student_id for row in rows]}
        self._run(REMOVE, model, {"id": tuple(row.id for row in rows)}, given)

    def _run(
        self, sql: str, model: Model, columns: dict[str, tuple[Any, ...]], given: Any, **words: str
    ) -> None:
        """One statement: ``columns`` are its rows, a tuple of values for each name."""
        typed = {name: _kind(model, name) for name in columns}
        statement = sql.format(
            table=model._meta.db_table,
            columns=", ".join(f'"{name}"' for name in columns),
            typed=", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in typed.items()),
            arrays=", ".join(f"%({name})s::{_flat(kind)}[]" for name, kind in typed.items()),
            **words,
        )
        rows = {name: _values(columns[name], typed[name]) for name in columns}
        self._execute(statement, rows | given | {"model": model._meta.label_lower})
        self._count(len(columns["id"]))

    def _note(self, rows: Sequence[Noted]) -> None:
        columns = dict(zip(Noted._fields, map(list, zip(*rows, strict=True)), strict=True))
        columns["fields"] = [_literal(one) for one in columns["fields"]]
        self._execute(NOTE, columns | {"actor": self.of.confirmed_by_id})
        self._count(len(rows))

    def _execute(self, statement: str, values: dict[str, Any]) -> None:
        always = {"school": self.of.school_id, "of": self.of.pk, "now": clock.now()}
        with connection.cursor() as cursor:
            cursor.execute(statement, values | always)

    def _count(self, rows: int) -> None:
        self.done += rows
        self.tell(self.done)


def _by_shape(rows: Iterable[Changed]) -> Iterator[list[Changed]]:
    """Those that change the same fields together."""
    shapes: dict[tuple[str, ...], list[Changed]] = {}
    for row in rows:
        shapes.setdefault(tuple(sorted(row.values)), []).append(row)
    return iter(shapes.values())


def _usual(model: Model, decided: set[str]) -> dict[str, Any]:
    """What a new row has in the columns that an import does not decide."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.attname in decided:
            continue
        if isinstance(field, models.DateTimeField) and field.auto_now_add:
            found[field.attname] = clock.now()
        else:
            default = field.get_default()
            found[field.attname] = default.value if isinstance(default, Enum) else default
    return found


def _new(model: Model, name: str) -> str:
    """A column that is the same in every new row; a password that nobody can have is not."""
    if name == "password":
        return f"'{UNUSABLE_PASSWORD_PREFIX}' || gen_random_uuid()"
    return f"%(new_{name})s::{_kind(model, name)}"


def _kind(model: Model, name: str) -> str:
    """The type of a column, without its length: what is too long is refused, and never cut off."""
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return LENGTH.sub("", field.db_type(connection) or "")


def _flat(kind: str) -> str:
    """Arrays of arrays would have to be of one length: an array travels as its text."""
    return "text" if kind.endswith("[]") else kind


def _values(values: Iterable[Any], kind: str) -> list[Any]:
    return [_literal(one) for one in values] if kind.endswith("[]") else list(values)


def _literal(values: Iterable[int | str | UUID]) -> str:
    """As PostgreSQL writes an array."""
    quoted = (str(one).replace("\\", "\\\\").replace('"', '\\"') for one in values)
    return "{" + ",".join(f'"{one}"' for one in quoted) + "}"
