"""Nothing tells whether an address has an account: not the page, not the cookies, not the work."""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.accounts.adapter import AccountAdapter
from kring.accounts.models import User
from kring.accounts.tests.conftest import ADDRESS, Browser, last_mail

type Open = Callable[..., Browser]

NOBODY = "annika@kring.example"  # as long as the other
LEFT = "anouck@kring.example"
RANDOM = re.compile(rb'(nonce|value)="[\w+/=-]{16,}"|"X-CSRFToken": "\w+"')


@pytest.fixture
def people(new_person: Callable[..., User]) -> None:
    new_person()
    new_person(LEFT, is_active=False)


def seen(answer: HttpResponse, address: str) -> dict[str, Any]:
    """All that a visitor can see of an answer, without what is random in every answer."""
    cookies: SimpleCookie = answer.cookies
    return {
        "status": answer.status_code,
        "body": RANDOM.sub(b"", answer.content).replace(address.encode(), b"ADDRESS"),
        "headers": {
            name: RANDOM.sub(b"", re.sub(r"'nonce-[^']+'", "", value).encode())
            for name, value in answer.headers.items()
            if name != "Expires"  # this very second
        },
        "cookies": {
            name: (len(morsel.value), {key: morsel[key] for key in morsel if key != "expires"})
            for name, morsel in cookies.items()
        },
    }


def walk(here: Browser, address: str) -> list[Any]:
    """Every step that a visitor can take without the mailbox, and the work that each costs."""
    steps: list[Any] = []
    taken: list[Callable[[], Any]] = [
        lambda: here.ask(address),
        lambda: here.get(reverse("account_confirm_login_code")),
        lambda: here.get(reverse("account_login")),
        *[lambda: here.type_code("0000 0000")] * 6,
        lambda: here.get(reverse("account_login")),
        *[lambda: here.ask(address)] * 11,
    ]
    for step in taken:
        with CaptureQueriesContext(connection) as queries:
            steps.append(seen(step(), address))
        steps[-1]["work"] = [re.sub(r"'[^']*'|\d+", "", query["sql"]) for query in queries]
    return steps


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("address", [NOBODY, LEFT])
def test_every_answer_is_the_same_for_known_and_unknown_addresses(
    browser: Open, address: str
) -> None:
    known = walk(browser(network="203.0.113.8"), ADDRESS)
    unknown = walk(browser(network="203.0.113.9"), address)
    assert known[-1]["status"] == 429  # the walk reached the limits as well
    for step, (one, other) in enumerate(zip(known, unknown, strict=True)):
        assert one == other, step


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("address", [NOBODY, LEFT])
def test_an_unknown_address_gets_one_mail_too_that_says_what_to_do(
    browser: Open, address: str
) -> None:
    browser().ask(address)
    assert len(mail.outbox) == 1
    assert last_mail().to == [address]
    assert not re.search(r"\d{4}", str(last_mail().body))


@pytest.mark.usefixtures("people")
def test_a_session_waiting_for_a_code_looks_the_same_inside(browser: Open) -> None:
    sizes = []
    for address in (ADDRESS, NOBODY):
        here = browser()
        here.ask(address)
        state = here.session["account_login"]
        sizes.append(
            {key: len(str(value)) for key, value in state.items() if key != "initiated_at"}
        )
    sizes[0].pop("state"), sizes[1].pop("state")
    assert sizes[0] == sizes[1]


@pytest.mark.usefixtures("people")
def test_not_even_the_code_that_nobody_was_sent_opens_the_session_of_a_stranger(
    browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccountAdapter, "generate_login_code", lambda _self: "1234 5678")
    here = browser()
    here.ask(NOBODY)
    assert here.type_code("1234 5678").status_code == 422
    assert not here.is_in()
    here.ask(ADDRESS)
    here.type_code("1234 5678")
    assert here.is_in()  # so it was the code
