"""The forms that hostile tests send, and what they read an answer with."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from django.test import Client

from kring.events.models import Event
from kring.feed.models import Comment, Post
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

COMPOSE = "/posts/new/"
LIVE = {"script", "iframe", "object", "embed", "base", "math", "foreignobject"}
SECONDS = 5  # a runaway, not a race


class Page(HTMLParser):
    """What a browser makes of a page: its text, and everything in it that acts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.live: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = (given.get("href") or given.get("src") or given.get("action") or "").strip()
        ours = tag == "script" and ("nonce" in given or address.startswith("/static/"))
        if tag in LIVE and not ours:
            self.live.append(tag)
        self.live += [name for name in given if name.startswith("on") or name == "style"]
        if address.lower().startswith(("javascript:", "vbscript:", "data:text")):
            self.live.append(address)
        if tag == "a":
            self.links.append(address)

    def handle_data(self, data: str) -> None:
        self.text += data


def page(client: Client, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(answer.content.decode())


def sheet(*audience: str, **typed: Any) -> dict[str, Any]:
    """The composer's form as the browser sends it."""
    usual = {"text": "Wie heeft er eierdozen?", "key": str(uuid4()), "allows_comments": "on"}
    return {"audience": audience} | usual | typed


def to_group_5(cast: Cast, **typed: Any) -> dict[str, Any]:
    return sheet(f"group:{cast.id('group_5')}", **typed)


def posts() -> list[Post]:
    with unlocked():
        return list(Post.objects.all())


def comments() -> list[Comment]:
    with unlocked():
        return list(Comment.objects.all())


def is_refused(answer: Any) -> Page:
    """The form again, with a sentence; and nothing was written."""
    assert answer.status_code == 422
    with unlocked():
        assert not Post.objects.exists()
        assert not Event.objects.exists()
    shown = Page(answer.content.decode())
    assert not shown.live
    return shown
