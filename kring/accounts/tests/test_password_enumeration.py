"""Nothing tells whether there is an account: not with a password, nor with a code on paper."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from kring.accounts import paper_codes, passwords
from kring.accounts.models import User
from kring.accounts.tests.conftest import ADDRESS, PASSWORD, USER_NAME, Browser
from kring.accounts.tests.test_enumeration import seen

type Open = Callable[..., Browser]

# As long as the known ones; of nobody, of who has no password, of who was let go.
ADDRESSES = ["annika@kring.example", "anniek@kring.example", "anouck@kring.example"]
USER_NAMES = ["annika.e", "anniek.e", "anouck.e"]


@pytest.fixture
def people(new_person: Callable[..., User]) -> None:
    for number, (address, name) in enumerate(
        [(ADDRESS, USER_NAME), *zip(ADDRESSES[1:], USER_NAMES[1:], strict=True)]
    ):
        left = {"is_active": number < 2}
        with_address, with_name = new_person(address, **left), new_person(None, username=name)
        for person in (with_address, with_name):
            if number != 1:
                passwords.choose(person, PASSWORD)
                paper_codes.new_sheet(person)


def by_password(here: Browser, name: str) -> Any:
    return here.give(name, "groene giraf danst")


def by_paper(here: Browser, name: str) -> Any:
    new = {"password": "groene giraf danst", "again": "groene giraf danst"}
    return here.post(reverse("accounts:forgotten"), {"username": name, "code": "A" * 12} | new)


def walk(here: Browser, ask: Callable[[Browser, str], Any], name: str) -> list[Any]:
    """What a stranger sees of every try until the limit, and the work that each costs."""
    steps: list[Any] = []
    for _ in range(12):
        with CaptureQueriesContext(connection) as queries:
            steps.append(seen(ask(here, name), name))
        steps[-1]["work"] = [re.sub(r"'[^']*'|\d+", "", query["sql"]) for query in queries]
    return steps


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("ask", [by_password, by_paper])
@pytest.mark.parametrize(
    ("known", "other"),
    [(ADDRESS, one) for one in ADDRESSES] + [(USER_NAME, one) for one in USER_NAMES],
)
def test_every_answer_is_the_same_for_known_and_unknown_names(
    browser: Open, ask: Any, known: str, other: str
) -> None:
    one = walk(browser(network="203.0.113.8"), ask, known)
    two = walk(browser(network="203.0.113.9"), ask, other)
    assert one[0]["status"] == 422
    assert one[-1]["status"] in {302, 429}  # the walk reached the limits as well
    for step, (left, right) in enumerate(zip(one, two, strict=True)):
        assert left == right, step


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("ask", [by_password, by_paper])
def test_the_answer_takes_as_long_for_known_and_unknown_names(
    browser: Open, ask: Any, settings: Settings, hashes: list[str]
) -> None:
    """The hash takes the time, nothing else does; so it is made once for anybody."""
    settings.PASSWORD_HASHERS = ["kring.accounts.passwords.Argon2id"]
    person = User.objects.unscoped("a test").get(username=USER_NAME)
    passwords.choose(person, PASSWORD)
    paper_codes.new_sheet(person)
    for name in (USER_NAME, *USER_NAMES):
        hashes.clear()
        ask(browser(), name)
        assert len(hashes) == 1, name


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hash that is made or looked at, by the name of what did."""
    made: list[str] = []
    for verb in ("encode", "verify"):
        monkeypatch.setattr(passwords.Argon2id, verb, _noted(made, verb))
    return made


def _noted(made: list[str], verb: str) -> Callable[..., Any]:
    real = getattr(passwords.Argon2id, verb)

    def noted(*args: Any, **kwargs: Any) -> Any:
        made.append(verb)
        return real(*args, **kwargs)

    return noted
