"""The database: the embedded server, and the roles that every server needs."""

from kring.database.embedded import EmbeddedPostgres, forget
from kring.database.roles import prepare, refuse_wrong_role

__all__ = ["EmbeddedPostgres", "forget", "prepare", "refuse_wrong_role"]
