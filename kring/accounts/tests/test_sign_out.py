from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.urls import reverse

from kring.accounts import sessions
from kring.accounts.models import User
from kring.accounts.tests.conftest import PHONE, Browser
from tests.unlocked import unlocked

pytestmark = pytest.mark.usefixtures("person")

type Open = Callable[..., Browser]

LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


def devices(here: Browser) -> list[sessions.Device]:
    found: list[sessions.Device] = here.get(reverse("accounts:devices")).context["devices"]
    return found


def test_signing_out_ends_the_session_on_the_server(browser: Open) -> None:
    here = browser()
    here.sign_in()
    key = here.session.session_key
    answer = here.post(reverse("account_logout"))
    assert answer.headers["Location"] == reverse("account_login")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(session_key=key).exists()
    assert not here.is_in()


def test_opening_the_address_of_signing_out_changes_nothing(browser: Open) -> None:
    here = browser()
    here.sign_in()
    assert here.get(reverse("account_logout")).status_code == 200
    assert here.head(reverse("account_logout")).status_code == 200
    assert here.get(reverse("accounts:sign_out_everywhere")).status_code == 405
    assert here.is_in()


def test_signing_out_twice_is_no_trouble(browser: Open) -> None:
    here = browser()
    assert here.post(reverse("account_logout")).headers["Location"] == reverse("account_login")
    assert here.get(reverse("account_logout")).headers["Location"] == reverse("account_login")


def test_signing_out_everywhere_ends_the_other_session_on_its_next_request(browser: Open) -> None:
    here, there = browser(), browser(LAPTOP)
    here.sign_in()
    there.sign_in()
    answer = here.post(reverse("accounts:sign_out_everywhere"))
    assert answer.headers["Clear-Site-Data"]
    assert not there.is_in()
    assert not here.is_in()
    assert not Session.objects.exists()
    here.sign_in()
    assert here.is_in()


def test_signing_out_everywhere_ends_sessions_that_nobody_kept_track_of(browser: Open) -> None:
    here, there = browser(), browser()
    here.sign_in()
    there.sign_in()
    UserSession.objects.all().delete()
    here.post(reverse("accounts:sign_out_everywhere"))
    assert not there.is_in()


def test_nobody_else_is_signed_out(new_person: Callable[..., User], browser: Open) -> None:
    new_person("bas@kring.example", first_name="Bas")
    here, there = browser(), browser()
    here.sign_in()
    there.sign_in("bas@kring.example")
    here.post(reverse("accounts:sign_out_everywhere"))
    assert there.is_in()


def test_the_devices_are_named_in_words_and_this_one_is_marked(browser: Open) -> None:
    there, here = browser(LAPTOP), browser(PHONE)
    there.sign_in()
    here.sign_in()
    assert [(one.words, one.is_this_one) for one in devices(here)] == [
        ("Safari op iPhone", True),
        ("Firefox op Windows", False),
    ]


def test_one_device_is_signed_out_from_another(browser: Open) -> None:
    here, there = browser(), browser(LAPTOP)
    here.sign_in()
    there.sign_in()
    other = next(one for one in devices(here) if not one.is_this_one)
    here.post(reverse("accounts:sign_out_device", args=[other.id]))
    assert not there.is_in()
    assert [one.is_this_one for one in devices(here)] == [True]


def test_this_device_can_be_signed_out_in_the_list(browser: Open) -> None:
    here = browser()
    here.sign_in()
    answer = here.post(reverse("accounts:sign_out_device", args=[devices(here)[0].id]))
    assert answer.headers["Clear-Site-Data"]
    assert not here.is_in()


def test_the_device_of_somebody_else_does_not_exist(
    new_person: Callable[..., User], browser: Open
) -> None:
    new_person("bas@kring.example", first_name="Bas")
    here, there = browser(), browser()
    here.sign_in()
    there.sign_in("bas@kring.example")
    theirs = reverse("accounts:sign_out_device", args=[devices(there)[0].id])
    nothing = reverse("accounts:sign_out_device", args=[devices(there)[0].id + 1000])
    assert here.post(theirs).status_code == here.post(nothing).status_code == 404
    assert there.is_in()


def test_a_device_shows_when_it_was_last_used_with_one_write_an_hour(browser: Open) -> None:
    here = browser()
    here.sign_in()
    first = devices(here)[0].last_used_at
    del here.cookies["used"]  # an hour later
    assert devices(here)[0].last_used_at == first  # shown before it is noted
    noted = UserSession.objects.get().last_seen_at
    assert noted > first
    devices(here)
    assert UserSession.objects.get().last_seen_at == noted


def test_a_link_of_the_demo_opens_a_new_session_and_is_listed(
    person: User, new_person: Callable[..., User], browser: Open
) -> None:
    other = new_person("bas@kring.example", first_name="Bas")
    here = browser()
    here.sign_in()
    request = RequestFactory(headers={"User-Agent": LAPTOP}).get("/")
    request.session, before = here.session, here.session.session_key
    request.user = person
    sessions.sign_in(request, other)
    assert request.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert UserSession.objects.get(user=other).session_key == request.session.session_key
    other.refresh_from_db()
    assert other.joined_at


def test_an_account_that_is_closed_ends_its_sessions_also_for_when_it_opens_again(
    browser: Open, person: User
) -> None:
    here = browser()
    here.sign_in()
    with unlocked():
        person.close()
    assert not here.is_in()
    person.is_active = True
    with unlocked():
        person.save(update_fields=["is_active"])
    assert not here.is_in()
    here.sign_in()
    assert here.is_in()
