from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import reverse
from django.utils.http import urlencode

from kring.accounts import passwords
from kring.accounts.models import User
from kring.accounts.tests.conftest import PASSWORD, USER_NAME, Browser, last_mail

type Open = Callable[..., Browser]
type Sheet = tuple[User, list[str]]

PAGE, AWAY = reverse("accounts:password"), reverse("accounts:remove_password")
NEW = {"password": "groene giraf danst", "again": "groene giraf danst"}


def later(here: Browser) -> None:
    """An hour goes by."""
    session = here.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()


def test_a_password_is_set_and_ends_other_sessions_and_a_mail_tells(
    person: User, browser: Open
) -> None:
    here, there = browser(), browser()
    here.sign_in()
    there.sign_in()
    before = here.session.session_key
    assert here.get(PAGE).status_code == 200
    assert here.post(PAGE, NEW).headers["Location"] == reverse("mfa_list_webauthn")
    assert last_mail().to == [person.email]
    assert last_mail().subject == "Je wachtwoord is veranderd"
    assert here.is_in()
    assert not there.is_in()
    assert here.session.session_key != before
    assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]
    here.post(reverse("account_logout"))
    assert here.give(password=NEW["password"]).headers["Location"] == "/"  # the device is known


def test_a_stolen_device_is_not_known_any_more_after_a_change(
    with_password: User, browser: Open
) -> None:
    here, stolen = browser(), browser()
    here.sign_in()
    stolen.sign_in()
    here.post(PAGE, NEW)
    assert not stolen.is_in()
    assert stolen.give(password=NEW["password"]).headers["Location"] != "/"
    assert stolen.give().status_code == 422


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"password": "kort", "again": "kort"},
        {"password": "groene giraf danst", "again": "groene giraf dansT"},
        {"password": "anneke elburg", "again": "anneke elburg"},
        {"password": "qwertyuiop", "again": "qwertyuiop"},
        {"password": "x" * 1001, "again": "x" * 1001},
    ],
)
def test_a_bad_password_is_not_taken(person: User, browser: Open, form: dict[str, str]) -> None:
    here = browser()
    here.sign_in()
    answer = here.post(PAGE, form | {"username": "x"})
    assert answer.status_code == 422
    assert "giraf" not in answer.content.decode()
    person.refresh_from_db()
    assert not person.has_usable_password()


def test_the_names_of_ones_schools_make_no_password(cast: Any, sign_in: Any) -> None:
    here = sign_in("mother")
    word = cast.wilgenhoek.name.replace(" ", "")
    bad = f"{word}2026"
    assert here.post(PAGE, {"password": bad, "again": bad}).status_code == 422


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize("page", [PAGE, AWAY])
def test_long_after_signing_in_it_asks_who_you_are(browser: Open, page: str) -> None:
    here = browser()
    here.sign_in()
    later(here)
    asking = f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}"
    assert here.get(page).headers["Location"] == asking
    assert here.post(page, NEW).headers["Location"] == asking


@pytest.mark.usefixtures("with_password")
def test_the_password_shows_that_it_is_still_you(browser: Open) -> None:
    here = browser()
    here.sign_in()
    later(here)
    again = reverse("account_reauthenticate")
    assert "current-password" in here.get(again).content.decode()
    assert here.post(again, {"password": ""}).status_code == 422
    assert here.post(again, {"password": "x"}).status_code == 422
    assert here.get(PAGE).status_code == 302
    answer = here.post(again, {"password": PASSWORD, "next": PAGE})
    assert answer.headers["Location"] == PAGE
    assert here.get(PAGE).status_code == 200


@pytest.mark.usefixtures("with_password")
def test_an_open_session_is_no_place_to_guess_the_password(browser: Open) -> None:
    here = browser()
    here.sign_in()
    again = reverse("account_reauthenticate")
    answers = [here.post(again, {"password": "x"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_who_has_no_password_is_not_asked_for_one(person: User, browser: Open) -> None:
    here = browser()
    here.sign_in()
    again = reverse("account_reauthenticate")
    assert "current-password" not in here.get(again).content.decode()
    assert here.post(again, {"password": ""}).status_code == 422


def test_a_password_is_removed_where_there_is_another_way_in(
    with_password: User, browser: Open
) -> None:
    here, there = browser(), browser()
    here.sign_in()
    there.sign_in()
    assert here.get(AWAY).status_code == 200
    here.post(AWAY)
    with_password.refresh_from_db()
    assert not with_password.has_usable_password()
    assert here.is_in()
    assert not there.is_in()
    assert last_mail().subject == "Je wachtwoord is verwijderd"
    assert here.get(AWAY).headers["Location"] == PAGE  # nothing left to remove


def test_the_only_way_in_is_not_removed(sheet: Sheet, browser: Open) -> None:
    here = browser()
    here.give(USER_NAME)
    here.give_paper(sheet[1][0])
    assert AWAY not in here.get(PAGE).content.decode()
    assert here.post(AWAY).headers["Location"] == PAGE
    sheet[0].refresh_from_db()
    assert passwords.fits(sheet[0], PASSWORD)
    kind = Authenticator.Type.WEBAUTHN
    Authenticator.objects.create(user=sheet[0], type=kind, data={"name": "Telefoon"})
    here.post(AWAY)
    sheet[0].refresh_from_db()
    assert not sheet[0].has_usable_password()


def test_a_sheet_is_made_anew_and_shown_once(sheet: Sheet, browser: Open) -> None:
    _person, codes = sheet
    here = browser()
    here.give(USER_NAME)
    here.give_paper(codes[0])
    page = reverse("accounts:paper_codes")
    assert "9" in here.get(page).content.decode()
    shown = here.post(page)
    assert "no-store" in shown.headers["Cache-Control"]
    assert len(shown.context["codes"]) == 10
    assert USER_NAME in shown.content.decode()
    assert "codes" not in here.get(page).context
    there = browser()
    there.give(USER_NAME)
    assert there.give_paper(codes[1]).status_code == 422
    there.give_paper(shown.context["codes"][0])
    assert there.is_in()


def test_who_has_a_mailbox_and_no_school_to_work_at_needs_no_sheet(
    person: User, browser: Open
) -> None:
    here = browser()
    here.sign_in()
    assert here.get(reverse("accounts:paper_codes")).status_code == 404
    assert here.post(reverse("accounts:paper_codes")).status_code == 404
    assert (
        reverse("accounts:paper_codes")
        not in here.get(reverse("mfa_list_webauthn")).content.decode()
    )
