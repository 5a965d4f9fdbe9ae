"""Who is signed in: allauth's backend, which every request asks for its person."""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from kring.accounts.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]  # untyped
    """Finds the person of a session without making a query anew for each request."""

    def get_user(self, user_id: Any) -> User | None:
        """The person, when there is one who may sign in."""
        names, statement = _by_id()
        with connection.cursor() as cursor:
            cursor.execute(statement, [user_id])
            found = cursor.fetchone()
        person = User.from_db("default", names, found) if found else None
        return person if person and self.user_can_authenticate(person) else None


@cache
def _by_id() -> tuple[list[str], str]:
    fields = User._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = User._meta.db_table
    return [field.attname for field in fields], f'SELECT {columns} FROM "{table}" WHERE id = %s'  # noqa: S608 - our own names
