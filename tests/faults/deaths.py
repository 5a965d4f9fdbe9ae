"""Kills of the worker, and an exact account of what each of them made go again.

At a kill nothing is guessed from clocks. The worker is dead before anybody looks; what the other
sides took in its life, and the database does not call done, was **in flight**: sent, and its answer
not noted yet. Of mails that is one for each line. Push messages go many at once, and what became
of them is noted in groups, as they are answered: those of the group that was not noted yet, and
those that still wait for their answer.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from threading import Event
from uuid import UUID

from kring.notifications.pushing.line import AT_ONCE, GATHERED, MOST_LATE
from tests.faults.crowd import PLACES, Crowd, Going

QUIET = 0.3  # seconds without anything new: what the dead one sent has arrived
SLOW = 3.0  # seconds at most until an answer is heard, on a machine that does much else
WAITS_AT_MOST = 60  # seconds for a new worker

type Take = tuple[str, float]  # the name of what was taken, and when (time.monotonic)


@dataclass(frozen=True, kw_only=True)
class Death:
    """How things stood when a worker was gone."""

    at: float  # of time.time()
    mails: Sequence[Take]  # taken in its life
    pushes: Sequence[Take]
    stand: dict[str, Going]


@dataclass(frozen=True, kw_only=True)
class Again:
    """How much went once more because of all kills."""

    mails: int
    pushes: int
    most: int  # pushes because of one kill


class Deaths:
    """Of one test, about some things that people are told of."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.running = crowd, crowd.running
        self.about: list[UUID] = []
        self.all: list[Death] = []
        self._taken = [len(taken) for taken in self._takes()]

    def kill(self) -> None:
        """Kill -9 of the worker, and look at what it left. A new one comes afterwards."""
        with self.running.lock:
            self.running.kill_worker_for_good()
            at = time.time()
            self._until_quiet()
            mails, pushes = (
                taken[since:] for taken, since in zip(self._takes(), self._taken, strict=True)
            )
            self._taken = [len(taken) for taken in self._takes()]
            stand = {one.name: one for one in self.crowd.deliveries(*self.about)}
            self.all.append(Death(at=at, mails=mails, pushes=pushes, stand=stand))

    def kill_in_a_mail(self) -> None:
        """The same while a mail was taken, and the worker did not hear so yet."""
        office, over = self.running.post_office, Event()
        office.after.append(over.wait)
        try:
            self.running.wait_until(lambda: not office.after, WAITS_AT_MOST)
            self.kill()
        finally:
            office.after.clear()
            over.set()

    def _until_quiet(self) -> None:
        before = -1
        while before != (before := sum(map(len, self._takes()))):
            time.sleep(QUIET)

    def _takes(self) -> tuple[list[Take], list[Take]]:
        telephones = self.running.telephones
        mails = [(mail.message_id, mail.taken_at) for mail in self.running.post_office.mails]
        return mails, [*zip(telephones.names(), telephones.moments, strict=False)]

    # ── judging ──────────────────────────────────────────────────────────────
    def check(self, *, skipped: tuple[str, ...] = ()) -> Again:
        """All went, and again only what was in flight; how many mails and pushes that were.

        Some have nothing to say: they may be ``skipped``, and never went.
        """
        mails, pushes, most = Counter[str](), Counter[str](), 0
        for death in self.all:
            mails.update(_mails_in_flight(death))
            pushes.update(lost := _pushes_in_flight(death))
            most = max(most, len(lost))
        went = self.crowd.deliveries(*self.about)
        assert {one.state for one in went} <= {"sent", *skipped}
        every = {one.name for one in went}
        sent = [one for one in went if one.state == "sent"]
        for channel, taken, again in zip(
            ("email", "push"), self._takes(), (mails, pushes), strict=True
        ):
            names = {one.name for one in sent if one.channel == channel}
            times = Counter(name for name, _ in taken if name in every)
            assert times == Counter(dict.fromkeys(names, 1)) + again, channel
        return Again(mails=mails.total(), pushes=pushes.total(), most=most)

    def longest_wait(self) -> float:
        """Seconds that a channel stood still after a kill, though something was left to do."""
        killed = [death.at for death in self.all]
        return max(
            _longest(begun, (one for one in went if one.channel == channel), killed)
            for about in self.about
            for went in [self.crowd.deliveries(about)]
            for begun in [min(at for _, _, at in self.crowd.told(about))]
            for channel in ("email", "push")
        )


def _mails_in_flight(death: Death) -> list[str]:
    """At most one of each line, and that the last that went over it."""
    last, lost = dict[UUID, str](), list[str]()
    for name, _ in death.mails:
        if one := death.stand.get(name):
            last[one.chunk] = name
            if one.done_at is None:
                lost.append(name)
    assert set(lost) <= set(last.values()), "sent, and noted only after the next"
    assert len(lost) == len(set(lost)) <= PLACES
    return lost


def _pushes_in_flight(death: Death) -> list[str]:
    """None that was answered before the last group was gathered: that would have been noted.

    So no more than were taken since, and the few that were under way before, or are late.
    """
    lost = [(name, at) for name, at in death.pushes if _is_left(name, death)]
    assert len(lost) == len({name for name, _ in lost}), "sent twice in one life"
    ahead = time.time() - time.monotonic()
    lately = [at for _, at in death.pushes if at + ahead > death.at - GATHERED - SLOW]
    assert len(lost) <= AT_ONCE + MOST_LATE + len(lately)
    noted = _notes(death)
    for name, at in lost:
        one = death.stand[name]
        if one.trouble != "late" and len(noted[one.chunk]) > 1:  # late: its request stays open
            assert at + ahead > noted[one.chunk][-2] - SLOW, "answered, and not noted in two groups"
    return [name for name, _ in lost]


def _is_left(name: str, death: Death) -> bool:
    return name in death.stand and death.stand[name].done_at is None


def _notes(death: Death) -> defaultdict[UUID, list[float]]:
    """Per chunk the moments at which groups of push messages were noted."""
    found: defaultdict[UUID, set[float]] = defaultdict(set)
    for one in death.stand.values():
        if one.channel == "push" and one.done_at:
            found[one.chunk].add(one.done_at.timestamp())
    return defaultdict(list, {chunk: sorted(moments) for chunk, moments in found.items()})


def _longest(begun: datetime, went: Iterable[Going], killed: Sequence[float]) -> float:
    """Between two that went, or since the last kill in between."""
    done = sorted(one.done_at.timestamp() for one in went if one.done_at)
    waits = (
        after - max([before, *(at for at in killed if before < at < after)])
        for before, after in pairwise([begun.timestamp(), *done])
    )
    return max(waits, default=0)
