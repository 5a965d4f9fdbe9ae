"""Statements in SQL, for the pages that everybody opens.

There a query costs more to compile anew for each request than to run. The rules of
``visibility.py`` stand in them by name, so that they are the first lock as well as a queryset is.
Text and plan are the same for everybody; the viewer's ids are parameters.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import connection, models

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
