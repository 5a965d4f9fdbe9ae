"""Who is looking, and the door to the second lock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, Self
from uuid import UUID

from django.db import connection, transaction

NOBODY: frozenset[UUID] = frozenset()


class Window(NamedTuple):
    """What a family saw of a group, or of a whole school, while the child was there."""

    unit_id: UUID  # a group, a school, or the child itself
    from_at: datetime
    until_at: datetime
    photos: bool  # the school shows this guardian photos
    takes_part: bool  # may like and comment while it lasts: in care, not only informed


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who is looking, as ids only: all that a rule may ask. Spans every school of the person."""

    user_id: UUID | None = None
    school_ids: frozenset[UUID] = NOBODY
    child_ids: frozenset[UUID] = NOBODY  # in care and enrolled today
    authority_ids: frozenset[UUID] = NOBODY  # of those, with authority that the office confirmed
    informed_ids: frozenset[UUID] = NOBODY  # informed only, enrolled today
    pick_up_ids: frozenset[UUID] = NOBODY  # may only fetch
    coming_ids: frozenset[UUID] = NOBODY  # in care, enrolled from a later day
    followed_ids: frozenset[UUID] = NOBODY  # whose posts are seen: now here or here before
    pictured_ids: frozenset[UUID] = NOBODY  # of those, with photos
    windows: frozenset[Window] = frozenset()
    household_ids: frozenset[UUID] = NOBODY  # the homes one lives in
    pupil_ids: frozenset[UUID] = NOBODY  # taught, for the whole assignment
    taught_group_ids: frozenset[UUID] = NOBODY
    staff_of: frozenset[UUID] = NOBODY
    board_ids: frozenset[UUID] = NOBODY  # boards of those schools
    leads: frozenset[UUID] = NOBODY  # schools where principal
    administers: frozenset[UUID] = NOBODY
    coaches: frozenset[UUID] = NOBODY  # intern begeleider
    cares_for: frozenset[UUID] = NOBODY  # after-school cares where employed
    works_for: frozenset[UUID] = NOBODY  # jobs only, set by @job, never by a request

    @property
    def person_id(self) -> UUID:
        """Who acts. A job and a stranger are nobody: LookupError."""
        if self.user_id is None:
            raise LookupError("nobody is acting")
        return self.user_id

    def ids(self, *names: str) -> frozenset[UUID]:
        """The union of the sets of these names."""
        return frozenset[UUID]().union(*(getattr(self, name) for name in names))

    @classmethod
    def service(cls, school_id: UUID) -> Self:
        """A job at work for one school."""
        return cls(school_ids=frozenset({school_id}), works_for=frozenset({school_id}))

    @cached_property
    def as_put(self) -> str:
        """The role that row security binds, and those settings, as one JSON text."""
        return json.dumps({"role": "kring_app"} | self.settings)

    @cached_property
    def settings(self) -> dict[str, str]:
        """The same as transaction-local settings of PostgreSQL."""
        windows = sorted(self.windows)
        named = {
            f"kring.{item.name}": array(sorted(getattr(self, item.name)))
            for item in fields(self)
            if item.name not in {"user_id", "windows"}
        }
        return named | {
            "kring.user_id": str(self.user_id or ""),
            "kring.window_units": array(window.unit_id for window in windows),
            "kring.window_from": array(f'"{window.from_at.isoformat()}"' for window in windows),
            "kring.window_until": array(f'"{window.until_at.isoformat()}"' for window in windows),
            "kring.window_photos": array(window.photos for window in windows),
            "kring.window_takes_part": array(window.takes_part for window in windows),
        }


def array(values: Iterable[object]) -> str:
    """As PostgreSQL writes an array of ids, numbers or what is quoted already."""
    return "{" + ",".join(map(str, values)) + "}"


ANONYMOUS = Viewer()
_NAMES = array(["role", *ANONYMOUS.settings])
_BEFORE = """
SELECT json_object_agg(name, coalesce(current_setting(name, true), '') ORDER BY place)::text
FROM unnest(%s::text[]) WITH ORDINALITY AS one(name, place)
"""
# In the order of the names: the role first, so that what follows is set as the one who is bound.
_PUT = "SELECT count(set_config(key, value, true)) FROM json_each_text(%s::json)"


_depth: ContextVar[int] = ContextVar("blocks that stand open", default=0)


def in_block() -> bool:
    """Whether somebody's lock stands here."""
    return _depth.get() > 0


@contextmanager
def seen_by(viewer: Viewer) -> Iterator[None]:
    """Second lock: act in the role that row security binds; afterwards all is as it was before."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:  # a failure rolls the settings back
        before = ""
        if nested:  # else they end with the transaction
            cursor.execute(_BEFORE, [_NAMES])
            [before] = cursor.fetchone()
        cursor.execute(_PUT, [viewer.as_put])
        deeper = _depth.set(_depth.get() + 1)
        try:
            yield
        finally:
            _depth.reset(deeper)
        if nested:
            cursor.execute(_PUT, [before])
