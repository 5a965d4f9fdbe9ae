"""Urgent messages for tests, and the pages about them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.feed.models import Post
from kring.schools.models import Mourning
from tests import factories
from tests.cast import Cast

A_WHILE = timedelta(minutes=20)


def urgent(cast: Cast, *to: str, by: str = "teacher", **fields: Any) -> Post:
    """An urgent message of twenty minutes ago, about which calling began a minute ago."""
    opened: dict[str, Any] = {"call_at": clock.now() - factories.MINUTE, "ago": A_WHILE}
    asked = {"is_urgent": True, "asks_reading": True}
    return cast.post(*to or ("group_5",), by=by, **asked | opened | fields)


def calls(post: Post, call_id: UUID | None = None, act: str = "") -> str:
    """The address of the list, or of something on it."""
    where = reverse("feed:calls", args=[post.pk])
    return f"{where}{call_id}/{act}/" if call_id else f"{where}{act}/" if act else where


def page(client: Client, post: Post) -> str:
    """The list as this person sees it."""
    answer = client.get(calls(post))
    assert answer.status_code == 200
    return answer.content.decode()


def left(shown: str) -> set[str]:
    """The families that somebody can take, by their keys."""
    return set(re.findall(r'name="family" value="([0-9a-f-]+)"', shown))


def key(cast: Cast, who: str) -> str:
    """How the list knows the family of a guardian, or of a child without one."""
    return str(cast.id(who))


def take(client: Client, post: Post, family: str) -> str:
    """Call this family; says what the page says then."""
    answer = client.post(calls(post), {"family": family}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def mourn(cast: Cast, child: str) -> Mourning:
    """A family that nothing may reach by itself."""
    return factories.made(Mourning(school_id=cast.id("wilgenhoek"), student_id=cast.id(child)))
