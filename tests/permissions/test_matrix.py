"""The matrix of permissions, tried on every address there is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from pytest_django.fixtures import Settings

from kring.media.files import path_of
from tests.cast import EVERYBODY, Cast
from tests.circles import SIGNED_IN
from tests.permissions.matrix import MATRIX, expected
from tests.permissions.render import PAGE, URLCONF, addresses, rendered
from tests.permissions.rows import Row
from tests.permissions.things import World

FRESH = re.compile(r"nonce[=-]\"?[\w+/=-]+|[A-Za-z0-9]{64}")
BY_URL: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
for one in MATRIX:
    BY_URL[one.url, one.method].append(one)


@pytest.fixture(autouse=True)
def _all_addresses(settings: Settings, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = URLCONF
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = settings.STORAGES | {
        "default": storage | {"OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def world(cast: Cast, sign_in: Callable[[str], Client]) -> World:
    made = World(cast, {key: sign_in(key) for key in EVERYBODY})
    for size in ("small", "document"):
        path = Path(default_storage.path(path_of(made.asset.pk, size)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a file")
    return made


def ask(world: World, row: Row, key: str) -> Any:
    """Ask as this person; nothing of what is done stays."""
    client = Client()
    client.cookies.load({name: one.value for name, one in world.clients[key].cookies.items()})
    client.raise_request_exception = False
    asked = getattr(client, row.method.lower())
    with transaction.atomic():
        response: Any = asked(world.address(row, key), world.form(row))
        if response.streaming:
            response.getvalue()  # which closes the file
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("rows", BY_URL.values(), ids=[f"{method} {url}" for url, method in BY_URL])
def test_exactly_those_of_the_matrix_get_in(world: World, rows: list[Row]) -> None:
    for row in rows:
        got = {key: ask(world, row, key).status_code for key in EVERYBODY}
        assert got == {key: expected(row, key) for key in EVERYBODY}, row.thing


def test_the_same_is_said_of_what_is_hidden_and_what_does_not_exist(world: World) -> None:
    rows = {row.thing: row for row in BY_URL["feed:post", "GET"]}
    missing = ask(world, rows["post that does not exist"], "mother")
    for thing in ("post to group 6", "post to a school elsewhere", "withdrawn post"):
        hidden = ask(world, rows[thing], "mother")
        assert plain(hidden) == plain(missing)


def plain(response: Any) -> tuple[str, dict[str, str]]:
    """A page and its headers without what is new each time: nonces, and the token of forms."""
    text, headers = response.content.decode(), dict(response.headers)
    return FRESH.sub("", text), {name: FRESH.sub("", value) for name, value in headers.items()}


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    known = dict(addresses(get_resolver(URLCONF).url_patterns))
    assert set(known) == {row.url for row in MATRIX}


def methods_of(world: World, url: str) -> set[str]:
    """What an address takes of its owner, as it says itself."""
    row = BY_URL.get((url, "GET"), BY_URL.get((url, "POST"), []))[0]
    client = world.clients["teacher"]
    with transaction.atomic():
        answer = client.generic("PURGE", world.address(row, "teacher"))
        transaction.set_rollback(True)
    assert answer.status_code == 405, url
    return set(answer.headers["Allow"].split(", "))


def test_every_method_has_a_row(world: World) -> None:
    rows: defaultdict[str, set[str]] = defaultdict(set)
    for row in MATRIX:
        rows[row.url].add(row.method)
    assert {url: methods_of(world, url) - {"HEAD"} for url in rows} == rows


def test_the_matrix_knows_the_whole_cast() -> None:
    assert SIGNED_IN | {"anonymous"} == set(EVERYBODY)


def test_the_page_for_people_says_the_same() -> None:
    """Stale? ``python -m tests.permissions.render``."""
    assert PAGE.read_text(encoding="utf-8") == rendered()
