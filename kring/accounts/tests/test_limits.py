from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection

from kring.accounts.tests.conftest import ADDRESS, Browser, last_code

pytestmark = pytest.mark.usefixtures("person")

type Open = Callable[..., Browser]


def test_who_asks_too_often_is_told_to_wait(browser: Open) -> None:
    here = browser()
    assert [here.ask().status_code for _ in range(11)] == [302] * 10 + [429]
    assert len(mail.outbox) == 10


def test_a_stranger_cannot_lock_somebody_out_from_another_network(browser: Open) -> None:
    stranger = browser(network="198.51.100.1")
    while stranger.ask().status_code != 429:
        stranger.type_code("0000 0000")
    here = browser()
    here.sign_in()
    assert here.is_in()


def test_many_strangers_cannot_lock_out_a_device_that_is_known(browser: Open) -> None:
    here = browser()
    here.sign_in()
    here.post("/account/sign-out/")
    for number in range(40):
        browser(network=f"198.51.100.{number}").ask()
    assert browser(network="192.0.2.1").ask().status_code == 429  # the mailbox is spared
    here.sign_in()
    assert here.is_in()


def test_wrong_guesses_of_a_stranger_leave_the_code_of_the_person_alone(browser: Open) -> None:
    here, stranger = browser(), browser()
    here.ask()
    code = last_code()
    stranger.ask()
    for _ in range(8):
        stranger.type_code("0000 0000")
    here.type_code(code)
    assert here.is_in()


def test_knowing_a_device_opens_nothing_and_names_nobody(browser: Open) -> None:
    here = browser()
    here.sign_in()
    kept = here.cookies["device"].value
    assert ADDRESS not in kept
    there = browser()
    there.cookies["device"] = kept
    assert not there.is_in()
    there.cookies["device"] = kept[:-2] + "xx"
    assert there.ask().status_code == 302


def test_one_network_cannot_flood_many_mailboxes(browser: Open) -> None:
    here = browser()
    answers = [here.ask(f"somebody{number}@kring.example").status_code for number in range(121)]
    assert answers == [302] * 120 + [429]


def test_the_limits_are_counted_where_every_process_sees_them(browser: Open) -> None:
    browser().ask()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cache_key FROM kring_cache WHERE cache_key LIKE '%%kring.accounts%%'"
        )
        assert cursor.fetchall()


def test_the_front_says_from_which_network_somebody_comes(browser: Open) -> None:
    one, other = browser(network="127.0.0.1"), browser(network="127.0.0.1")
    one.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.1"
    other.defaults["HTTP_X_FORWARDED_FOR"] = "made.up, 198.51.100.2"
    while one.ask().status_code != 429:
        pass
    assert other.ask().status_code == 302
