"""Another address: proven at both mailboxes, and telling nothing of who has an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from kring.accounts import address as address_module
from kring.accounts.models import User
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]
NEW = "fatima.nieuw@post.example"


def ask(client: Client, address: str = NEW) -> Any:
    return client.post(reverse("accounts:address"), {"email": address})


def code_to(address: str) -> str:
    [sent] = [one for one in mail.outbox if one.to == [address]]
    found = re.search(r"^(\d{4} \d{4})$", str(sent.body), re.MULTILINE)
    assert found
    return found[1]


def give(client: Client, **codes: str) -> Any:
    return client.post(reverse("accounts:address_codes"), codes)


def address_of(person: User) -> str | None:
    with unlocked():
        email: str | None = User.objects.get(pk=person.pk).email
        return email


def test_the_codes_from_both_mailboxes_change_the_address(cast: Cast, sign_in: SignIn) -> None:
    client, old = sign_in("mother"), cast.mother.email
    other = sign_in("mother")
    assert ask(client).headers["Location"] == reverse("accounts:address_codes")
    sent = give(client, new=code_to(NEW), old=code_to(old))
    assert sent.headers["Location"] == reverse("accounts:profile")
    assert address_of(cast.mother) == NEW
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302  # every other session ended
    told = [one.to[0] for one in mail.outbox[2:]]
    assert sorted(told) == sorted([old, NEW])


@pytest.mark.parametrize("missing", ["new", "old"])
def test_one_mailbox_alone_changes_nothing(cast: Cast, sign_in: SignIn, missing: str) -> None:
    client, old = sign_in("mother"), cast.mother.email
    ask(client)
    codes = {"new": code_to(NEW), "old": code_to(old)} | {missing: "0000 0000"}
    assert give(client, **codes).status_code == 422
    assert address_of(cast.mother) == old


def test_an_address_of_somebody_takes_the_same_steps_and_never_fits(
    cast: Cast, sign_in: SignIn
) -> None:
    client, taken = sign_in("mother"), cast.co_parent.email
    free = ask(sign_in("mother"))
    used = ask(client, taken)
    assert (used.status_code, used.headers["Location"]) == (free.status_code, free["Location"])
    [told] = [one for one in mail.outbox if one.to == [taken]]
    assert not re.search(r"\d{4} \d{4}", str(told.body))
    assert address_of(cast.mother) != taken


def test_a_self_chosen_name_is_mailed_to_no_address_that_is_not_proven(
    cast: Cast, sign_in: SignIn
) -> None:
    """Else a school's own server would carry anybody's words to anybody."""
    cast.change(cast.mother, first_name="Win een prijs: https://prijs.example")
    client, taken = sign_in("mother"), cast.co_parent.email
    for address in (NEW, taken):
        ask(client, address)
        [sent] = [one for one in mail.outbox if one.to == [address]]
        assert "prijs" not in sent.message().as_string()


def test_an_address_that_was_taken_meanwhile_is_refused(cast: Cast, sign_in: SignIn) -> None:
    client, old = sign_in("mother"), cast.mother.email
    ask(client)
    codes = {"new": code_to(NEW), "old": code_to(old)}
    cast.change(cast.co_parent, email=NEW)
    assert give(client, **codes).headers["Location"] == reverse("accounts:address")
    assert address_of(cast.mother) == old


def test_who_has_no_address_yet_proves_the_new_one_only(cast: Cast, sign_in: SignIn) -> None:
    cast.change(cast.mother, email=None, username="fatima")
    client = sign_in("mother")
    ask(client)
    assert give(client, new=code_to(NEW)).status_code == 302
    assert address_of(cast.mother) == NEW


def test_after_five_wrong_guesses_nothing_is_under_way(cast: Cast, sign_in: SignIn) -> None:
    client, old = sign_in("mother"), cast.mother.email
    ask(client)
    for _ in range(5):
        assert give(client, new="1", old="2").status_code == 422
    sixth = give(client, new=code_to(NEW), old=code_to(old))
    assert sixth.headers["Location"] == reverse("accounts:address")
    assert address_of(cast.mother) == old


def test_codes_hold_for_ten_minutes(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, old = sign_in("mother"), cast.mother.email
    ask(client)
    monkeypatch.setattr(address_module, "GOOD_FOR", 0)
    late = give(client, new=code_to(NEW), old=code_to(old))
    assert late.headers["Location"] == reverse("accounts:address")


def test_the_same_address_and_none_are_refused_with_a_sentence(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("mother")
    for wrong in (cast.mother.email, "", "geen adres"):
        assert ask(client, wrong).status_code == 422
    assert not mail.outbox
    assert client.get(reverse("accounts:address_codes")).status_code == 302


def test_no_link_in_these_mails_follows_the_host_that_was_asked(
    cast: Cast, sign_in: SignIn
) -> None:
    ask(sign_in("mother"))
    assert all("http://testserver" not in str(one.message()) for one in mail.outbox)
