"""What tests of the composer have in common: its form as a browser sends it, and the school's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.base.clock import SCHOOL_TIME
from kring.base.visibility import seen_by
from kring.feed.models import Draft, Post
from kring.schools.models import Policy, School
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]
COMPOSE = reverse("feed:compose")


def sheet(cast: Cast, **typed: Any) -> dict[str, Any]:
    """To group 5, unless told otherwise."""
    usual = {"text": "Het gymrooster is anders.", "key": str(uuid4()), "allows_comments": "on"}
    return {"audience": [f"group:{cast.id('group_5')}"]} | usual | typed


def later(*, days: int = 3, at: str = "08:00") -> dict[str, str]:
    """The fields of a moment some days from now."""
    day = clock.today() + timedelta(days=days)
    return {"send_on": day.isoformat(), "send_at": at}


def agree(cast: Cast, school: str = "wilgenhoek", by: str = "principal", **told: Any) -> None:
    """The school agrees on something else from now on."""
    viewer = cast.viewer(by)
    with seen_by(viewer):
        found = School.objects.get(pk=cast.id(school))
        Policy.adopt(found, by=viewer, **told)


def posts() -> list[Post]:
    with unlocked():
        return list(Post.objects.order_by("created_at"))


def standing() -> list[Post]:
    """Those that were not withdrawn."""
    return [post for post in posts() if post.withdrawn_at is None]


def drafts() -> list[Draft]:
    with unlocked():
        return list(Draft.objects.order_by("created_at"))


def said_at(post: Post) -> str:
    """The moment at school at which it comes out."""
    return f"{(post.planned_at or post.published_at).astimezone(SCHOOL_TIME):%Y-%m-%d %H:%M}"


def hidden_fields(page: str) -> dict[str, list[str]]:
    """What a page without script sends back of itself."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(value)
    return found


def mark_of(page: str) -> str:
    """The count that the question was asked with."""
    found = re.search(r'name="confirmed" value="([^"]+)"', page)
    assert found
    return found[1]
