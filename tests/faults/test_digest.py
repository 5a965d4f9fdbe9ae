"""Kill -9 of the worker amid the weekly newsletter: each person gets one, under one name.

Also when another scheduler begins the same week again and again.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from pytest_django.plugin import DjangoDbBlocker

from kring.base import clock
from kring.base.jobs import at_work
from kring.notifications.digest import WEEKLY, Period, begin
from tests.faults.crowd import PEOPLE, WITHIN, Crowd
from tests.faults.deaths import WAITS_AT_MOST, Deaths
from tests.faults.running import Running

KILLS = int(os.environ.get("KRING_FAULT_KILLS", "6")) // 2
SEED = os.environ.get("KRING_FAULT_SEED") or str(random.randrange(10**6))  # noqa: S311
READERS = PEOPLE // 3

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crowd(running: Running, django_db_blocker: DjangoDbBlocker) -> Crowd:
    with django_db_blocker.unblock():
        return Crowd(running, people=READERS)


def test_whenever_the_worker_dies_everybody_gets_one_newsletter(crowd: Crowd) -> None:
    print(f"KRING_FAULT_SEED={SEED} KRING_FAULT_KILLS={2 * KILLS}")  # noqa: T201
    chance = random.Random(SEED)  # noqa: S311
    crowd.cast.post("sam", by="teacher", text="Nieuws van deze week")
    period = Period(verb=WEEKLY, name="2026-W01", moment=clock.now() - timedelta(hours=1))
    deaths = Deaths(crowd)
    deaths.about.append(period.about_id)
    assert begun(crowd, period)
    time.sleep(chance.uniform(0, 2))  # while people are told, say
    deaths.kill()
    for number in range(1, KILLS):
        live_on(crowd, period, chance)
        if crowd.is_done(period.about_id):
            break
        if number % 2:
            deaths.kill_in_a_mail()
        else:
            deaths.kill()
        assert not begun(crowd, period)
    crowd.wait_for(lambda: crowd.is_done(period.about_id))
    again = deaths.check(skipped=("skipped",))
    print(f"{len(deaths.all)} kills: {again.mails} newsletters went again")  # noqa: T201
    assert again.pushes == 0  # a newsletter is a mail
    assert deaths.longest_wait() < WAITS_AT_MOST
    each_got_one(crowd, period)


def begun(crowd: Crowd, period: Period) -> bool:
    """What a scheduler does that finds it due."""
    school_id = crowd.cast.id("wilgenhoek")
    with at_work(school_id):
        return begin(period, school_id)


def live_on(crowd: Crowd, period: Period, chance: random.Random) -> None:
    """Until some more went."""
    _, before = crowd.progress(period.about_id)
    wanted = before + chance.randint(1, READERS // (KILLS + 1))

    def more_went() -> bool:
        left, done = crowd.progress(period.about_id)
        return done >= wanted or (not left and bool(done))

    crowd.running.wait_until(more_went, WAITS_AT_MOST + WITHIN, every=0.02)


def each_got_one(crowd: Crowd, period: Period) -> None:
    """In the app, and in the mailbox by one name."""
    told = Counter(person for _, person, _ in crowd.told(period.about_id))
    assert len(told) > READERS
    assert set(told.values()) == {1}
    ours = {one.name for one in crowd.deliveries(period.about_id)}
    names: dict[str, set[str]] = {}
    for mail in crowd.running.post_office.mails:
        if mail.message_id in ours:
            names.setdefault(mail.to, set()).add(mail.message_id)
    assert sum(address.startswith("menigte") for address in names) == READERS
    assert {len(found) for found in names.values()} == {1}
