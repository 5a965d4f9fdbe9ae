from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from kring.accounts import jobs
from kring.accounts.jobs import forget_what_ended
from kring.accounts.models import TabletPin, User
from kring.accounts.tests.conftest import Browser
from kring.base import clock
from tests import factories
from tests.unlocked import as_worker, unlocked

pytestmark = pytest.mark.usefixtures("person")

type Open = Callable[..., Browser]


@pytest.mark.parametrize("at_once", [1, 500])
def test_every_night_what_ended_is_thrown_away_and_what_lives_stays(
    browser: Open, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", at_once)
    alive, ended, gone = browser(), browser(), browser()
    for each in (alive, ended, gone):
        each.sign_in()
    key = ended.session.session_key
    Session.objects.filter(pk=key).update(expire_date=clock.now() - timedelta(hours=1))
    Session.objects.filter(pk=gone.session.session_key).delete()
    for name in ("over", "long_over"):
        cache.set(name, 1, timeout=-5)
    with as_worker():
        forget_what_ended(0)
    assert not Session.objects.filter(pk=key).exists()
    assert [row.session_key for row in UserSession.objects.all()] == [alive.session.session_key]
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(expires) > now() FROM kring_cache")
        assert cursor.fetchone() == (True,)
    assert alive.is_in()


@pytest.mark.parametrize("at_once", [1, 500])
def test_codes_for_a_tablet_that_ran_out_are_thrown_away(
    person: User, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", at_once)
    others = [factories.person(f"Collega {number}") for number in range(3)]
    alive = factories.tablet_pin(person.pk)
    over = [factories.tablet_pin(one.pk).pk for one in others]
    with unlocked():
        ended = TabletPin.objects.filter(pk__in=over)
        ended.update(expires_at=clock.now() - timedelta(minutes=1))
    with as_worker():
        forget_what_ended(0)
    with unlocked():
        assert list(TabletPin.objects.all()) == [alive]
