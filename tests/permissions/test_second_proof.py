"""Nothing of a school is shown to who works there before a second proof: not on any address."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode

from kring.accounts import sessions
from kring.accounts.models import User
from kring.base import clock
from kring.feed.models import Post
from kring.media import signing
from kring.schools.models import Employment
from tests import factories
from tests.cast import Cast
from tests.circles import SIGNED_IN
from tests.permissions.rows import ALL_STAFF
from tests.unlocked import unlocked

STEP = reverse("accounts:second_factor")
NAMES = ("Sam", "Lina", "Milan", "Fatima", "groep 5")
SENT = ("get", "post", "head", "put", "delete", "options")


def patterns(
    listed: Sequence[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address of a server by its full name."""
    for one in listed:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from patterns(one.url_patterns, inner)
        else:
            yield f"{space}{one.name}", one


EVERYWHERE = dict(patterns(get_resolver().url_patterns))
INSIDE = [name for name, one in EVERYWHERE.items() if not hasattr(one.callback, "outside_block")]
WITH_VIEWER = [
    name for name, one in EVERYWHERE.items() if getattr(one.callback, "with_viewer", False)
]


def address(name: str) -> str:
    """With something in every place; it need not exist."""
    one = EVERYWHERE[name]
    fill = {"UUIDConverter": uuid4(), "IntConverter": 7}
    parts = _converters(name)
    known = {key: fill.get(type(kind).__name__, "x") for key, kind in parts.items()}
    assert one.name
    return reverse(name, kwargs=known)


def _converters(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(listed: Sequence[Any], space: str, above: dict[str, Any]) -> None:
        for one in listed:
            here = above | one.pattern.converters
            if isinstance(one, URLResolver):
                inner = f"{space}{one.namespace}:" if one.namespace else space
                walk(one.url_patterns, inner, here)
            elif f"{space}{one.name}" == name:
                found.update(here)

    walk(get_resolver().url_patterns, "", {})
    return found


@pytest.fixture
def weak(sign_in: Callable[[str], Client]) -> Callable[[str], Client]:
    """The browser of somebody who gave one proof only."""

    def signed_in(key: str) -> Client:
        client = sign_in(key)
        session = client.session
        del session[sessions.STRONG]
        session.save()
        return client

    return signed_in


@pytest.mark.parametrize("name", INSIDE)
def test_with_one_proof_a_teacher_is_sent_on_from_every_address(
    weak: Callable[[str], Client], name: str
) -> None:
    client = weak("teacher")
    for method in SENT:
        answer = getattr(client, method)(address(name))
        assert answer.status_code == 303, method
        assert answer.headers["Location"].startswith(STEP)
        assert not answer.content


def test_some_addresses_are_walked() -> None:
    assert {"feed:feed", "feed:post", "home:more"} <= set(INSIDE)
    assert {"feed:compose", "media:upload", "accounts:profile"} <= set(WITH_VIEWER)


@pytest.mark.parametrize("name", WITH_VIEWER)
def test_outside_the_block_only_pages_of_ones_own_account_open(
    weak: Callable[[str], Client], name: str
) -> None:
    opens = getattr(EVERYWHERE[name].callback, "before_second_proof", False)
    own = EVERYWHERE[name].callback.__module__.startswith("kring.accounts.")
    assert not opens or own, "a page that opens before the second proof shows nothing of a school"
    if opens:
        return
    client = weak("teacher")
    for method in SENT:
        answer = getattr(client, method)(address(name))
        assert answer.headers["Location"].startswith(STEP), method


def test_pages_that_open_before_it_show_no_children(weak: Callable[[str], Client]) -> None:
    client = weak("teacher")
    shown = 0
    for name in WITH_VIEWER:
        if getattr(EVERYWHERE[name].callback, "before_second_proof", False):
            page = client.get(address(name), follow=True).content.decode()
            assert not [word for word in NAMES if word in page], name
            shown += bool(page)
    assert shown


@pytest.mark.parametrize("key", sorted(ALL_STAFF))
def test_everybody_who_works_at_a_school_is_asked(weak: Callable[[str], Client], key: str) -> None:
    assert weak(key).get("/").headers["Location"] == f"{STEP}?{urlencode({'next': '/'})}"


@pytest.mark.parametrize("key", sorted(SIGNED_IN - ALL_STAFF))
def test_nobody_else_ever_is(weak: Callable[[str], Client], key: str) -> None:
    assert weak(key).get("/").status_code == 200


def test_after_the_second_proof_all_opens(sign_in: Callable[[str], Client], cast: Cast) -> None:
    client = sign_in("teacher")
    post = cast.post("group_5", by="teacher")
    assert client.get(reverse("feed:post", args=[post.pk])).status_code == 200
    assert "groep 5" in client.get("/").content.decode()


def test_who_comes_to_work_at_a_school_is_asked_on_the_next_request(
    weak: Callable[[str], Client], cast: Cast
) -> None:
    client = weak("mother")
    assert client.get("/").status_code == 200
    job = {"role": "teacher", "starts_on": clock.today()}
    factories.made(Employment(school_id=cast.id("wilgenhoek"), user=cast.mother, **job))
    assert client.get("/").headers["Location"].startswith(STEP)


def test_who_stops_working_there_is_not_asked_any_more(
    weak: Callable[[str], Client], cast: Cast
) -> None:
    client = weak("teacher_parent")
    assert client.get("/").status_code == 303
    with unlocked():
        Employment.objects.unscoped("a test").filter(user=cast.teacher_parent).delete()
    assert client.get("/").status_code == 200


def test_a_request_of_htmx_is_led_there_as_htmx_can(weak: Callable[[str], Client]) -> None:
    answer = weak("teacher").get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert not answer.content
    assert json.loads(answer.headers["HX-Location"])["path"] == STEP


def test_what_is_sent_is_not_kept_and_its_address_is_not_gone_back_to(
    weak: Callable[[str], Client], cast: Cast
) -> None:
    client = weak("teacher")
    form = {"audience": f"group:{cast.id('group_5')}", "text": "Dag.", "key": uuid4()}
    assert client.post(reverse("feed:compose"), form).headers["Location"] == STEP
    with unlocked():
        assert not Post.objects.unscoped("a test looks").filter(text="Dag.").exists()


def test_an_address_of_a_photo_opens_nothing_in_a_session_with_one_proof(
    weak: Callable[[str], Client], sign_in: Callable[[str], Client], cast: Cast
) -> None:
    """Addresses are made by pages behind the second proof, for the session that saw the page."""
    strong, client = sign_in("teacher"), weak("teacher")
    asset = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    theirs = signing.sign(asset.pk, "small", strong.session.session_key or "")
    assert client.get(theirs).status_code == 404
    assert (
        client.post(reverse("media:upload"), {"school": cast.id("wilgenhoek")}).status_code == 303
    )


def test_the_mark_of_another_person_is_none(weak: Callable[[str], Client], cast: Cast) -> None:
    client = weak("teacher")
    session = client.session
    session[sessions.STRONG] = {"person": str(cast.id("principal")), "method": "passkey", "at": 0}
    session.save()
    assert client.get("/").headers["Location"].startswith(STEP)


def test_a_new_session_of_the_same_browser_has_no_mark(
    sign_in: Callable[[str], Client], cast: Cast
) -> None:
    client = sign_in("teacher")
    teacher: User = cast.teacher
    client.logout()
    client.force_login(teacher)
    assert client.get("/").headers["Location"].startswith(STEP)
