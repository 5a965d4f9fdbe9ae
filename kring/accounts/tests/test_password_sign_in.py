from collections.abc import Callable
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from structlog.testing import capture_logs

from kring.accounts import paper_codes, passwords
from kring.accounts.models import User
from kring.accounts.tests.conftest import (
    ADDRESS,
    PASSWORD,
    USER_NAME,
    Browser,
    last_code,
    last_mail,
)
from kring.base import clock
from tests.unlocked import unlocked

type Open = Callable[..., Browser]
type Sheet = tuple[User, list[str]]

CODE_PAGE = reverse("account_confirm_login_code")
PAPER_PAGE = reverse("accounts:paper_sign_in")
RENEW = reverse("accounts:forgotten")
NEW = "groene giraf danst"


@pytest.mark.usefixtures("with_password")
def test_on_a_new_device_a_password_needs_a_code_from_the_mail_besides(browser: Open) -> None:
    here = browser()
    assert here.give(next="/more/").headers["Location"].startswith(CODE_PAGE)
    assert not here.is_in()
    assert last_mail().to == [ADDRESS]
    assert here.type_code(last_code(), next="/more/").headers["Location"] == "/more/"
    assert here.is_in()


@pytest.mark.usefixtures("with_password")
def test_on_a_device_that_is_known_a_password_is_enough(browser: Open) -> None:
    here = browser()
    here.sign_in()
    here.post(reverse("account_logout"))
    mail.outbox.clear()
    answer = here.give(f" {ADDRESS.upper()} ", next=reverse("accounts:devices"))
    assert answer.headers["Location"] == reverse("accounts:devices")
    assert here.is_in()
    assert not mail.outbox


@pytest.mark.usefixtures("with_password")
def test_signing_out_everywhere_makes_every_device_unknown_again(browser: Open) -> None:
    here, there = browser(), browser()
    here.sign_in()
    there.sign_in()
    there.post(reverse("accounts:sign_out_everywhere"))
    assert here.give().headers["Location"] == CODE_PAGE


def test_a_family_shares_a_tablet_and_it_knows_them_all(
    with_password: User, new_person: Callable[..., User], browser: Open
) -> None:
    here = browser()
    for number in range(3):
        address = f"gezin{number}@kring.example"
        passwords.choose(new_person(address), PASSWORD)
        here.sign_in(address)
        here.post(reverse("account_logout"))
    here.sign_in()
    here.post(reverse("account_logout"))
    assert here.give("gezin0@kring.example").headers["Location"] == "/"
    here.post(reverse("account_logout"))
    assert here.give().headers["Location"] == "/"


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize(
    ("name", "password"),
    [
        (ADDRESS, "groene giraf danst"),
        (ADDRESS, f"{PASSWORD} "),
        (ADDRESS, PASSWORD.upper()),
        ("annika@kring.example", PASSWORD),
        ("anneke", PASSWORD),
        (ADDRESS, "x" * 999),
        ("a" * 254, PASSWORD),
    ],
)
def test_a_wrong_name_or_password_opens_nothing(browser: Open, name: str, password: str) -> None:
    here = browser()
    assert here.give(name, password).status_code == 422
    assert not mail.outbox
    assert here.get(CODE_PAGE).status_code == here.get(PAPER_PAGE).status_code == 302


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize(
    ("name", "password"),
    [("", PASSWORD), (ADDRESS, ""), (ADDRESS, "x" * 1001), ("a" * 255, PASSWORD), ("a\x00b", "x")],
)
def test_what_cannot_be_is_said_beside_the_field(browser: Open, name: str, password: str) -> None:
    answer = browser().give(name, password)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert "x" * 50 not in answer.content.decode()


def test_who_was_let_go_does_not_get_in(with_password: User, browser: Open) -> None:
    here = browser()
    here.sign_in()
    with unlocked():
        with_password.close()
    assert here.give().status_code == 422


@pytest.mark.usefixtures("with_password")
def test_no_password_is_shown_again_or_written_to_the_log(browser: Open) -> None:
    with capture_logs() as lines:
        answer = browser().give(password="groene giraf danst")
    assert "giraf" not in answer.content.decode()
    assert "giraf" not in str(lines)
    assert ADDRESS not in str(lines)
    assert [line["event"] for line in lines if "." in line["event"]] == ["sign_in.wrong_password"]


@pytest.mark.usefixtures("with_password")
def test_who_is_in_needs_no_password(browser: Open) -> None:
    here = browser()
    here.sign_in()
    assert here.get(reverse("accounts:password_sign_in")).headers["Location"] == "/"


@pytest.mark.usefixtures("with_password")
def test_the_way_onward_never_leads_elsewhere(browser: Open) -> None:
    here = browser()
    here.sign_in()
    here.post(reverse("account_logout"))
    assert here.give(next="https://evil.example/").headers["Location"] == "/"


@pytest.mark.usefixtures("with_password")
def test_when_the_mail_server_is_down_a_new_device_has_to_wait(browser: Open) -> None:
    with patch("django.core.mail.EmailMessage.send", side_effect=ConnectionRefusedError):
        assert browser().give().status_code == 503


# ── limits ───────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("with_password")
def test_a_password_cannot_be_guessed_for_long(browser: Open) -> None:
    here = browser()
    assert [here.give(password="x").status_code for _ in range(11)] == [422] * 10 + [429]
    assert here.give().status_code == 429  # not even the right one


@pytest.mark.usefixtures("with_password")
def test_many_strangers_cannot_lock_out_a_device_that_is_known(browser: Open) -> None:
    here = browser()
    here.sign_in()
    here.post(reverse("account_logout"))
    for number in range(31):
        browser(network=f"198.51.100.{number}").give(password="x")
    assert browser(network="192.0.2.1").give().status_code == 429
    assert here.give().headers["Location"] == "/"
    there = browser(network="192.0.2.1")  # and a code from the mail opens on any device
    there.sign_in()
    assert there.is_in()


def test_many_strangers_cannot_lock_out_who_has_a_sheet(sheet: Sheet, browser: Open) -> None:
    for number in range(31):
        there = browser(network=f"198.51.100.{number}")
        there.give(USER_NAME, "x")
        there.post(RENEW, renewing("AAAA-BBBB-CCCC"))
    here = browser(network="192.0.2.1")
    assert here.give(USER_NAME).status_code == 429
    here.post(RENEW, renewing(sheet[1][0]))
    assert here.is_in()


# ── codes on paper ───────────────────────────────────────────────────────────
def test_without_an_address_a_new_device_needs_a_code_on_paper(sheet: Sheet, browser: Open) -> None:
    here = browser()
    going = reverse("accounts:devices")
    page = here.give(USER_NAME, next=going).headers["Location"]
    assert page.startswith(PAPER_PAGE)
    assert here.get(page).status_code == 200
    assert not here.is_in()
    typed = f" {sheet[1][3].lower().replace('-', ' ')} "
    assert here.give_paper(typed, next=going).headers["Location"] == going
    assert here.is_in()
    assert paper_codes.left(sheet[0]) == 9
    assert not mail.outbox


def test_a_code_on_paper_works_once(sheet: Sheet, browser: Open) -> None:
    one, other = browser(), browser()
    one.give(USER_NAME)
    other.give(USER_NAME)
    one.give_paper(sheet[1][0])
    assert other.give_paper(sheet[1][0]).status_code == 422
    assert not other.is_in()
    other.give_paper(sheet[1][1])
    assert other.is_in()


def test_the_device_is_known_after_that(sheet: Sheet, browser: Open) -> None:
    here = browser()
    here.give(USER_NAME)
    here.give_paper(sheet[1][0])
    here.post(reverse("account_logout"))
    assert here.give(USER_NAME).headers["Location"] == "/"


@pytest.mark.parametrize("code", ["", "AAAA-BBBB-CCCC", "AA", "x" * 41, "ÀÀÀÀ-ÉÉÉÉ-ÇÇÇÇ", "----"])
def test_a_wrong_code_on_paper_opens_nothing(sheet: Sheet, browser: Open, code: str) -> None:
    here = browser()
    here.give(USER_NAME)
    assert here.give_paper(code).status_code == 422
    assert not here.is_in()
    assert paper_codes.left(sheet[0]) == 10


def test_a_code_on_paper_opens_nothing_without_the_password(sheet: Sheet, browser: Open) -> None:
    here = browser()
    assert here.give_paper(sheet[1][0]).headers["Location"] == reverse("accounts:password_sign_in")
    here.give(USER_NAME, "x")
    here.give_paper(sheet[1][0])
    assert not here.is_in()
    assert paper_codes.left(sheet[0]) == 10


def test_the_password_counts_for_ten_minutes_and_while_it_is_the_password(
    sheet: Sheet, browser: Open
) -> None:
    here, there = browser(), browser()
    here.give(USER_NAME)
    there.give(USER_NAME)
    with patch("time.time", return_value=clock.now().timestamp() + 601):
        assert here.give_paper(sheet[1][0]).status_code == 302
    passwords.choose(sheet[0], NEW)
    assert there.give_paper(sheet[1][0]).status_code == 302
    assert not here.is_in()
    assert not there.is_in()


def test_codes_on_paper_are_limited_too(sheet: Sheet, browser: Open) -> None:
    here = browser()
    here.give(USER_NAME)
    answers = [here.give_paper("AAAA-BBBB-CCCC").status_code for _ in range(11)]
    assert answers == [422] * 10 + [302]
    here.give_paper(sheet[1][0])
    assert not here.is_in()


def test_the_table_holds_no_code(sheet: Sheet) -> None:
    kept = str(Authenticator.objects.get(user=sheet[0]).data)
    for code in sheet[1]:
        assert code.replace("-", "")[2:] not in kept


def test_a_new_sheet_makes_the_old_one_worthless(sheet: Sheet) -> None:
    person, codes = sheet
    new = paper_codes.new_sheet(person)
    assert not paper_codes.use(person, codes[0])
    assert paper_codes.use(person, new[0])


# ── forgotten ────────────────────────────────────────────────────────────────
def renewing(code: str, name: str = USER_NAME, password: str = NEW) -> dict[str, str]:
    return {"username": name, "code": code, "password": password, "again": password}


def test_who_forgot_the_password_takes_a_new_one_with_a_code_on_paper(
    sheet: Sheet, browser: Open
) -> None:
    there = browser()
    there.give(USER_NAME)
    there.give_paper(sheet[1][1])
    here = browser()
    assert here.get(RENEW).status_code == 200
    answer = here.post(RENEW, renewing(sheet[1][0]) | {"next": reverse("accounts:devices")})
    assert answer.headers["Location"] == reverse("accounts:devices")
    assert here.is_in()
    assert not there.is_in()  # whoever knew the old one is out
    sheet[0].refresh_from_db()
    assert passwords.fits(sheet[0], NEW)
    assert paper_codes.left(sheet[0]) == 8


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("iemand.anders", NEW),
        (USER_NAME, "kort"),
        (USER_NAME, "qwertyuiop"),
        (USER_NAME, "elburg elburg"),  # known to be the name only when the code fits
        (USER_NAME, f"{USER_NAME}{USER_NAME}"),
        ("", NEW),
        ("x" * 1001, NEW),
    ],
)
def test_a_code_is_not_used_up_by_what_is_refused(
    sheet: Sheet, browser: Open, name: str, password: str
) -> None:
    here = browser()
    assert here.post(RENEW, renewing(sheet[1][0], name, password)).status_code == 422
    assert not here.is_in()
    assert paper_codes.left(sheet[0]) == 10
    sheet[0].refresh_from_db()
    assert passwords.fits(sheet[0], PASSWORD)


def test_a_sheet_does_not_renew_the_password_of_who_has_a_mailbox(
    with_password: User, browser: Open
) -> None:
    codes = paper_codes.new_sheet(with_password)
    assert browser().post(RENEW, renewing(codes[0], ADDRESS)).status_code == 422
    assert paper_codes.left(with_password) == 10


def test_guessing_at_a_forgotten_password_is_limited(sheet: Sheet, browser: Open) -> None:
    here = browser()
    answers = [here.post(RENEW, renewing("AAAABBBBCCCC")).status_code for _ in range(11)]
    assert answers == [422] * 10 + [302]
