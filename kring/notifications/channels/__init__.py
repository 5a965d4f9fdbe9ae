"""The ways in which a message reaches a person. Each is a small class with one ``deliver``.

A new one (SMS) is one file here: a class that declares itself with ``way``. All else asks the
class: where its addresses are (``addresses.py`` tells the database), the rows and chunks of a
fan-out, the jobs and their lanes, boxes and sentences on the page of choices, and a rung on the
reach ladder. The list in the app is no channel: it always has everything.

What a class cannot bring along: a table, where Kring has no addresses of the kind yet, with its
migration and the page on which people fill it; settings of a gateway; Dutch for its words; and the
few pages that speak of mail and push as such ('Onze afspraken', the director's page of reach).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, NamedTuple
from uuid import UUID

from django.utils.functional import Promise

from kring.accounts.models import User
from kring.base.jobs import lane
from kring.notifications.kinds import Kind
from kring.notifications.models import Delivery


class RefusedError(Exception):
    """The other side will never take this one; the rest may go on."""


class LaterError(Exception):
    """The other side does not take this one now; the rest may go on."""


class DownError(Exception):
    """Nothing goes for anybody: the job is tried again, and no delivery is blamed."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one delivery. ``QUEUED`` is: later, after the usual wait or the one asked."""

    delivery: Delivery
    state: Delivery.State
    trouble: str = ""  # a code, never an address or a text
    after: timedelta | None = None  # as the other side asked (Retry-After)


class Where(NamedTuple):
    """Where messages go, for the person herself."""

    text: str
    said: str = ""
    path: str = ""  # where she changes it


class Way:
    """One channel; opened for one job and closed with it."""

    do_not_call_in_templates: ClassVar[bool] = True  # the class itself stands in tables

    channel: ClassVar[str]  # as rows have it, ten letters at most
    label: ClassVar[Promise]  # above a column: Mail
    by: ClassVar[Promise]  # in a sentence: by mail
    lack: ClassVar[Promise]  # a sentence for who has no address of the kind
    broken: ClassVar[Promise | None] = None  # and for whom it works no more
    icon: ClassVar[str]  # of Lucide
    place: ClassVar[int]  # in tables and sentences
    rung: ClassVar[int]  # on the reach ladder: first what is quick and costs nothing
    queue: ClassVar[str]  # its jobs stand apart, so that it delays only its own
    jobs: ClassVar[int] = 2  # at a time
    at_once: ClassVar[int]  # deliveries that are claimed together
    per_device: ClassVar[bool] = False  # one for each device; else one for each person
    puts_off: ClassVar[bool] = False  # moves what is due, again and again, and counts no try
    usual: ClassVar[bool] = True  # whether it goes to who chose nothing; what is urgent always does
    unfit: ClassVar[frozenset[Kind]] = frozenset()  # what never goes over it

    addresses: ClassVar[str]
    """SQL: person, device (NULL where there is none) and whether it works, of ``people``, an array
    of ids. It runs as the owner of the tables, inside ``kring_ways``, which decides the rest."""

    def __init__(self, school_id: UUID) -> None:
        self.school_id = school_id

    @abstractmethod
    def deliver(self, deliveries: Sequence[Delivery]) -> Iterator[list[Settled]]:
        """Send them, and tell of each group as it is done; the next is sent after it was noted.

        Outside any block. Raises DownError when nothing goes.
        """

    def close(self) -> None:
        """End what was opened."""

    @classmethod
    def where(cls, person: User) -> Where | None:  # noqa: ARG003
        """What a person reads of where it goes; None where another part of the page says so."""
        return None


ways: dict[str, type[Way]] = {}


def way[W: Way](declared: type[W]) -> type[W]:
    """Deliver over this channel by this class, in lanes of its own."""
    ways[declared.channel] = declared
    lane(declared.queue, declared.jobs)
    lane(urgent(declared), declared.jobs)
    return declared


def urgent(of: type[Way]) -> str:
    """The queue of what waits behind nothing else, and behind no other channel that is down."""
    return f"urgent_{of.queue}"


def in_order() -> list[type[Way]]:
    """All, as tables and sentences name them."""
    return sorted(ways.values(), key=lambda one: one.place)


def up_the_ladder() -> list[type[Way]]:
    """All, in the order in which a school goes on where one did not reach a family."""
    return sorted(ways.values(), key=lambda one: one.rung)


def fit_for(kind: Kind) -> list[type[Way]]:
    """Over which this kind can come, in order."""
    return [one for one in in_order() if kind not in one.unfit]
