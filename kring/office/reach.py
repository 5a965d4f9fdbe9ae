"""How far a school is in reaching every family: the page of who leads it.

A home is connected here when the page of the invitations says so: both read ``Home.state``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.feed.models import Post
from kring.joining.homes import Adult, Home, State, homes_of, mourning_among
from kring.joining.letters import About
from kring.joining.posting import Wanted, addressed, hinted
from kring.notifications.models import Reply
from kring.notifications.reach import Reachable, reachable_of
from kring.schools.models import School

MOST_REPLIES = 20  # the latest


class Lack(models.TextChoices):
    """What a family lacks to be reached; it may lack several."""

    CONNECTION = "connection", _("Not connected yet")
    ADDRESS = "address", _("No working e-mail address")
    PUSH = "push", _("No push on a phone")


PRESSING = frozenset({Lack.CONNECTION, Lack.ADDRESS})  # without a push one still has the mail


@dataclass(frozen=True)
class Line:
    """A child at a home, and how its family can be reached."""

    home: Home
    adults: tuple[tuple[Adult, Reachable | None], ...]  # of the family

    @property
    def connected(self) -> bool:
        return self.home.state == State.CONNECTED

    @cached_property
    def lacks(self) -> frozenset[Lack]:
        joined = [reach for adult, reach in self.adults if adult.joined and reach]
        lacking = {
            Lack.CONNECTION: not self.connected,
            Lack.ADDRESS: not any(_has_address(*one) for one in self.adults),
            Lack.PUSH: self.connected and not any(reach.has_push for reach in joined),
        }
        return frozenset(lack for lack, holds in lacking.items() if holds)

    @property
    def lacking(self) -> list[Lack]:
        """In the order of the page."""
        return [lack for lack in Lack if lack in self.lacks]

    @property
    def bouncing(self) -> list[tuple[Adult, Reachable]]:
        """Whose mail comes back."""
        return [(adult, reach) for adult, reach in self.adults if reach and reach.bounced_at]

    @property
    def returned(self) -> list[Adult]:
        """Whose invitation came back, at the address that the school has."""
        return [adult for adult, _reach in self.adults if _came_back(adult)]

    @property
    def names(self) -> str:
        return ", ".join(adult.name for adult, _reach in self.adults)


class Tally(NamedTuple):
    """A group, or the school: children at their homes, counted."""

    group_id: UUID | None
    group: str
    homes: int
    connected: int
    unconnected: int  # for whom there is a letter: who mourn are left alone
    address: int
    push: int

    @property
    def percent(self) -> int:
        return 100 * self.connected // self.homes if self.homes else 0


class Answered(NamedTuple):
    """Somebody answered a mail: who, when, about which message where one may see it."""

    person_id: UUID
    name: str
    at: datetime
    post_id: UUID | None


class SchoolReach:
    """All families of a school at once: a handful of queries, however many."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school, self.viewer = school, viewer

    @cached_property
    def lines(self) -> list[Line]:
        """Each child at each home with somebody who cares, or with nobody known."""
        known = reachable_of(self.school.pk)
        homes = homes_of(self.viewer, self.school.pk)
        return [_line(home, known) for home in homes if home.state != State.FETCHERS]

    @cached_property
    def tallies(self) -> list[Tally]:
        """Per group, in the order of the list."""
        groups: defaultdict[tuple[UUID, str], list[Line]] = defaultdict(list)
        for line in self.lines:
            groups[line.home.group_id, line.home.group].append(line)
        return [_tally(*group, lines) for group, lines in groups.items()]

    @property
    def rows(self) -> list[Tally]:
        """Each group, and below them all together."""
        return [*self.tallies, self.total] if len(self.tallies) > 1 else self.tallies

    @cached_property
    def total(self) -> Tally:
        """Of the whole school."""
        return _tally(None, "", self.lines)

    def lacking(self, lack: Lack | None, group_id: UUID | None) -> list[Line]:
        """The families to do something about; none in mourning, whom nobody presses.

        Without ``lack``: those that neither Kring nor the mail reaches.
        """
        return [line for line in self._all(lack, group_id) if not line.home.in_mourning]

    def left_out(self, lack: Lack | None, group_id: UUID | None) -> int:
        """How many families are not among them because they mourn."""
        return mourning_among(line.home for line in self._all(lack, group_id))

    @property
    def mourning(self) -> int:
        """How many families of the school are left out."""
        return mourning_among(line.home for line in self.lines)

    def _all(self, lack: Lack | None, group_id: UUID | None) -> list[Line]:
        return [
            line
            for line in self.lines
            if not line.lacks.isdisjoint({lack} if lack else PRESSING)
            and group_id in {None, line.home.group_id}
        ]

    def replies(self) -> list[Answered]:
        """The latest answers to mails; what they said was not kept."""
        found = Reply.objects.visible_to(self.viewer).filter(school=self.school)
        latest = list(found.order_by("-created_at")[:MOST_REPLIES])
        people = User.objects.visible_to(self.viewer).in_bulk([one.person_id for one in latest])
        about = [one.subject_id for one in latest if one.subject_id]
        posts = Post.objects.visible_to(self.viewer).filter(pk__in=about)
        seen = set(posts.values_list("pk", flat=True))
        return [
            Answered(
                one.person_id,
                people[one.person_id].name,
                one.created_at,
                one.subject_id if one.subject_id in seen else None,
            )
            for one in latest
            if one.person_id in people
        ]


def letters_for(lines: Iterable[Line], lack: Lack | None) -> list[Wanted]:
    """A letter for each line, in this order.

    With a code where nobody is in. Where somebody is, a code would let a finder into an account
    that works: those letters hold none, and say where to do what is asked.
    """
    about = About.PUSH if lack == Lack.PUSH else About.ADDRESS
    return [
        letter
        for line in lines
        for letter in (hinted([line.home], about) if line.connected else addressed([line.home]))
    ]


def _line(home: Home, known: Mapping[UUID, Reachable]) -> Line:
    family = (adult for adult in home.adults if adult.is_family)
    return Line(home, tuple((adult, known.get(adult.person_id)) for adult in family))


def _has_address(adult: Adult, reach: Reachable | None) -> bool:
    """Of who is in, the address of the account; of who is not, the one that the school has."""
    if adult.joined:
        return reach is not None and reach.by_mail
    return bool(adult.email) and not _came_back(adult)


def _came_back(adult: Adult) -> bool:
    mail = None if adult.joined or adult.went_elsewhere else adult.mail
    return mail is not None and mail.failed_at is not None


def _tally(group_id: UUID | None, group: str, lines: Iterable[Line]) -> Tally:
    lines = list(lines)
    return Tally(
        group_id,
        group,
        homes=len(lines),
        connected=sum(line.connected for line in lines),
        unconnected=_count(lines, Lack.CONNECTION),
        address=_count(lines, Lack.ADDRESS),
        push=_count(lines, Lack.PUSH),
    )


def _count(lines: Iterable[Line], lack: Lack) -> int:
    return sum(1 for _one in _lacking(lines, lack))


def _lacking(lines: Iterable[Line], lack: Lack) -> Iterator[Line]:
    return (line for line in lines if lack in line.lacks and not line.home.in_mourning)
