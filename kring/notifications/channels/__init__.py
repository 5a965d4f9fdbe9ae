"""The ways in which a message reaches a person. Each is a small class with one ``deliver``.

A new one (SMS) is a module here that declares itself with ``way``, and a ``Channel`` value.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from kring.notifications.kinds import Channel
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


class Way:
    """One channel, opened for one job and closed with it."""

    channel: ClassVar[Channel]
    at_once: ClassVar[int]  # deliveries that are claimed together

    def __init__(self, school_id: UUID) -> None:
        self.school_id = school_id

    @abstractmethod
    def deliver(self, deliveries: Sequence[Delivery]) -> Iterator[list[Settled]]:
        """Send them, and tell of each group as it is done; the next is sent after it was noted.

        Outside any block. Raises DownError when nothing goes.
        """

    def close(self) -> None:
        """End what was opened."""


ways: dict[str, type[Way]] = {}


def way(declared: type[Way]) -> type[Way]:
    """Deliver over this channel by this class."""
    ways[declared.channel] = declared
    return declared
