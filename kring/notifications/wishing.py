"""What a person chose: how often, over which ways, and when not. No school reads it.

A person's own, of no school: so no school's trail keeps it either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any
from uuid import UUID

from django.db import transaction

from kring.base import clock
from kring.base.visibility import Viewer
from kring.notifications.channels import ways
from kring.notifications.kinds import BROADCAST, MAIL, Kind, offered
from kring.notifications.models import Preference, Wishes

type Switch = tuple[Kind, str]  # and the channel
type Quiet = tuple[time, time]

WITHOUT_SWITCH = (Kind.OWN,)
OF_STAFF = (Kind.COMMENTS, Kind.SILENCE)  # families find comments in the app


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Everything that one chose, or what holds for who chose nothing."""

    rhythm: Wishes.Rhythm = Wishes.Rhythm.AT_ONCE
    quiet: Quiet | None = None
    said: Mapping[Switch, bool] = field(default_factory=dict)

    def wants(self, kind: Kind, channel: str) -> bool:
        """What the switch says; as ``kring_ways`` where nothing was said."""
        way = ways[channel]
        return kind not in way.unfit and self.said.get((kind, channel), way.usual)

    def goes(self, kind: Kind, channel: str) -> bool:
        """Whether it goes by itself, at once: the rhythm holds broadcasts back."""
        held = self.rhythm != Wishes.Rhythm.AT_ONCE and kind in BROADCAST
        return self.wants(kind, channel) and not held


def switches(viewer: Viewer) -> list[Kind]:
    """What there is to choose, for this person: what Kring tells of today."""
    of_none = {*WITHOUT_SWITCH, *(() if viewer.staff_of else OF_STAFF)}
    return [kind for kind in Kind if kind in offered and kind not in of_none]


def chosen_by(viewer: Viewer) -> Chosen:
    """In the block of the viewer."""
    wishes = Wishes.objects.visible_to(viewer).filter(person=viewer.person_id).first()
    own = Preference.objects.visible_to(viewer).filter(person=viewer.person_id)
    said = {(Kind(one.kind), one.channel): one.wanted for one in own}
    if wishes is None:
        return Chosen(said=said)
    begin, end = wishes.quiet_from, wishes.quiet_until
    return Chosen(
        rhythm=Wishes.Rhythm(wishes.rhythm),
        quiet=None if begin is None or end is None else (begin, end),
        said=said,
    )


@transaction.atomic
def choose(chosen: Chosen, *, by: Viewer) -> None:
    """All of it, from now on: also for what waits to be sent."""
    quiet_from, quiet_until = chosen.quiet or (None, None)
    _keep_wishes(by, rhythm=chosen.rhythm, quiet_from=quiet_from, quiet_until=quiet_until)
    _keep_switches(by.person_id, chosen.said)


@transaction.atomic
def settle(rhythm: Wishes.Rhythm | None = None, *, by: Viewer) -> None:
    """This person was asked how often she wants to hear; None: later. She is not asked again."""
    _keep_wishes(by, **({"rhythm": rhythm} if rhythm else {}))


@transaction.atomic
def is_stopped(viewer: Viewer, kind: Kind) -> bool:
    """Whether this person gets no mail of this kind. In the own block."""
    own = Preference.objects.visible_to(viewer).filter(person=viewer.person_id)
    return own.filter(kind=kind, channel=MAIL, wanted=False).exists()


def stop(person_id: UUID, kind: Kind, *, wanted: bool = False) -> None:
    """No more mail of this kind, or again. In the block of the person; twice is once."""
    _keep_switches(person_id, {(kind, MAIL): wanted})


def _keep_wishes(by: Viewer, **told: Any) -> None:
    """One statement, so that two at once leave one row."""
    row = Wishes(person_id=by.person_id, settled_at=clock.now(), **told)
    Wishes.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["settled_at", *told],
    )


def _keep_switches(person_id: UUID, said: Mapping[Switch, bool]) -> None:
    # In one order, so that two at once never wait for each other.
    rows = [
        Preference(person_id=person_id, kind=kind, channel=channel, wanted=wanted)
        for (kind, channel), wanted in sorted(said.items())
    ]
    Preference.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "kind", "channel"],
        update_fields=["wanted"],
    )
