from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.accounts.models import User
from kring.accounts.tests.conftest import Browser, last_mail

pytestmark = pytest.mark.usefixtures("person")

type Open = Callable[..., Browser]


def language_of(here: Browser) -> str:
    return here.get(reverse("account_login")).headers["Content-Language"]


@pytest.mark.parametrize(
    ("wanted", "spoken"), [("", "nl"), ("en-GB,en;q=0.8", "en"), ("de,fr", "nl"), ("tr,en", "en")]
)
def test_before_signing_in_the_browser_says_the_language(
    browser: Open, wanted: str, spoken: str
) -> None:
    here = browser()
    here.defaults["HTTP_ACCEPT_LANGUAGE"] = wanted
    assert language_of(here) == spoken


def test_the_language_can_be_changed_before_signing_in(browser: Open) -> None:
    here = browser()
    answer = here.post(
        reverse("accounts:language"), {"language": "en", "next": "/account/sign-in/"}
    )
    assert answer.headers["Location"] == "/account/sign-in/"
    assert language_of(here) == "en"
    here.get(reverse("accounts:language"), {"language": "nl"})
    here.post(reverse("accounts:language"), {"language": "xx"})
    assert language_of(here) == "en"
    elsewhere = here.post(
        reverse("accounts:language"), {"language": "nl", "next": "//evil.example"}
    )
    assert elsewhere.headers["Location"] == "/account/sign-in/"
    assert language_of(here) == "nl"


def test_a_change_in_the_profile_counts_at_once_for_pages_and_mails(browser: Open) -> None:
    here = browser()
    here.sign_in()
    assert "Hallo Anneke" in str(last_mail().body)
    here.post(reverse("accounts:profile"), {"language": "en"})
    page = here.get(reverse("accounts:profile"))
    assert page.headers["Content-Language"] == "en"
    assert "Saved." in page.content.decode()
    here.post(reverse("account_logout"))
    assert language_of(here) == "en"  # the cookie went along
    there = browser()
    there.ask()  # on a Dutch page
    assert "Hello Anneke" in str(last_mail().body)


def test_a_language_that_we_do_not_speak_is_refused(person: User, browser: Open) -> None:
    here = browser()
    here.sign_in()
    assert here.post(reverse("accounts:profile"), {"language": "xx"}).status_code == 422
    person.refresh_from_db()
    assert person.language == "nl"


def test_a_stranger_is_written_to_in_the_language_of_the_page(browser: Open) -> None:
    here = browser()
    here.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    here.ask("nobody@kring.example")
    assert "No school knows this address" in str(last_mail().body)


def test_speaking_the_language_of_a_person_costs_no_query_of_its_own(browser: Open) -> None:
    here = browser()
    here.sign_in()
    here.get(reverse("accounts:profile"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        here.get(reverse("accounts:profile"))
    assert sum('FROM "accounts_user"' in query["sql"] for query in queries) == 1
