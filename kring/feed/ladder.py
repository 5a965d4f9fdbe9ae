"""The reach ladder of a post: what each family got, over which way and when, in one table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.audiences.families import Family, Neighbourhood
from kring.base.visibility import Viewer
from kring.feed import call_lines
from kring.feed.call_lines import Lines, key_of
from kring.feed.models import Post, Slip
from kring.feed.reach import day_of, families_of, neighbours_of, thread_of
from kring.feed.sendings import Sending, sendings_of
from kring.notifications.channels import Way, up_the_ladder

BEST_FIRST = ("sent", "sending", "queued", "dead", "failed")
BAD = {"bounced", "failed", "dead"}
SAID: Mapping[str, Promise] = {
    "sent": _("sent"),
    "queued": _("on its way"),
    "sending": _("on its way"),
    "failed": _("refused"),
    "dead": _("not sent: the server did not take it"),
    "bounced": _("came back"),
    "joined": _("in Kring only"),
    "apart": _("not connected"),
}


class Rung(NamedTuple):
    """What became of one way to a family."""

    way: type[Way]
    state: str  # of a delivery, or why there is none: a key of ``SAID``
    at: datetime | None = None

    @property
    def text(self) -> Promise:
        """The state in words."""
        return SAID[self.state]

    @property
    def bad(self) -> bool:
        """It did not arrive, and will not."""
        return self.state in BAD


@dataclass(kw_only=True)
class Step:
    """A family on the ladder."""

    line: call_lines.Line
    family: Family
    rungs: list[Rung]  # of each channel one, in the order of the ladder
    slips: list[Slip] = field(default_factory=list)

    @property
    def slip_at(self) -> datetime | None:
        """When a slip was printed for them, for the last time."""
        return max((slip.created_at for slip in self.slips), default=None)


@dataclass
class Ladder:
    """The families of a post and its siblings, for who may know them all."""

    viewer: Viewer
    posts: list[Post]  # the one that was asked for first

    @classmethod
    def of(cls, viewer: Viewer, post_id: UUID) -> Ladder:
        """Raises Http404 for what is not out, and for who may not know all families."""
        seen = Post.objects.visible_to(viewer).out()
        return cls(viewer, thread_of(post_id, seen, viewer))

    @property
    def post(self) -> Post:
        """The one that was asked for."""
        return self.posts[0]

    @cached_property
    def around(self) -> Neighbourhood:
        """All families that the posts can be about."""
        return neighbours_of(self.posts, self.viewer)

    @cached_property
    def steps(self) -> list[Step]:
        """Every family: first whom nothing reached, by child."""
        families = families_of(self.posts, self.around)
        by_key = {key_of(family): family for family in families}
        lines = Lines(families, self.posts, self.viewer).all()
        made = [self._step(line, by_key[line.key]) for line in lines]
        return sorted(made, key=lambda one: (one.line.reached, one.line.children, one.line.names))

    @property
    def left(self) -> list[Step]:
        """Whom nothing reached yet."""
        return [step for step in self.steps if not step.line.reached]

    @property
    def to_print(self) -> list[Step]:
        """Who gets a slip: whom nothing reached. Who mourns is not pressed."""
        return [step for step in self.left if not step.line.by_hand]

    @property
    def grieving(self) -> list[Step]:
        """Whom the office calls or visits; for who may know that they mourn."""
        return [step for step in self.left if step.line.grieving]

    @property
    def counts(self) -> Mapping[str, int]:
        """What stands above the table."""
        steps = self.steps
        return {
            "families": len(steps),
            "reached": sum(step.line.reached for step in steps),
            "bounced": sum(any(map(_wants_mending, step.rungs)) for step in steps),
            "printed": sum(bool(step.slips) for step in steps),
            "called": sum(bool(step.line.history) for step in steps),
        }

    @property
    def ways(self) -> list[tuple[type[Way], int]]:
        """Each channel, and how many families it went to."""
        rungs = [rung for step in self.steps for rung in step.rungs]
        went = Counter(one.way for one in rungs if one.state == "sent")
        return [(way, went[way]) for way in up_the_ladder()]

    def addressing(self, family: Family) -> tuple[Post, UUID]:
        """Of the siblings the first that this family is addressed by, and through which child."""
        return next(
            (post, min(children))
            for post in self.posts
            if (children := self.around.children(post.audience, day_of(post)) & family.child_ids)
        )

    def _step(self, line: call_lines.Line, family: Family) -> Step:
        sent = [one for person in family.guardian_ids for one in self._sendings[person]]
        return Step(
            line=line,
            family=family,
            rungs=[_rung(way, sent, family) for way in up_the_ladder()],
            slips=[slip for slip in self._slips if _is_of(slip, family)],
        )

    @cached_property
    def _sendings(self) -> defaultdict[UUID, list[Sending]]:
        """Per person."""
        found: defaultdict[UUID, list[Sending]] = defaultdict(list)
        for one in sendings_of(self.post.card_id):
            found[one.person_id].append(one)
        return found

    @cached_property
    def _slips(self) -> list[Slip]:
        slips = Slip.objects.visible_to(self.viewer)
        return list(slips.filter(post__in=[post.pk for post in self.posts]))


def _is_of(slip: Slip, family: Family) -> bool:
    if slip.guardian_ids:
        return not family.guardian_ids.isdisjoint(slip.guardian_ids)
    return slip.student_id in family.child_ids


def _wants_mending(rung: Rung) -> bool:
    """Somebody is to ask for another address; a device says itself that it is gone."""
    return rung.bad and not rung.way.per_device


def _rung(way: type[Way], sendings: Sequence[Sending], family: Family) -> Rung:
    """The best of what went to its people: one of them is enough.

    Who wants no mail, or no push, or only the newsletter, is reached in the app: which of these a
    family chose, and whether it chose, no school reads.
    """
    own = (one for one in sendings if one.channel == way.channel)
    sent = [one for one in own if one.state != "skipped"]
    if not sent:
        return Rung(way, "joined" if family.joined else "apart")
    arrived = [one for one in sent if not one.bounced]
    if not arrived:
        return Rung(way, "bounced", sent[0].done_at)
    best = min(arrived, key=lambda one: BEST_FIRST.index(one.state))
    return Rung(way, best.state, best.done_at)
