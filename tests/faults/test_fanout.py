"""Kill -9 of the worker during a fan-out to thousands, at random instants: mails and pushes alike.

Afterwards each is told once in the app, and again went only what was in flight at a kill (see
``deaths``), under the same Message-ID or topic. Nothing waits longer than a minute for a worker.

By itself it is short. The whole of it, with the heartbeat of a server, takes half an hour::

    KRING_FAULT_KILLS=50 KRING_FAULT_PEOPLE=5000 KRING_FAULT_HEARTBEAT=5 \
        bin/test tests/faults/test_fanout.py

``KRING_FAULT_SEED`` repeats what was drawn.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from itertools import cycle
from uuid import UUID

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.faults.crowd import PEOPLE, WITHIN, Crowd
from tests.faults.deaths import WAITS_AT_MOST, Deaths
from tests.faults.running import Running
from tests.faults.waiting import Watch

KILLS = int(os.environ.get("KRING_FAULT_KILLS", "6"))
SEED = os.environ.get("KRING_FAULT_SEED") or str(random.randrange(10**6))  # noqa: S311
LONGEST_LIFE = 3.0  # seconds of a worker before it is killed; it takes one or two to come
MOST_BEFORE = 150  # that a worker still sends before it is killed in the midst of them
MOMENTS = ("push", "email", "")  # in the midst of which it dies; or whatever it does
IN_A_MAIL = 1 / 2  # of those: between a mail and its answer, which is a short while

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crowd(running: Running, django_db_blocker: DjangoDbBlocker) -> Crowd:
    with django_db_blocker.unblock():
        return Crowd(running)


def test_whenever_the_worker_dies_everybody_is_told_once(crowd: Crowd, running: Running) -> None:
    print(f"KRING_FAULT_SEED={SEED} KRING_FAULT_KILLS={KILLS}")  # noqa: T201
    chance = random.Random(SEED)  # noqa: S311
    deaths = Deaths(crowd)
    with Watch(running).watching() as watch:
        deaths.about.append(crowd.publish())
        for _, channel in zip(range(KILLS), cycle(MOMENTS), strict=False):
            if crowd.is_done(*deaths.about):  # another, for the kills that are left
                deaths.about.append(crowd.publish())
            live_until_a_random_instant(crowd, deaths.about[-1], channel, chance)
            if channel == "email" and chance.random() < IN_A_MAIL:
                deaths.kill_in_a_mail()
            else:
                deaths.kill()
        slowest = crowd.wait_for(lambda: crowd.is_done(*deaths.about))
    again = deaths.check()
    waited = deaths.longest_wait()
    print(  # noqa: T201
        f"{KILLS} kills, {len(deaths.about)} posts: again went {again.mails} mails, {again.pushes}"
        f" pushes, at most {again.most} of one kill;"
        f" a channel stood still {waited:.0f} s, a job was nobody's {watch.longest:.0f} s;"
        f" done {slowest:.0f} s after the last kill"
    )
    assert waited < WAITS_AT_MOST
    assert watch.longest < WAITS_AT_MOST
    for about in deaths.about:
        people = Counter(person for _, person, _ in crowd.told(about))
        assert len(people) >= PEOPLE
        assert set(people.values()) == {1}


def live_until_a_random_instant(
    crowd: Crowd, about: UUID, channel: str, chance: random.Random
) -> None:
    """Of its start, its dispatch, its mails; or in the midst of what it sends over a channel."""
    if not channel or crowd.is_done(about, channels=(channel,)):
        time.sleep(chance.uniform(0.2, LONGEST_LIFE))
        return
    _, before = crowd.progress(about, channels=(channel,))
    wanted = before + chance.randint(1, MOST_BEFORE)

    def in_the_midst() -> bool:
        left, done = crowd.progress(about, channels=(channel,))
        return done >= wanted or (not left and done > before)

    crowd.running.wait_until(in_the_midst, WAITS_AT_MOST + WITHIN, every=0.02)
    time.sleep(chance.uniform(0, 0.2))


def test_what_is_urgent_overtakes_thousands(crowd: Crowd) -> None:
    many = crowd.publish()
    crowd.wait_for(lambda: bool(crowd.told(many)))
    first = crowd.publish("lina", urgent=True)
    crowd.wait_for(lambda: crowd.is_done(first))
    assert {one.state for one in crowd.deliveries(first)} == {"sent"}
    assert not crowd.is_done(many)
