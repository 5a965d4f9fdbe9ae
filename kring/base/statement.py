"""Statements in SQL, for the pages that everybody opens.

There a query costs more to compile anew for each request than to run. The rules of
``visibility.py`` stand in them by name, so that they are the first lock as well as a queryset is.
Text and plan are the same for everybody; the viewer's ids are parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import FETCH_RAISE

from kring.base.hidden import HiddenInBlocks
from kring.base.visibility import QUERY, Viewer, rule_of


class Statement:
    """A query in which ``{post}`` is the rule for the rows of that name: ``…, post=Post)``.

    ``%(name)s`` are its values. In the list of what it selects stands no ``*``: a prepared plan
    would break when a migration adds a column.
    """

    def __init__(self, text: str, **rows: type[models.Model]) -> None:
        self.text, self.rows = text, rows
        assert all(f"{{{row}}}" in text for row in rows), "a rule is named and not asked"

    def run(self, viewer: Viewer, **values: Any) -> list[tuple[Any, ...]]:
        """The rows that this person may see."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, viewer.settings | values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    @cached_property
    def _sql(self) -> str:
        rules = {row: rule_of(model).sql(model, row, QUERY) for row, model in self.rows.items()}
        return self.text.format(**rules)


def columns(model: type[models.Model], row: str) -> str:
    """All columns of a row by that name, as ``made`` takes them; hidden ones have nothing."""
    return ", ".join(
        "NULL" if isinstance(field, HiddenInBlocks) else f'{row}."{field.column}"'
        for field in model._meta.concrete_fields
    )


def made[M: models.Model](model: type[M], values: Sequence[Any]) -> M:
    """The row of these values, of which the first are its ``columns``. No lazy loads."""
    names = [field.attname for field in model._meta.concrete_fields]
    row = values[: len(names)]
    return model.from_db(DEFAULT_DB_ALIAS, names, row, fetch_mode=FETCH_RAISE)
