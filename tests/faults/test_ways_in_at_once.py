"""What counts once counts once, also for two who come at the same moment."""

from __future__ import annotations

import time
from functools import partial

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from kring.accounts import opening, paper_codes, totp
from kring.accounts.models import User
from kring.accounts.opening import Names
from tests.database import Urls
from tests.factories import person as card
from tests.faults.at_once import gate

pytestmark = pytest.mark.slow

FACTOR = "SELECT FROM mfa_authenticator WHERE user_id = %s FOR UPDATE"
CARD = "SELECT FROM accounts_user WHERE id = %s FOR UPDATE"
PASSWORD = "paarse olifant fluit"


def test_one_code_on_paper_opens_for_one(own_database: Urls) -> None:
    somebody = card()
    codes = paper_codes.new_sheet(somebody)
    with gate(own_database, FACTOR, somebody.pk) as kept:
        both = [kept.keep(partial(paper_codes.use, somebody, codes[0])) for _ in range(2)]
    assert sorted(one.result() for one in both) == [False, True]
    assert paper_codes.left(somebody) == 9


def test_two_codes_of_one_sheet_open_for_both(own_database: Urls) -> None:
    somebody = card()
    codes = paper_codes.new_sheet(somebody)
    with gate(own_database, FACTOR, somebody.pk) as kept:
        both = [kept.keep(partial(paper_codes.use, somebody, code)) for code in codes[:2]]
    assert [one.result() for one in both] == [True, True]
    assert paper_codes.left(somebody) == 8


def test_the_same_figures_open_for_one(own_database: Urls) -> None:
    somebody, secret = card(), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    data = {"secret": get_adapter().encrypt(secret), "used": 0}
    Authenticator.objects.create(user=somebody, type=totp.KIND, data=data)
    figures = format_hotp_value(hotp_value(secret, int(time.time()) // totp.PERIOD))
    with gate(own_database, FACTOR, somebody.pk) as kept:
        both = [kept.keep(partial(totp.use, somebody, figures)) for _ in range(2)]
    assert sorted(one.result() for one in both) == [False, True]


def with_address(waiting: User, address: str) -> User | None:
    """The account, or nothing for who came second."""
    try:
        return opening.open_with_address(waiting, Names("Noor", "", "Bos"), address, "nl")
    except opening.CardTakenError:
        return None


def with_user_name(waiting: User, name: str) -> User | None:
    called = Names("Noor", "", "Bos")
    try:
        return opening.open_with_user_name(waiting, called, name, PASSWORD, "nl")[0]
    except opening.CardTakenError:
        return None


def test_of_two_who_take_one_card_one_gets_it(own_database: Urls) -> None:
    waiting = card()
    with gate(own_database, CARD, waiting.pk) as kept:
        one = kept.keep(partial(with_address, waiting, "noor@kring.example"))
        other = kept.keep(partial(with_user_name, waiting, "noor.b"))
    got = [one.result(), other.result()]
    assert got.count(None) == 1
    waiting.refresh_from_db()
    assert bool(waiting.email) != bool(waiting.username)
    assert paper_codes.left(waiting) == (10 if waiting.username else 0)
