"""The families of a call list as lines: names, numbers, who calls them, and what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, Value
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.audiences.families import IN_CARE, Family
from kring.base import clock, saying
from kring.base.visibility import Viewer
from kring.feed.cards import initials_of
from kring.feed.models import Call, Confirmation, Post, Reading
from kring.feed.models.call import CLAIM_LASTS
from kring.schools.models import Guardianship, Student
from kring.schools.models.mourning import Mourning, in_mourning
from kring.schools.telephones import readable


class Number(NamedTuple):
    """Whom one gets on the telephone, and how."""

    name: str
    said: str  # as people write it
    dialled: str


class Spoken(NamedTuple):
    """A call that was made."""

    by: str
    at: datetime
    reached: bool
    said: str


@dataclass(kw_only=True)
class Line:
    """A family as the list shows it."""

    key: UUID  # of the family: see ``Call``
    guardian_ids: frozenset[UUID]
    names: str
    children: str
    initials: str
    joined: bool
    by_hand: bool  # nothing goes there by itself
    grieving: bool  # and the office of the school that wrote it down reads why
    for_office: bool  # which calls
    read: str = ""  # when, in the app or by the link of the mail
    by_link: bool = False  # by that alone: whoever has the mail can say so in their name
    numbers: Sequence[Number] = ()
    a_child: UUID | None = None  # where the office enters a number
    by: str = ""  # who is calling them now
    mine: Call | None = None  # one's own call, which may have lapsed
    history: list[Spoken] = field(default_factory=list)

    @property
    def reached(self) -> bool:
        """Read by one of them, or somebody spoke to them."""
        return bool(self.read) or any(call.reached for call in self.history)

    @property
    def in_order(self) -> tuple[bool, bool, str, str]:
        """Mourning first, for who may know of it; then whom nobody called yet."""
        return not self.grieving, bool(self.history), self.children, self.names


def key_of(family: Family) -> UUID:
    """One of its people: the oldest account, so that who comes later changes nothing."""
    return min(family.guardian_ids or family.child_ids)


@dataclass
class Lines:
    """All families of some posts, in a fixed number of queries."""

    families: Sequence[Family]
    posts: Sequence[Post]
    viewer: Viewer

    def all(self) -> list[Line]:
        """In the order in which they are called."""
        made = [self._line(place, family) for place, family in enumerate(self.families)]
        return sorted(made, key=lambda line: line.in_order)

    def _line(self, place: int, family: Family) -> Line:
        guardians = {one: self._people[one].name for one in family.guardian_ids & set(self._people)}
        # One child in two organisations is two students with one name.
        names = {self._students[one].name for one in family.child_ids if one in self._students}
        called, children = ", ".join(sorted(guardians.values())), ", ".join(sorted(names))
        by_hand = not self._by_hand.isdisjoint(family.guardian_ids)
        line = Line(
            key=key_of(family),
            guardian_ids=family.guardian_ids,
            names=called or _("No parent known"),
            children=children,
            initials=initials_of(called or children),
            joined=family.joined,
            by_hand=by_hand,
            grieving=by_hand and not self._grieving.isdisjoint(family.guardian_ids),
            for_office=by_hand and not self._leads,
            read=self._said_read(family),
            by_link=self._is_by_link(family),
            a_child=min(family.child_ids & set(self._students), default=None),
        )
        for call in self._calls[place]:
            self._add(line, call)
        if not line.reached and not line.for_office:
            line.numbers = self._numbers_of(guardians)
        return line

    def _add(self, line: Line, call: Call) -> None:
        caller = self._people[call.caller_id].name if call.caller_id in self._people else "…"
        if call.outcome:
            reached = call.outcome == Call.Outcome.REACHED
            moment = call.ended_at or call.claimed_at
            line.history.append(Spoken(caller, moment, reached, call.said))
        elif call.ended_at is None:
            if call.caller_id == self.viewer.user_id:
                line.mine = call
            if call.claimed_at > clock.now() - CLAIM_LASTS:
                line.by = caller

    def _numbers_of(self, guardians: Mapping[UUID, str]) -> Sequence[Number]:
        return [
            Number(name, readable(number), number)
            for one, name in sorted(guardians.items(), key=lambda item: item[1])
            for number in sorted(self._telephones[one])
        ]

    def _said_read(self, family: Family) -> str:
        moments = [self._readings[one] for one in family.guardian_ids if one in self._readings]
        return saying.said(min(moments), now=clock.now()) if moments else ""

    def _is_by_link(self, family: Family) -> bool:
        """Whether nobody of them opened it here, signed in."""
        read = family.guardian_ids & set(self._readings)
        return bool(read) and read.isdisjoint(self._signed_in)

    @cached_property
    def _guardians(self) -> frozenset[UUID]:
        return frozenset[UUID]().union(*(family.guardian_ids for family in self.families))

    @cached_property
    def _children(self) -> frozenset[UUID]:
        return frozenset[UUID]().union(*(family.child_ids for family in self.families))

    @cached_property
    def _students(self) -> Mapping[UUID, Student]:
        return Student.objects.visible_to(self.viewer).in_bulk(list(self._children))

    @cached_property
    def _people(self) -> Mapping[UUID, User]:
        callers = {call.caller_id for call in self._made}
        people = User.objects.visible_to(self.viewer)
        known: Mapping[UUID, User] = people.in_bulk([*self._guardians, *callers])
        return known

    @cached_property
    def _leads(self) -> bool:
        """Whom nothing reaches by itself, is called by the office; in a BSO by who works there."""
        led = self.viewer.ids("leads", "administers", "cares_for")
        return all(post.school_id in led for post in self.posts)

    @cached_property
    def _by_hand(self) -> frozenset[UUID]:
        return in_mourning(self._guardians)

    @cached_property
    def _grieving(self) -> frozenset[UUID]:
        """Of whom this person may know: what another organisation wrote down stays there."""
        if not self._by_hand:
            return frozenset()
        known = Mourning.objects.visible_to(self.viewer).standing()
        children, homes = known.values("student"), known.values("household")
        ties = Guardianship.objects.visible_to(self.viewer).filter(guardian__in=self._by_hand)
        around = ties.filter(Q(student__in=children) | Q(household__in=homes))
        return frozenset(around.values_list("guardian", flat=True))

    @cached_property
    def _telephones(self) -> Mapping[UUID, set[str]]:
        """Per guardian; what the school has of them for these children."""
        ties = Guardianship.objects.visible_to(self.viewer).at(clock.now())
        ties = ties.filter(student__in=self._children, access=IN_CARE).exclude(telephone="")
        found: defaultdict[UUID, set[str]] = defaultdict(set)
        for guardian, number in ties.values_list("guardian_id", "telephone"):
            found[guardian].add(number)
        return found

    @cached_property
    def _said(self) -> Sequence[tuple[UUID, datetime, str]]:
        """Who opened it or said to have read it, when, and over which way."""
        own = {"post__in": [post.pk for post in self.posts]}
        read = Reading.objects.visible_to(self.viewer).filter(**own)
        said = Confirmation.objects.visible_to(self.viewer).filter(**own)
        opened = read.values_list("user_id", "created_at", Value(Confirmation.Way.APP.value))
        return [*opened, *said.values_list("person_id", "created_at", "way")]

    @cached_property
    def _readings(self) -> Mapping[UUID, datetime]:
        """Per person the first moment, in the app or by the link of the mail."""
        last_first = sorted(self._said, key=lambda one: one[1], reverse=True)
        return {person: moment for person, moment, _way in last_first}

    @cached_property
    def _signed_in(self) -> frozenset[UUID]:
        """Who did so in the app."""
        return frozenset(one for one, _moment, way in self._said if way == Confirmation.Way.APP)

    @cached_property
    def _made(self) -> list[Call]:
        calls = Call.objects.visible_to(self.viewer).filter(card_id=self.posts[0].card_id)
        return list(calls.order_by("claimed_at"))

    @cached_property
    def _calls(self) -> Mapping[int, list[Call]]:
        """Per place of a family: found again by any of its people, or by its child alone."""
        places: defaultdict[UUID, set[int]] = defaultdict(set)
        for place, family in enumerate(self.families):
            for one in family.guardian_ids or family.child_ids:
                places[one].add(place)
        found: defaultdict[int, list[Call]] = defaultdict(list)
        for call in self._made:
            for place in self._places(call.guardian_ids or [call.student_id], places):
                found[place].append(call)
        return found

    @staticmethod
    def _places(ids: Iterable[UUID], places: Mapping[UUID, set[int]]) -> set[int]:
        return set[int]().union(*(places.get(one, ()) for one in ids))
