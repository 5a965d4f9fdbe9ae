"""Trying to change something through row security alone, and undoing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from django.db import ProgrammingError, models

from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.feed.models import Post
from tests.cast import EVERYBODY, Cast
from tests.visibility.looking import Model, all_of

type Act = Callable[[Viewer], int]
REFUSED = re.compile("violates row-level security policy|permission denied for table")


class _UndoneError(Exception):
    """On the way back out of the transaction."""


def may(viewer: Viewer, act: Act) -> bool:
    """Whether row security alone lets this person do it. Nothing of it stays."""
    done = False
    with suppress(_UndoneError), _refusals(), seen_by(viewer):
        done = bool(act(viewer))
        _undo()
    return done


@contextmanager
def _refusals() -> Iterator[None]:
    """Row security saying no is an answer; any other error is one."""
    try:
        yield
    except ProgrammingError as error:
        if not REFUSED.search(str(error)):
            raise


def _undo() -> None:
    raise _UndoneError


def me(viewer: Viewer) -> Any:
    """Who acts; for anonymous nobody, which no column takes."""
    return viewer.user_id


def who_may(cast: Cast, act: Act) -> set[str]:
    """Who of the cast row security lets do it."""
    return {key for key in EVERYBODY if may(cast.viewer(key), act)}


def putting(make: Callable[[Viewer], models.Model]) -> Act:
    """To put in a row."""

    def put(viewer: Viewer) -> int:
        make(viewer).save(force_insert=True)
        return 1

    return put


def in_the_name_of(other: Viewer, act: Act) -> Act:
    """To do what somebody else may do, as if it were them."""
    return lambda _viewer: act(other)


def changing(row: models.Model, **fields: Any) -> Act:
    """To change a row: counts the rows that let themselves be changed."""
    return lambda _viewer: _only(row).update(**fields)


def taking_out(row: models.Model) -> Act:
    """To take a row out, without what hangs on it."""
    return lambda _viewer: _only(row)._raw_delete(using="default")


def _only(row: models.Model) -> Any:
    kind: Model = type(row)
    return all_of(kind).filter(pk=row.pk)


def written(cast: Cast, *to: str, author: str | None = None) -> Act:
    """To write a post to an audience: as oneself, or in the name of somebody else."""
    columns = cast.audience(*to).columns()

    def post(viewer: Viewer) -> Post:
        author_id = cast.id(author) if author else viewer.user_id or cast.id("teacher")
        said = {"text": "Dag.", "byline": "Juf", "byline_role": "teacher"}
        ids = {"author_id": author_id, "key": uuid4(), "card_id": uuid4()}
        return Post(**columns | said | ids, published_at=clock.now())

    return putting(post)
