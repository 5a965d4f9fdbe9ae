"""A column that nobody reads inside a block, whoever looks: the hash of a password."""

from typing import Any

from django.db import models

from kring.base.viewer import in_block


class HiddenInBlocks(models.CharField):  # type: ignore[type-arg]
    """Read outside any block only; inside there is nothing in its place.

    The grants of row security leave the column out too (``hidden`` of the rule family), so this is
    no lock: it only keeps every other query from asking for what it would be refused.
    """

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Ask for nothing at all inside a block."""
        if in_block():
            return "NULL", ()
        return super().select_format(compiler, sql, params)

    def deconstruct(self) -> Any:
        """To migrations it is what it is to the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
