"""What can be tried without a device; the walk with one is in tests/browser/test_passkey.py."""

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kring.accounts.models import User
from kring.accounts.tests.conftest import Browser, last_code
from kring.base import clock

pytestmark = pytest.mark.usefixtures("person")

type Open = Callable[..., Browser]

SIGN_IN, ADD = "mfa_login_webauthn", "mfa_add_webauthn"
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=9), inner),
    max_leaves=6,
)
ANSWER = some.fixed_dictionaries(
    {
        "id": some.text("abcAB-_", max_size=9) | JSON,
        "rawId": some.text("abcAB-_", max_size=9) | JSON,
        "type": some.just("public-key"),
        "response": some.fixed_dictionaries(
            {
                name: some.text("abcAB-_0", max_size=60) | JSON
                for name in (
                    "clientDataJSON",
                    "attestationObject",
                    "authenticatorData",
                    "signature",
                    "userHandle",
                )
            }
        ),
    }
)
FORGED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def here(browser: Open) -> Browser:
    """A browser that signed in a moment ago."""
    opened = browser()
    opened.sign_in()
    return opened


@pytest.fixture
def later(here: Browser) -> Browser:
    """The same, an hour later."""
    session = here.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    return here


def passkey_of(person: User) -> Authenticator:
    data = {"name": "Telefoon", "credential": {}}
    return Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=data)


@pytest.fixture(autouse=True)
def _no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passkeys here are rows only: nothing reads their keys."""
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda _user: [])


@FORGED
@given(forged=ANSWER | JSON)
@pytest.mark.usefixtures("db")
def test_a_forged_answer_signs_nobody_in(forged: Any) -> None:
    there = Client()
    there.get(reverse(SIGN_IN), headers={"Accept": "application/json"})
    with patch("kring.accounts.limits.may_knock", return_value=True):
        answer = there.post(reverse(SIGN_IN), {"credential": json.dumps(forged)})
    assert answer.headers["Location"] == reverse("account_login")
    assert "_auth_user_id" not in there.session


@FORGED
@given(forged=ANSWER | JSON)
def test_a_forged_passkey_is_not_added(here: Browser, forged: Any) -> None:
    here.get(reverse(ADD))
    answer = here.post(reverse(ADD), {"name": "x", "credential": json.dumps(forged)})
    assert answer.status_code == 422
    assert not Authenticator.objects.exists()


NO_END = ["1" * 5000, "[" * 100_000, "[" * 10_000, '{"id":' * 2000, "", "null", "NaN", '"\\ud800"']


@pytest.mark.parametrize("forged", NO_END, ids=range(len(NO_END)))
def test_what_python_cannot_read_signs_nobody_in(browser: Open, forged: str) -> None:
    there = browser()
    there.get(reverse(SIGN_IN), headers={"Accept": "application/json"})
    answer = there.post(reverse(SIGN_IN), {"credential": forged})
    assert answer.headers["Location"] == reverse("account_login")
    assert not there.is_in()


@pytest.mark.parametrize("forged", NO_END, ids=range(len(NO_END)))
def test_what_python_cannot_read_is_no_passkey(here: Browser, forged: str) -> None:
    here.get(reverse(ADD))
    answer = here.post(reverse(ADD), {"name": "x", "credential": forged})
    assert answer.status_code == 422
    assert not Authenticator.objects.exists()


def test_a_device_is_asked_to_check_who_holds_it_and_tells_no_names(browser: Open) -> None:
    answer = browser().get(reverse(SIGN_IN), headers={"Accept": "application/json"})
    asked = answer.json()["publicKey"]
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")


def test_a_new_passkey_can_sign_in_by_itself_and_only_after_a_check(here: Browser) -> None:
    options = here.get(reverse(ADD)).context["options"]["publicKey"]
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == "testserver"


def test_whoever_opens_the_address_of_a_passkey_by_hand_finds_the_sign_in_page(
    browser: Open,
) -> None:
    assert browser().get(reverse(SIGN_IN)).headers["Location"] == reverse("account_login")


def test_a_passkey_gets_another_name_and_is_removed_and_a_mail_tells(
    here: Browser, person: User, mailoutbox: list[Any]
) -> None:
    passkey = passkey_of(person)
    mailoutbox.clear()
    here.post(reverse("mfa_edit_webauthn", args=[passkey.pk]), {"name": "Oude telefoon"})
    assert "Oude telefoon" in here.get(reverse("mfa_list_webauthn")).content.decode()
    assert here.get(reverse("mfa_remove_webauthn", args=[passkey.pk])).status_code == 200
    assert Authenticator.objects.exists()
    here.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert not Authenticator.objects.exists()
    assert [mail.to for mail in mailoutbox] == [[person.email]]


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_the_passkey_of_somebody_else_does_not_exist(
    here: Browser, new_person: Callable[..., User], name: str
) -> None:
    theirs = passkey_of(new_person("bas@kring.example", first_name="Bas"))
    page = reverse(name, args=[theirs.pk])
    assert here.get(page).status_code == 404
    assert here.post(page, {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Telefoon"


def test_long_after_signing_in_the_ways_in_ask_who_you_are(later: Browser, person: User) -> None:
    own = passkey_of(person)
    pages = [reverse(ADD)] + [
        reverse(name, args=[own.pk]) for name in ("mfa_edit_webauthn", "mfa_remove_webauthn")
    ]
    for page in pages:
        for answer in (later.get(page), later.post(page, {"name": "Mine"})):
            asking = f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}"
            assert answer.headers["Location"] == asking
    assert Authenticator.objects.get().data["name"] == "Telefoon"


def test_a_code_shows_that_it_is_still_you(later: Browser) -> None:
    again = later.get(reverse(ADD)).headers["Location"]
    assert later.get(again).status_code == 200
    code_page = later.post(again).headers["Location"]
    assert later.post(code_page, {"code": last_code()}).headers["Location"] == reverse(ADD)
    assert later.get(reverse(ADD)).status_code == 200
    assert later.is_in()


def test_a_wrong_code_leaves_you_signed_in_and_asked(later: Browser) -> None:
    later.post(reverse("account_reauthenticate"))
    assert later.type_code("0000 0000").status_code == 422
    assert later.is_in()
    assert later.get(reverse(ADD)).status_code == 302


def test_somebody_without_an_address_is_not_mailed(
    new_person: Callable[..., User], browser: Open, mailoutbox: list[Any]
) -> None:
    here = browser()
    nameless = new_person(None)
    here.force_login(nameless)
    assert here.post(reverse("account_reauthenticate")).status_code == 200
    assert not mailoutbox


def test_a_passkey_of_somebody_else_does_not_open_a_session_that_is_open(
    here: Browser, new_person: Callable[..., User]
) -> None:
    theirs = passkey_of(new_person("bas@kring.example", first_name="Bas"))
    found = "allauth.mfa.webauthn.forms.LoginWebAuthnForm.clean_credential"
    with patch(found, return_value=theirs):
        here.post(reverse(SIGN_IN), {"credential": '{"id": "x"}'})
    assert "Anneke" in here.get(reverse("accounts:profile")).content.decode()


def test_a_passkey_of_somebody_who_was_let_go_opens_nothing(
    new_person: Callable[..., User], browser: Open
) -> None:
    gone = passkey_of(new_person("bas@kring.example", first_name="Bas", is_active=False))
    there = browser()
    found = "allauth.mfa.webauthn.forms.LoginWebAuthnForm.clean_credential"
    with patch(found, return_value=gone):
        there.post(reverse(SIGN_IN), {"credential": '{"id": "x"}'})
    assert not there.is_in()


def test_a_passkey_signs_in_and_is_used(person: User, browser: Open) -> None:
    own = passkey_of(person)
    there = browser()
    found = "allauth.mfa.webauthn.forms.LoginWebAuthnForm.clean_credential"
    with patch(found, return_value=own):
        answer = there.post(
            reverse(SIGN_IN), {"credential": '{"id": "x"}', "next": reverse("accounts:devices")}
        )
    assert answer.headers["Location"] == reverse("accounts:devices")
    assert there.is_in()
    own.refresh_from_db()
    assert own.last_used_at
    assert own.last_used_at <= clock.now()
