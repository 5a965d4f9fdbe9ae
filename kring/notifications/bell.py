"""The bell of every page: how much is new, in one query, with nothing in it that cannot be seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from kring.base import clock
from kring.base.statement import Statement
from kring.base.viewer import ANONYMOUS, Viewer, in_block
from kring.notifications.standing import KEPT_IN_SIGHT, statement

MOST = 9  # more are '9+': nobody is nagged by a larger number
LOOKED_AT = 60  # unread ones, the newest; so that a page costs the same for who never looks

_NEW = f"""
    SELECT (
        SELECT count(*) FROM (
            SELECT FROM (
                SELECT note.id, note.verb, note.person_id, note.about_id, note.subject_id
                FROM notifications_notification note
                WHERE {{note}} AND note.person_id = %(kring.user_id)s::uuid
                    AND note.read_at IS NULL AND note.created_at > %(since)s
                ORDER BY note.created_at DESC LIMIT {LOOKED_AT}
            ) note
            WHERE (<<stands>>) AND NOT (<<read>>) LIMIT {MOST + 1}
        ) few
    ), EXISTS (
        SELECT FROM notifications_wishes wishes
        WHERE wishes.person_id = %(kring.user_id)s::uuid AND wishes.settled_at IS NOT NULL
    )
"""  # noqa: S608 - our own numbers


@cache
def _new() -> Statement:
    return statement(_NEW)


@dataclass(frozen=True, slots=True)
class Bell:
    """How much this person was told and did not read, and whether she was asked for her wishes."""

    count: int  # at most one more than ``MOST``
    is_settled: bool

    @property
    def said(self) -> str:
        """As it stands on the bell; nothing when there is nothing new."""
        if not self.count:
            return ""
        return f"{MOST}+" if self.count > MOST else str(self.count)


def bell_of(viewer: Viewer) -> Bell:
    """In the block of the viewer."""
    [(count, is_settled)] = _new().run(viewer, since=clock.now() - KEPT_IN_SIGHT)
    return Bell(count, is_settled)


def bell_on(request: HttpRequest) -> Bell | None:
    """The bell of this request, asked once; None where no page of a person is being made."""
    viewer = getattr(request, "viewer", ANONYMOUS)
    if viewer.user_id is None or not in_block():
        return None
    if not hasattr(request, "bell"):
        request.bell = bell_of(viewer)  # type: ignore[attr-defined]
    found: Bell = request.bell  # type: ignore[attr-defined]
    return found


def asks_first(request: HttpRequest) -> bool:
    """Whether this person still has to be asked how often she wants to hear.

    Somebody of a school, on a device of her own, who goes nowhere in particular.
    """
    viewer = getattr(request, "viewer", ANONYMOUS)
    if request.GET or settings.TABLET_COOKIE_NAME in request.COOKIES:
        return False
    if not viewer.ids("staff_of", "followed_ids", "coming_ids"):
        return False
    bell = bell_on(request)
    return bell is not None and not bell.is_settled


def ringing(request: HttpRequest) -> dict[str, Any]:
    """For every template: asked when the page shows it, and by no fragment of a page."""
    return {
        "bell": SimpleLazyObject(lambda: bell_on(request)),
        "bell_url": _url(),
    }


@cache
def _url() -> str:
    return reverse("notifications:list")
