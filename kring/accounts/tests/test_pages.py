"""Every page of the account is ours, in both languages, with the frame around it."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from django.urls import URLPattern, URLResolver, reverse

from kring.accounts import urls
from kring.accounts.models import User
from kring.accounts.tests.conftest import Browser

type Open = Callable[..., Browser]

MINE = [
    "account_reauthenticate",
    "account_logout",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "accounts:password",
    "accounts:profile",
    "accounts:devices",
]
ENGLISH = re.compile(r"\b(the|your|this|you|with|sign|save|device)\b", re.IGNORECASE)


def words(page: str) -> str:
    """What a reader sees or hears of a page."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", shown))


def signed_in(browser: Callable[..., Browser], person: User, language: str) -> Browser:
    person.choose_language(language)
    here = browser()
    here.sign_in()
    return here


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", MINE)
def test_a_page_stands_in_the_frame_and_in_the_language(
    person: User, browser: Open, name: str, language: str
) -> None:
    answer = signed_in(browser, person, language).get(reverse(name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in page
    assert 'class="places"' in page
    assert page.count("<h1>") == 1
    assert bool(ENGLISH.search(words(page))) == (language == "en")
    assert answer.headers["Cache-Control"].count("no-store")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_a_page_of_one_passkey_too(person: User, browser: Open, name: str, language: str) -> None:
    here = signed_in(browser, person, language)
    data = {"name": "<Telefoon>", "credential": {}}
    passkey = Authenticator.objects.create(user=person, type="webauthn", data=data)
    page = here.get(reverse(name, args=[passkey.pk])).content.decode()
    assert "<Telefoon>" not in page
    assert "&lt;Telefoon&gt;" in page
    assert bool(ENGLISH.search(words(page))) == (language == "en")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pages_before_signing_in_too(browser: Open, language: str) -> None:
    here = browser()
    here.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    asked = here.get(reverse("account_login")).content.decode()
    here.ask("nobody@kring.example")
    typed = here.type_code("0000 0000").content.decode()
    for page in (asked.replace("English", ""), typed):
        assert 'class="bare"' in page
        assert bool(ENGLISH.search(words(page))) == (language == "en")
    assert "nobody@kring.example" in typed


def test_the_profile_shows_who_you_are(person: User, browser: Open) -> None:
    page = signed_in(browser, person, "nl").get(reverse("accounts:profile")).content.decode()
    assert "Anneke van der Élburg" in page
    assert "anneke@kring.example" in page


def test_half_a_name_is_made_whole_by_its_owner_once(
    new_person: Callable[..., User], browser: Open
) -> None:
    """The school knew an address only, and guessed a first name from it."""
    person = new_person(first_name="Info", infix="", last_name="")
    here, page = signed_in(browser, person, "nl"), reverse("accounts:profile")
    assert here.get(page).context["named"].initial == {"first_name": "Info"}
    name = {"first_name": "Anneke", "infix": "van der", "last_name": "Élburg"}
    for wrong in ({"last_name": ""}, {"last_name": "https://prijs.example"}, {"infix": "a\nb"}):
        assert here.post(page, name | wrong).status_code == 422
    assert here.post(page, name).headers["Location"] == page
    person.refresh_from_db()
    assert (person.name, person.sort_key) == ("Anneke van der Élburg", "elburg anneke")
    assert here.get(page).context["named"] is None
    assert here.post(page, name | {"first_name": "Iemand"}).status_code == 404
    person.refresh_from_db()
    assert person.first_name == "Anneke"


def views() -> list[URLPattern]:
    return [pattern for item in urls.urlpatterns for pattern in inside(item)]


def inside(item: object) -> Iterator[URLPattern]:
    if isinstance(item, URLResolver):
        for one in item.url_patterns:
            yield from inside(one)
    if isinstance(item, URLPattern):
        yield item


@pytest.mark.parametrize("pattern", views(), ids=str)
def test_no_page_of_the_account_runs_in_the_second_lock_and_few_are_open(
    pattern: URLPattern,
) -> None:
    assert pattern.callback.outside_block  # type: ignore[attr-defined]
    is_open = not getattr(pattern.callback, "login_required", True)
    assert is_open == (
        pattern.name
        in {
            "account_login",
            "account_confirm_login_code",
            "mfa_login_webauthn",
            "account_logout",
            "forgotten",
            "language",
            "lock",
            "paper_sign_in",
            "password_sign_in",
            "switch",
            "take_over",
        }
    )
