from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from kring.accounts.models import User
from kring.accounts.tests.conftest import ADDRESS, Browser, last_code, last_mail
from kring.base import clock
from tests.unlocked import unlocked

pytestmark = pytest.mark.usefixtures("person")

type Open = Callable[..., Browser]


def test_a_person_signs_in_with_the_code_from_the_mail(browser: Open) -> None:
    here = browser()
    assert here.ask().headers["Location"] == reverse("account_confirm_login_code")
    answer = here.type_code(last_code())
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert here.is_in()


def test_the_address_may_be_typed_in_any_case_and_the_code_with_other_spaces(browser: Open) -> None:
    here = browser()
    here.ask(f" {ADDRESS.upper()} ")
    assert last_mail().to == [ADDRESS]
    here.type_code(f" {last_code().replace(' ', '-')}\t")
    assert here.is_in()


def test_the_first_sign_in_connects_and_later_ones_change_nothing(
    person: User, browser: Open
) -> None:
    browser().sign_in()
    person.refresh_from_db()
    joined = person.joined_at
    assert joined
    assert clock.now() - joined < timedelta(minutes=1)
    browser().sign_in()
    person.refresh_from_db()
    assert person.joined_at == joined
    assert person.last_login
    assert person.last_login > joined


def test_signing_in_gives_the_session_a_new_key(browser: Open) -> None:
    here = browser()
    here.ask()
    before = here.session.session_key
    here.type_code(last_code())
    assert here.session.session_key != before


def test_a_code_works_once(browser: Open) -> None:
    here = browser()
    here.sign_in()
    code = last_code()
    here.post(reverse("account_logout"))
    assert here.type_code(code).headers["Location"] == reverse("account_login")
    assert not here.is_in()


def test_a_code_works_only_where_it_was_asked_for(browser: Open) -> None:
    here, there = browser(), browser()
    here.ask()
    code = last_code()
    assert there.type_code(code).headers["Location"] == reverse("account_login")
    there.ask()
    assert there.type_code(code).status_code == 422


def test_a_new_code_takes_the_place_of_the_one_before(browser: Open) -> None:
    here = browser()
    here.ask()
    old = last_code()
    here.ask()
    assert here.type_code(old).status_code == 422
    here.type_code(last_code())
    assert here.is_in()


def test_a_code_dies_after_ten_minutes(browser: Open) -> None:
    here = browser()
    here.ask()
    with patch("time.time", return_value=clock.now().timestamp() + 601):
        answer = here.type_code(last_code())
    assert answer.headers["Location"] == reverse("account_login")
    assert not here.is_in()


def test_the_fifth_wrong_guess_is_the_last(browser: Open) -> None:
    here = browser()
    here.ask()
    for _ in range(5):
        assert here.type_code("0000 0000").status_code == 422
    assert here.type_code(last_code()).headers["Location"] == reverse("account_login")
    assert not here.is_in()


def test_the_session_does_not_hold_the_code(browser: Open) -> None:
    here = browser()
    here.ask()
    kept = str(dict(here.session))
    assert last_code() not in kept
    assert last_code().replace(" ", "") not in kept


def let_go(person: User) -> None:
    """As the office does: the web process itself may not."""
    person.is_active = False
    with unlocked():
        person.save(update_fields=["is_active"])


def test_who_was_let_go_does_not_get_in(person: User, browser: Open) -> None:
    here = browser()
    here.ask()
    code = last_code()
    let_go(person)
    assert here.type_code(code).headers["Location"] == reverse("account_login")
    assert not here.is_in()


def test_a_session_ends_when_the_person_is_let_go(person: User, browser: Open) -> None:
    here = browser()
    here.sign_in()
    let_go(person)
    assert not here.is_in()


@pytest.mark.parametrize(
    "going",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http://testserver/",
        "http://testserver:8080/",
        "javascript:alert(1)",
        "account/profile/",
        "/\t/evil.example",
    ],
)
def test_the_way_onward_never_leads_elsewhere(browser: Open, going: str) -> None:
    here = browser()
    assert here.ask(next=going).headers["Location"] == reverse("account_confirm_login_code")
    assert here.type_code(last_code(), next=going).headers["Location"] == "/"
    assert here.get(reverse("account_login"), {"next": going}).headers["Location"] == "/"


def test_the_way_onward_is_kept_through_every_step(browser: Open) -> None:
    here, going = browser(), reverse("accounts:devices") + "?a=b&c=d"
    page = here.get(reverse("accounts:devices") + "?a=b&c=d").headers["Location"]
    assert here.get(page).context["going"] == going
    page = here.ask(next=going).headers["Location"]
    assert here.get(page).context["going"] == going
    assert here.type_code(last_code(), next=going).headers["Location"] == going


@pytest.mark.parametrize("address", ["", "anneke", "anneke@", "a@b@c.nl", "a\x00@b.nl", "a\n@b.nl"])
def test_what_is_no_address_is_said_beside_the_field(browser: Open, address: str) -> None:
    answer = browser().ask(address)
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]
    assert not mail.outbox


def test_who_chose_no_password_has_none_that_fits(person: User) -> None:
    assert not person.has_usable_password()
    for password in ("", person.password, "!"):
        request = RequestFactory().post("/")
        assert authenticate(request, email=ADDRESS, password=password) is None


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_email",
        "account_inactive",
        "mfa_index",
    ],
)
def test_pages_of_allauth_that_we_do_not_want_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_code_page_helps_to_fill_in_and_lets_paste(browser: Open) -> None:
    here = browser()
    page = here.get(here.ask().headers["Location"]).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "onpaste" not in page


def test_a_wrong_address_can_be_mended_while_a_code_is_under_way(browser: Open) -> None:
    here = browser()
    here.ask("annek@kring.example")
    assert here.get(reverse("account_login")).status_code == 200
    here.sign_in()
    assert here.is_in()


def test_no_sign_in_without_the_token_of_the_form() -> None:
    here = Browser(enforce_csrf_checks=True)
    assert here.ask().status_code == 403
    assert not mail.outbox


def test_when_the_mail_server_is_down_the_page_says_so_for_everybody(browser: Open) -> None:
    with patch("django.core.mail.EmailMessage.send", side_effect=ConnectionRefusedError):
        answers = [browser().ask(address) for address in (ADDRESS, "nobody@kring.example")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert "mail" in answers[0].context["form"].non_field_errors()[0]
