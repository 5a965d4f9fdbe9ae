"""Sessions and their people are found as Django finds them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from kring.accounts.backend import Backend
from kring.accounts.session_store import SessionStore
from kring.base import clock
from tests import factories

pytestmark = pytest.mark.django_db


def kept(**held: object) -> str:
    session = SessionStore()
    session.update(held)
    session.save()
    assert session.session_key
    return session.session_key


def test_a_session_holds_what_was_kept_in_it() -> None:
    key = kept(color="green")
    assert SessionStore(key).load() == db.SessionStore(key).load() == {"color": "green"}


@pytest.mark.parametrize("key", ["z" * 32, None])
def test_a_session_that_is_not_there_is_empty_and_without_a_key(key: str | None) -> None:
    session = SessionStore(key)
    assert session.load() == {}
    assert session.session_key is None


def test_an_ended_session_is_not_there() -> None:
    key = kept(color="green")
    Session.objects.filter(pk=key).update(expire_date=clock.now() - timedelta(seconds=1))
    assert SessionStore(key).load() == {}


def test_the_person_of_a_session_is_found_while_she_may_sign_in() -> None:
    person = factories.person()
    found = Backend().get_user(person.pk)
    assert found is not None
    assert (found, found.name, found.is_stranger) == (person, person.name, False)
    assert Backend().get_user(uuid4()) is None
    gone = factories.person(is_active=False)
    assert Backend().get_user(gone.pk) is None
