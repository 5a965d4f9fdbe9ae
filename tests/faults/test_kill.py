"""Kill -9 of the worker, of the pages, of a session of the database, between send and delivery.

Every second a teacher sends a post, and somebody dies. What died is started anew; nothing else is
helped. At the end every post is whole or absent, everybody is told once, and of the mails at most
those in flight at a kill went again, each under its own name.

By itself it is short (40 runs); ``KRING_FAULT_RUNS=100`` is the whole of it, and
``KRING_FAULT_SEED`` repeats what was drawn.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from kring.feed.models import Post
from kring.media.tests.pictures import quarters, written
from kring.notifications.models import Delivery
from tests.cast import Cast, let_in
from tests.faults.invariants import violations
from tests.faults.post_office import Mail
from tests.faults.running import UNDO_SECONDS, Running
from tests.unlocked import unlocked

RUNS = int(os.environ.get("KRING_FAULT_RUNS", "40"))
SEED = os.environ.get("KRING_FAULT_SEED") or str(random.randrange(10**6))  # noqa: S311
PACE = 1.1  # seconds between two runs
AT_REST_WITHIN = 90  # seconds after the last kill
IN_FLIGHT = 1.0  # seconds at most between the taking of a mail and the kill that hid it

pytestmark = pytest.mark.slow


@dataclass(kw_only=True)
class Run:
    """One post, and who dies when."""

    number: int
    to: str
    photos: int  # that were uploaded before
    carries: bool  # another photo, in the form itself
    insists: bool  # whether the browser sends the same form again until it is answered
    victim: str
    at: float  # seconds after the sending
    key: UUID = field(default_factory=uuid4)
    answers: list[int] = field(default_factory=list)

    @classmethod
    def drawn(cls, number: int) -> Run:
        """The same for the same seed."""
        chance = random.Random(f"{SEED}/{number}")  # noqa: S311
        victim = chance.choice([*VICTIMS])
        early = victim in {"web", "who serves"} or chance.random() < 0.3
        return cls(
            number=number,
            to=chance.choice(["one child"] * 8 + ["two children"] * 4 + ["group"]),
            photos=chance.choice([0, 0, 1, 3]),
            carries=chance.random() < 0.1,
            insists=chance.random() < 0.7,
            victim=victim,
            at=chance.uniform(0, 0.2) if early else chance.uniform(0, UNDO_SECONDS + 1.5),
        )

    @property
    def text(self) -> str:
        return f"Bericht {self.number}"

    def strike(self, running: Running) -> None:
        """Have the victim die."""
        VICTIMS[self.victim](running, random.Random(f"{SEED}/{self.number}/whom"))  # noqa: S311


def _in_a_mail(running: Running, chance: random.Random) -> None:
    moments = chance.choice([running.post_office.before, running.post_office.after])
    moments.append(lambda: running.kill("worker"))


VICTIMS: dict[str, Callable[[Running, random.Random], None]] = {
    "worker": lambda running, _: running.kill("worker"),
    "worker in a mail": _in_a_mail,
    "web": lambda running, _: running.kill("web"),
    "who serves": lambda running, _: running.kill_one_that_serves(),
    "a session": lambda running, chance: running.end_a_backend(chance.choice, by_force=False),
    "all sessions": lambda running, chance: running.end_a_backend(chance.choice, by_force=True),
}


class Teacher:
    """Her browser."""

    def __init__(self, running: Running) -> None:
        cast, client = Cast(), Client()
        let_in(client, cast.teacher)
        self.running, self.session = running, client.cookies["session"].value
        self.readers = {
            "one child": [f"student:{cast.id('sam')}"],
            "two children": [f"student:{cast.id('lina')}", f"student:{cast.id('bram')}"],
            "group": [f"group:{cast.id('group_5')}"],
        }
        self.jpeg = written(quarters())
        self.assets = [self._upload(str(cast.id("wilgenhoek"))) for _ in range(3)]

    def _upload(self, school: str) -> str:
        form = {"school": school, "file": self._photo()}
        status, text = self.running.ask("POST", "/media/uploads/", self.session, form)
        assert status == http.client.CREATED
        return str(json.loads(text)["id"])

    def _photo(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("foto.jpg", self.jpeg, "image/jpeg")

    def send(self, run: Run) -> None:
        """Send the form, and again where the line broke and she insists."""
        give_up = time.monotonic() + 60
        while not run.answers or (run.insists and time.monotonic() < give_up):
            try:
                run.answers.append(self._post(run))
            except (OSError, http.client.HTTPException):
                run.answers.append(0)
            if run.answers[-1] == http.client.SEE_OTHER:
                return
            time.sleep(0.2)

    def _post(self, run: Run) -> int:
        form: dict[str, Any] = {
            "audience": self.readers[run.to],
            "text": run.text,
            "assets": ",".join(self.assets[: run.photos]),
            "key": run.key,
        }
        if run.carries:
            form["photos"] = self._photo()
        return self.running.ask("POST", "/posts/new/", self.session, form)[0]


def test_whoever_dies_a_post_is_whole_or_absent_and_everybody_is_told_once(
    running: Running, settings: Settings
) -> None:
    print(f"KRING_FAULT_SEED={SEED} KRING_FAULT_RUNS={RUNS}")  # noqa: T201  (shown when it fails)
    look_at_its_files(running, settings)
    running.wait_until(running.answers, 60)
    runs = [Run.drawn(number) for number in range(RUNS)]
    let_them_happen(runs, running)
    waited = running.wait_until(lambda: is_at_rest(running), AT_REST_WITHIN)
    connection.close()  # it may be one of those that died
    with unlocked():
        posts = {post.key: post for post in Post.objects.prefetch_related("photos")}
        deliveries = {
            f"<{one.pk}@localhost>": one
            for one in Delivery.objects.select_related("person", "notification")
        }
        wrong = violations(at_rest_after=timedelta())
    assert not wrong
    check_posts(runs, posts)
    check_mails(running.post_office.mails, deliveries)
    again = check_repeats(running, deliveries)
    print(  # noqa: T201
        f"{len(posts)} posts, {len(deliveries)} mails, {again} of them again;"
        f" at rest {waited:.0f} s after the last kill"
    )


def look_at_its_files(running: Running, settings: Settings) -> None:
    """Have Django's storage lead to the files of that Kring."""
    files = settings.STORAGES["default"]
    options = files["OPTIONS"] | {"location": running.data.path / "media"}
    settings.STORAGES = settings.STORAGES | {"default": files | {"OPTIONS": options}}


def let_them_happen(runs: list[Run], running: Running) -> None:
    """Every second a post and a death; they overlap."""
    teacher = Teacher(running)
    with ThreadPoolExecutor(max_workers=2 * RUNS) as threads:
        done = []
        for run in runs:
            done.append(threads.submit(teacher.send, run))
            done.append(threads.submit(_later, run, running))
            time.sleep(PACE)
        for one in done:
            one.result()
    running.post_office.before.clear()
    running.post_office.after.clear()


def _later(run: Run, running: Running) -> None:
    time.sleep(run.at)
    run.strike(running)


def is_at_rest(running: Running) -> bool:
    """Whether nobody has anything left to do, but for the house."""
    query = """
    SELECT (SELECT count(*) FROM notifications_delivery WHERE state IN ('queued', 'sending'))
    + (SELECT count(*) FROM procrastinate_jobs
       WHERE status IN ('todo', 'doing') AND queue_name <> 'house')
    """
    return running.rows(query) == [(0,)]


def check_posts(runs: list[Run], posts: dict[UUID, Post]) -> None:
    """Whole or absent; and absent only where nobody said that it was taken."""
    for run in runs:
        assert set(run.answers) <= {303, 0, 500, 502, 503}, run
        assert not run.insists or run.answers[-1] == http.client.SEE_OTHER, run
        post = posts.get(run.key)
        if post is None:
            assert http.client.SEE_OTHER not in run.answers, run
            continue
        assert post.text == run.text
        positions = sorted(photo.position for photo in post.photos.all())
        assert positions == list(range(run.photos + run.carries)), run
    assert posts.keys() <= {run.key for run in runs}


def check_mails(mails: list[Mail], deliveries: dict[str, Delivery]) -> None:
    """Every mail is one of ours, to the right address; each went; none under two names."""
    for mail in mails:
        delivery = deliveries[mail.message_id]
        assert (delivery.person.email, delivery.notification.subject_id) == (mail.to, mail.post_id)
    assert {mail.message_id for mail in mails} == deliveries.keys()
    assert {one.state for one in deliveries.values()} <= {Delivery.State.SENT}


def check_repeats(running: Running, deliveries: dict[str, Delivery]) -> int:
    """A mail went again only where something died while it was in flight; of each job one."""
    taken: dict[str, list[float]] = {}
    for mail in running.post_office.mails:
        taken.setdefault(mail.message_id, []).append(mail.taken_at)
    disturbed = sorted(running.disturbed)
    blamed: Counter[tuple[float, UUID]] = Counter()
    for name, moments in taken.items():
        for moment in moments[:-1]:
            index = bisect_left(disturbed, moment - IN_FLIGHT)
            assert index < len(disturbed), (name, moments, disturbed)
            assert disturbed[index] < moment + IN_FLIGHT, (name, moments, disturbed)
            blamed[disturbed[index], deliveries[name].chunk] += 1
    assert set(blamed.values()) <= {1}, blamed
    return blamed.total()
