"""The named cast as fixtures (a pytest plugin): ``cast``, ``viewer``, ``sign_in``.

``cast.mother``, ``cast.sam``, ``cast.group_5`` and ``cast.wilgenhoek`` are rows of the database, by
the keys of ``kring.demo.cast``. What tests put beside them goes with the test.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.db import models
from django.test import Client

from kring.accounts import sessions
from kring.accounts.models import User
from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import ANONYMOUS, Viewer
from kring.calendar.models import CalendarEntry
from kring.demo import cast as demo
from kring.feed.models import Post
from kring.schools.models import Group, School, SchoolBoard, Student
from kring.schools.viewers import viewer_of
from tests import factories
from tests.unlocked import unlocked

BACKEND: str = settings.AUTHENTICATION_BACKENDS[0]
SCHOOLS = ("wilgenhoek", "vijver", "kompas")
BOARDS = ("board", "board_elsewhere")
EVERYBODY = (*demo.PEOPLE, "anonymous")  # the keys of the whole cast
CAST_MADE_ON = clock.today()

_MODELS: dict[str, type[models.Model]] = (
    dict.fromkeys(demo.PEOPLE, User)
    | dict.fromkeys(demo.CHILDREN, Student)
    | dict.fromkeys(demo.GROUPS, Group)
    | dict.fromkeys(SCHOOLS, School)
    | dict.fromkeys(BOARDS, SchoolBoard)
)


class Cast:
    """The people of the test database, and a few ways to let things happen among them."""

    def __getattr__(self, key: str) -> Any:
        if key not in _MODELS:
            raise AttributeError(key)
        return self._row(_MODELS[key], demo.identity(key))

    @property
    def sam_at_the_bso(self) -> Any:
        """Sam as the after-school care knows him."""
        return self._row(Student, demo.student_id("sam", "vijver"))

    def id(self, key: str) -> UUID:
        """The id of a person, a child, a group, a school."""
        return demo.identity(key)

    def key(self, user_id: UUID) -> str | None:
        """Who of the cast this is; None for the rest of the school."""
        return _KEYS.get(user_id)

    def viewer(self, key: str) -> Viewer:
        """Who this person is to every school, as a request finds it."""
        return ANONYMOUS if key == "anonymous" else viewer_of(demo.identity(key))

    def audience(self, *to: str) -> Audience:
        """A school's name is the whole of it, "staff of …" its staff; else groups, or children."""
        staff_only = to[0].startswith("staff of ")
        first = to[0].removeprefix("staff of ")
        if first in SCHOOLS:
            return Audience(self.id(first), whole_school=not staff_only, staff_only=staff_only)
        ids = tuple(self.id(key) for key in to)
        if first in demo.GROUPS:
            return Audience(self.id(demo.GROUPS[first][0]), group_ids=ids)
        school = self.id(demo.GROUPS[demo.CHILDREN[first][3][0]][0])
        return Audience(school, student_ids=ids)

    def post(self, *to: str, by: str, ago: timedelta = factories.MINUTE, **fields: Any) -> Post:
        """A post to an audience (see there), that came out some time ago."""
        came_out = {"published_at": clock.now() - ago}
        return factories.post(self.audience(*to), self.id(by), **came_out | fields)

    def entry(self, *to: str, by: str, **fields: Any) -> CalendarEntry:
        """Put something in the agenda, for an audience (see there)."""
        return factories.entry(self.audience(*to), self.id(by), **fields)

    def change(self, row: models.Model, **fields: Any) -> None:
        """Change a row, as the office's own screens will once."""
        with unlocked():
            type(row)._base_manager.filter(pk=row.pk).update(**fields)

    def _row(self, model: type[models.Model], key: UUID) -> models.Model:
        with unlocked():
            return model._base_manager.get(pk=key)


_KEYS = {demo.identity(key): key for key in demo.PEOPLE}


@pytest.fixture
def cast(db: None) -> Cast:
    """The named school."""
    if clock.today() != CAST_MADE_ON:  # the run went past midnight
        with unlocked():
            demo.refresh()
    return Cast()


@pytest.fixture
def viewer(cast: Cast) -> Callable[[str], Viewer]:
    """Give the viewer of a person of the cast."""
    return cast.viewer


def let_in(client: Client, person: User) -> None:
    """As a passkey does it: two proofs in one, and just now, so that what asks for that opens."""
    client.force_login(person, backend=BACKEND)
    session = client.session
    request: Any = SimpleNamespace(session=session, user=person)
    record_authentication(request, person, method="code")
    sessions.mark_strong(request, "passkey")
    session.save()


@pytest.fixture
def sign_in(cast: Cast) -> Callable[[str], Client]:
    """Give the browser of a person of the cast, signed in; nobody's for ``anonymous``."""

    def signed_in(key: str) -> Client:
        client = Client()
        if key != "anonymous":
            let_in(client, getattr(cast, key))
        return client

    return signed_in
