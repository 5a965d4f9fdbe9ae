"""The things that the matrix names, in the database; their addresses and forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from time import time
from typing import Any
from unittest import mock
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from kring.demo.people import SIGNER
from kring.feed.models import Comment, Post
from kring.media import signing
from tests import factories
from tests.cast import Cast
from tests.permissions.matrix import PARTS
from tests.permissions.rows import Row
from tests.visibility import scene

type Form = dict[str, Any]


class World:
    """One of each thing."""

    def __init__(self, cast: Cast, clients: dict[str, Client]) -> None:
        self.cast, self.clients = cast, clients
        self.posts: dict[str, Post] = scene.posts(cast)
        self.posts["post without comments"] = cast.post(
            "group_5", by="teacher", allows_comments=False
        )
        self.posts["post that does not exist"] = Post(id=uuid4())
        self.entries = scene.agenda(cast)
        self.under: dict[str, Any] = {}
        for name in ("post to group 5", "post to a group of the BSO", "withdrawn post"):
            self.under |= scene.under(cast, self.posts[name], name)
        self.asset = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))

    def address(self, row: Row, key: str) -> str:
        """Where this person asks for the thing of a row."""
        if row.url in {"media:rendition", "media:saved"}:
            return self._file(row, key)
        return reverse(row.url, kwargs=self._in_address(row))

    def form(self, row: Row) -> Form:
        """What is sent along, so that nothing but the right is missing."""
        for part in PARTS:
            if row in part.ROWS:
                return dict(part.form(self, row))
        made = FORMS.get(row.url)
        return made(self, row.thing) if made else {}

    def _in_address(self, row: Row) -> Form:
        for part in PARTS:
            if row in part.ROWS:
                return dict(part.address(self, row))
        if row.thing in self.posts and row.url != "feed:readings":
            return {"post_id": self.posts[row.thing].pk}
        if row.url in {"feed:hiding", "feed:removal"}:
            return self._comment(row.thing)
        if row.thing == "passkey of the mother":
            return {"passkey_id": self.passkey.pk}
        if row.thing == "device of the mother":
            return {"device_id": self.device.pk}
        known: dict[str, Form] = {
            "loose photo of the teacher": {"asset_id": self.asset.pk},
            "link of the teacher": {"token": SIGNER.sign("teacher")},
            "link that Kring did not make": {"token": "teacher:forged"},
            "mail that does not exist": {"key": "0000000000000000000.0000000000000000"},
        }
        return known.get(row.thing, {})

    @cached_property
    def passkey(self) -> Authenticator:
        """By name only: it opens nothing."""
        kind = Authenticator.Type.WEBAUTHN
        mother = self.cast.mother
        return Authenticator.objects.create(user=mother, type=kind, data={"name": "iPhone"})

    @cached_property
    def device(self) -> UserSession:
        """Another browser of the mother."""
        known = {"session_key": "of another device", "ip": "203.0.113.7"}
        return UserSession.objects.create(user=self.cast.mother, **known)

    def _comment(self, thing: str) -> Form:
        """A comment and its post; or a comment as if it stood under another post."""
        if thing == "comment under another post":
            comment: Comment = self.under["comment under post to group 5"]
            other = self.posts["post to the school"]
            return {"post_id": other.pk, "comment_id": comment.pk}
        comment = self.under[thing]
        return {"post_id": comment.post_id, "comment_id": comment.pk}

    def _file(self, row: Row, key: str) -> str:
        thing = row.thing
        whose = "principal" if thing == "address of somebody else" else key
        if key == "principal" and thing == "address of somebody else":
            whose = "teacher"
        session = self.clients[whose].session.session_key if whose != "anonymous" else "nobody's"
        then = 600 if thing == "address of ten minutes ago" else 0
        with mock.patch("time.time", return_value=time() - then):
            if row.url == "media:saved":
                return signing.sign_saved(self.asset.pk, "document", "brief.pdf", session or "")
            return signing.sign(self.asset.pk, "small", session or "")


def _audience(world: World, thing: str) -> Form:
    value = {
        "to group 5": "group:group_5",
        "to group 6": "group:group_6",
        "to the school": "school:wilgenhoek",
        "to the staff": "staff:wilgenhoek",
        "to Sam's family": "student:sam",
        "to the BSO": "school:vijver",
        "to a group elsewhere": "group:group_elsewhere",
    }.get(thing)
    if value is None:
        return {}
    kind, key = value.split(":")
    return {"audience": f"{kind}:{world.cast.id(key)}", "text": "Dag.", "key": uuid4()}


def _school(world: World, thing: str) -> Form:
    key = {
        "no file, to the school": "wilgenhoek",
        "no file, to the BSO": "vijver",
        "no file, to a school elsewhere": "kompas",
    }.get(thing)
    return {"school": world.cast.id(key)} if key else {}


FORMS: dict[str, Callable[[World, str], Form]] = {
    "feed:compose": _audience,
    "feed:readings": lambda world, thing: {"post": world.posts[thing].pk},
    "feed:edit": lambda _world, _thing: {"text": "Anders.", "allows_comments": "on"},
    "feed:comments": lambda _world, _thing: {"text": "Leuk.", "key": uuid4()},
    "media:upload": _school,
    "account_login": lambda _world, _thing: {"email": "nobody"},
    "mfa_add_webauthn": lambda _world, _thing: {"name": "iPhone"},
    "mfa_edit_webauthn": lambda _world, _thing: {"name": "Mijn telefoon"},
    "accounts:profile": lambda _world, _thing: {"language": "en"},
    "accounts:language": lambda _world, _thing: {"language": "en"},
}
