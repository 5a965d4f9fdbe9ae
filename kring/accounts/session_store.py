"""Sessions in the database, as Django keeps them; every request reads one, so that is done lean."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection

_FIND = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    """Django's own store, without making a query and a model anew to read a single column."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any more, when it is not there or ended."""
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [self.session_key])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found[0])
        return held
