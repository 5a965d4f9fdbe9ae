"""A session lasts 60 days from its last use; not that of staff, nor one that was ended."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path, reverse

from kring.accounts import sessions
from kring.accounts.session_store import SessionStore
from kring.accounts.tests.conftest import Browser
from kring.accounts.views.pages import PersonRequest
from kring.base import clock
from kring.base.block import outside_block
from tests.cast import Cast

pytestmark = pytest.mark.django_db

type Open = Callable[..., Browser]
type SignIn = Callable[[str], Client]

COOKIE = settings.SESSION_COOKIE_NAME
DAY = 24 * 60 * 60  # seconds


def end_of(client: Client) -> datetime:
    return Session.objects.get(pk=client.session.session_key).expire_date


def days_pass(client: Client, days: int) -> None:
    """Move what the server and the browser keep of a session back in time."""
    session, until = client.session, end_of(client)
    if proof := session.get(sessions.STRONG):
        session[sessions.STRONG] = proof | {"at": proof["at"] - days * DAY}
        session.save()
    kept = Session.objects.filter(pk=session.session_key)
    kept.update(expire_date=until - timedelta(days=days))
    client.cookies.pop("used", None)


def opens(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


@pytest.mark.usefixtures("person")
def test_a_session_lasts_sixty_days_from_its_last_use(browser: Open) -> None:
    here, unused = browser(), browser()
    here.sign_in()
    unused.sign_in()
    days_pass(here, 59)
    assert opens(here)
    days_pass(here, 41)  # day 100
    assert opens(here)
    days_pass(here, 61)
    days_pass(unused, 61)
    assert not opens(here)
    assert not opens(unused)


@pytest.mark.usefixtures("person")
def test_the_browser_is_told_to_keep_its_cookie_as_long(browser: Open) -> None:
    here = browser()
    here.sign_in()
    key = here.session.session_key
    days_pass(here, 59)
    cookie = here.get(reverse("accounts:profile")).cookies[COOKIE]
    assert (cookie.value, cookie["max-age"]) == (key, 60 * DAY)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert bool(cookie["secure"]) == settings.SECURE


@pytest.mark.usefixtures("person")
def test_within_the_hour_nothing_is_written_nor_asked(browser: Open) -> None:
    here = browser()
    here.sign_in()
    days_pass(here, 59)
    assert opens(here)
    until = end_of(here)
    with CaptureQueriesContext(connection) as asked:
        answer = here.get(reverse("accounts:profile"))
    assert COOKIE not in answer.cookies
    assert end_of(here) == until
    assert not [one for one in asked.captured_queries if one["sql"].startswith("UPDATE")]
    assert sum("django_session" in one["sql"] for one in asked.captured_queries) == 1  # is read


def test_a_mother_with_a_passkey_stays_as_one_with_a_code(sign_in: SignIn) -> None:
    mother = sign_in("mother")
    assert mother.session[sessions.STRONG]
    days_pass(mother, 59)
    assert mother.get("/").cookies[COOKIE]["max-age"] == sessions.LASTS
    days_pass(mother, 41)
    assert opens(mother)


@pytest.mark.parametrize("key", ["teacher", "principal", "administrator"])
def test_who_works_at_a_school_signs_in_every_sixty_days(sign_in: SignIn, key: str) -> None:
    staff = sign_in(key)
    days_pass(staff, 59)
    until = end_of(staff)
    assert COOKIE not in staff.get("/").cookies
    assert end_of(staff) == until
    days_pass(staff, 2)
    assert not opens(staff)


def test_a_page_that_did_not_look_who_works_where_makes_no_strong_session_longer(
    cast: Cast, sign_in: SignIn
) -> None:
    client, answer = sign_in("teacher"), HttpResponse()
    request = RequestFactory().get("/")
    request.session, request.user = client.session, cast.teacher
    days_pass(client, 1)
    until = end_of(client)
    sessions.renew(request, answer)
    assert end_of(client) == until
    assert not answer.cookies


def test_a_proof_of_long_ago_opens_no_school(sign_in: SignIn) -> None:
    """Of who began to work at a school in a session that was used all the time."""
    client = sign_in("teacher")
    session = client.session
    proof = session[sessions.STRONG]
    session[sessions.STRONG] = proof | {"at": time.time() - sessions.LASTS + 60}
    session.save()
    assert client.get("/").status_code == 200
    session[sessions.STRONG] = proof | {"at": time.time() - sessions.LASTS}
    session.save()
    assert client.get("/").headers["Location"].startswith(reverse("accounts:second_factor"))


def ended(request: PersonRequest) -> None:
    sessions.end_all_sessions(request.user)


def swept(request: PersonRequest) -> None:
    Session.objects.filter(pk=request.session.session_key).delete()


def ran_out(request: PersonRequest) -> None:
    here = Session.objects.filter(pk=request.session.session_key)
    here.update(expire_date=clock.now() - timedelta(seconds=1))


def written(request: PersonRequest) -> None:
    other = SessionStore(request.session.session_key)
    other["color"] = "green"
    other.save()


def view_during(happens: Callable[[PersonRequest], None]) -> Any:
    """A page, while somewhere else this happens to the session."""

    @outside_block("a test")
    def shown(request: PersonRequest) -> HttpResponse:
        happens(request)
        return HttpResponse()

    return shown


urlpatterns = [path(one.__name__, view_during(one)) for one in (ended, swept, ran_out, written)]


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("happens", ["ended", "swept", "ran_out"])
def test_a_session_that_ends_while_a_page_is_on_its_way_stays_ended(
    browser: Open, happens: str
) -> None:
    here = browser()
    here.sign_in()
    here.cookies.pop("used", None)
    with override_settings(ROOT_URLCONF=__name__):
        answer = here.get(f"/{happens}")
    assert (answer.status_code, COOKIE in answer.cookies) == (200, False)
    assert not Session.objects.filter(expire_date__gt=clock.now()).exists()
    assert not opens(here)


@pytest.mark.usefixtures("person")
def test_what_another_request_wrote_meanwhile_is_not_undone(browser: Open) -> None:
    here = browser()
    here.sign_in()
    days_pass(here, 59)
    with override_settings(ROOT_URLCONF=__name__):
        here.get("/written")
    assert here.session["color"] == "green"
    assert end_of(here) > clock.now() + timedelta(days=59)


def test_who_is_not_signed_in_leaves_nothing_behind(client: Client) -> None:
    answer = client.get(reverse("account_login"))
    assert COOKIE not in answer.cookies
    assert not Session.objects.exists()


def test_signing_out_gives_no_cookie_back(sign_in: SignIn) -> None:
    mother = sign_in("mother")
    answer = mother.post(reverse("account_logout"))
    assert answer.cookies[COOKIE].value == ""
    assert not opens(mother)
