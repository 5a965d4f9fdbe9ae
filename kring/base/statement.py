"""Statements in SQL, for the pages that everybody opens: there a query costs more to compile anew
than to run.

The rules of ``visibility.py`` stand in them by name, so that this is the first lock as well as a
queryset is. Text and plan stay the same for everybody; the viewer's ids are parameters.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import FETCH_RAISE

from kring.base.visibility import QUERY, Viewer, rule_of


class Row(NamedTuple):
    """What a statement may say of a row of a model: ``{post.rule}``, ``{post.columns}``."""

    rule: str  # the condition under which this viewer sees it
    columns: str  # all of them, for ``instance``


class Statement:
    """A query over rows that are named as in the text: ``Statement("…", post=Post)``."""

    def __init__(self, text: str, **rows: type[models.Model]) -> None:
        self.text, self.rows = text, rows

    def run(self, viewer: Viewer, **values: Any) -> list[tuple[Any, ...]]:
        """The rows that this person may see. ``values`` fill ``%(name)s``."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, viewer.settings | values)
            return cursor.fetchall()

    @cached_property
    def _sql(self) -> str:
        return self.text.format(**{name: _row(model, name) for name, model in self.rows.items()})


def instance[M: models.Model](model: type[M], values: tuple[Any, ...]) -> M:
    """A row of the model from its ``columns``. A lazy load on it is an error."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db("default", names, values, fetch_mode=FETCH_RAISE)


def _row(model: type[models.Model], name: str) -> Row:
    columns = (f'{name}."{field.column}"' for field in model._meta.concrete_fields)
    return Row(rule_of(model).sql(model, name, QUERY), ", ".join(columns))
