"""What was written at De Kring, put into the database with its pictures and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Least

from kring.audiences.models import Audience
from kring.base import clock
from kring.demo.cast import identity
from kring.demo.kindcentrum.hanging import Hung
from kring.demo.kindcentrum.kin import Child, Family, Guardian
from kring.demo.kindcentrum.population import BSO, CARE_GROUPS, SCHOOL, group_id
from kring.demo.kindcentrum.staff import STAFF, Colleague
from kring.demo.kindcentrum.writings import POSTS
from kring.demo.kindcentrum.written import Written
from kring.feed.models import Comment, Like, Post, Reading

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
FRIDAY = 4
IN_THE_DEMO = 5  # families, whose people read the newest posts themselves
MANY = 60  # guardians: more than those of one group
SOON = 5  # names of days that a text may speak of
BETWEEN = timedelta(minutes=7)
COLLEAGUES = {one.key: one for one in STAFF}


def write(families: Sequence[Family]) -> None:
    """Make all posts. The number of statements does not grow with their number."""
    calendar, town = Calendar(clock.now()), Town(families)
    sent = [
        Sent(number, written, where, calendar, town)
        for number, written in enumerate(POSTS)
        for where in _places(written)
    ]
    Post.objects.bulk_create(one.post for one in sent)
    Hung([(one.post, one.written) for one in sent]).hang()
    Reading.objects.bulk_create(row for one in sent for row in one.readings())
    Like.objects.bulk_create(row for one in sent for row in one.likes())
    comments = [row for one in sent for row in one.comments()]
    moments = [row.created_at for row in comments]
    for row, moment in zip(Comment.objects.bulk_create(comments), moments, strict=True):
        row.created_at = moment  # the first writing puts this moment there
    Comment.objects.bulk_update(comments, ["created_at"])


def freshen() -> None:
    """Move all days along, so that what was written today is of today again."""
    newest = [number for number, written in enumerate(POSTS) if written.day == 0]
    ours = [post_id(number, where) for number, one in enumerate(POSTS) for where in _places(one)]
    today = Post.objects.filter(pk__in=[post_id(number, SCHOOL) for number in newest])
    last = today.order_by("-published_at").values_list("published_at", flat=True).first()
    if last is None:
        return
    days = clock.today() - last.astimezone(clock.SCHOOL_TIME).date()
    if days > timedelta():
        now = clock.now()  # nothing comes out later today
        sent = Least(F("published_at") + days, Value(now - BETWEEN))
        Post.objects.filter(pk__in=ours).update(published_at=sent)
        said = Least(F("created_at") + days, Value(now))
        Comment.objects.filter(post__in=ours).update(created_at=said)


def post_id(number: int, where: str) -> UUID:
    """The same in every demo."""
    return identity(f"kring post {number} {where}")


def _places(written: Written) -> tuple[str, ...]:
    if written.to == "both":
        return SCHOOL, BSO
    return (BSO,) if written.to in {"bso", *CARE_GROUPS} else (SCHOOL,)


class Calendar:
    """The days of school up to this moment: 0 is today, whatever day that is."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = now.astimezone(clock.SCHOOL_TIME).date()
        self.waiting = 0

    def day(self, back: int) -> date:
        """So many days of school ago."""
        day = self.today
        for _ in range(back):
            day -= timedelta(days=1)
            while day.weekday() > FRIDAY:
                day -= timedelta(days=1)
        return day

    def moment(self, back: int, at: str) -> datetime:
        """That time of that day; what would be later today came out a little while ago."""
        planned = datetime.combine(self.day(back), time.fromisoformat(at), clock.SCHOOL_TIME)
        if planned < self.now - BETWEEN:
            return planned
        self.waiting += 1
        return self.now - BETWEEN * self.waiting

    def ahead(self, at: str) -> datetime:
        """That time of the next day of school."""
        day = self.today + timedelta(days=1)
        while day.weekday() > FRIDAY:
            day += timedelta(days=1)
        return datetime.combine(day, time.fromisoformat(at), clock.SCHOOL_TIME)

    def names(self, back: int) -> dict[str, str]:
        """What the days of school after it are called."""
        day, names = self.day(back), {}
        for ahead in range(1, SOON + 1):
            day += timedelta(days=1)
            while day.weekday() > FRIDAY:
                day += timedelta(days=1)
            names[f"over{ahead}"] = WEEKDAYS[day.weekday()].capitalize()
        return names


class Town:
    """Who is reached by what is sent where."""

    def __init__(self, families: Sequence[Family]) -> None:
        self.readers: dict[str, list[tuple[Guardian, Child]]] = defaultdict(list)
        self.at_hand = {one.key for family in families[:IN_THE_DEMO] for one in family.guardians}
        for family in families:
            for child in family.children:
                for guardian in family.guardians:
                    if guardian.joined and guardian.access == "in_care":
                        self._enter(guardian, child)

    def _enter(self, guardian: Guardian, child: Child) -> None:
        for key in (str(child.group), "school", *((child.care, "bso") if child.care else ())):
            self.readers[key].append((guardian, child))


class Sent:
    """One post to one organisation, and what came of it."""

    def __init__(
        self, number: int, written: Written, where: str, calendar: Calendar, town: Town
    ) -> None:
        self.number, self.written, self.where, self.town = number, written, where, town
        self.random = Random(f"post {number} {where}")  # noqa: S311 - made-up people
        self.author = COLLEAGUES[written.by]
        self.post = Post(
            **_audience(written, where).columns(),
            id=post_id(number, where),
            card_id=identity(f"kring card {number}"),
            key=identity(f"kring form {number}"),
            author_id=identity(written.by),
            text=_text(written.text, calendar.names(written.day)),
            byline=_byline(self.author),
            byline_role=self.author.role,
            allows_comments=written.talk,
            published_at=calendar.moment(written.day, written.at),
        )

    @cached_property
    def reached(self) -> list[tuple[Guardian, Child]]:
        """Guardians with an account, each with one child there, in the order in which they read."""
        keys = {"both": ["school" if self.where == SCHOOL else "bso"]}
        groups = keys.get(self.written.to, self.written.to.split())
        found = {
            guardian.key: (guardian, child)
            for group in groups
            for guardian, child in self.town.readers.get(group, [])
        }
        return self.random.sample(list(found.values()), len(found))

    @cached_property
    def who_read(self) -> list[tuple[Guardian, Child]]:
        """Those who read it; whom one can be in the demo reads the newest by hand."""
        some = self.reached[: round(len(self.reached) * self.written.read)]
        return [
            pair for pair in some if self.written.day > 1 or pair[0].key not in self.town.at_hand
        ]

    def readings(self) -> Iterator[Reading]:
        """Of guardians, or of colleagues for what is sent to the team."""
        keys = [guardian.key for guardian, _child in self.who_read]
        if self.written.to == "team":
            here = [one.key for one in STAFF if SCHOOL in one.at and one is not self.author]
            keys = here[: round(len(here) * self.written.read)]
        for key in keys:
            yield Reading(school_id=self.post.school_id, post=self.post, user_id=identity(key))

    def likes(self) -> Iterator[Like]:
        """Some of those who read it, fewer of a message to everybody."""
        share = self.written.likes / (2 if len(self.reached) < MANY else 5)
        for guardian, _child in self.who_read[: round(len(self.reached) * share)]:
            user = identity(guardian.key)
            yield Like(school_id=self.post.school_id, post=self.post, user_id=user)

    def comments(self) -> Iterator[Comment]:
        """In their order; a parent speaks of the own child."""
        moment, parents = self.post.published_at, iter(self.who_read)
        pause = (clock.now() - moment) / (len(self.written.comments) + 1)
        for number, (by, text) in enumerate(self.written.comments):
            moment += min(pause, timedelta(minutes=self.random.randint(12, 95)))
            fields = self._said(by, text, parents)
            yield Comment(
                school_id=self.post.school_id,
                post=self.post,
                key=identity(f"kring comment {self.number} {number}"),
                created_at=moment,
                **fields,
            )

    def _said(
        self, by: str, text: str, parents: Iterator[tuple[Guardian, Child]]
    ) -> Mapping[str, Any]:
        if by != "parent":
            return {"author_id": identity(by), "byline": _byline(COLLEAGUES[by]), "text": text}
        guardian, child = next(parents)
        said = text.format(kind=child.first)
        return {"author_id": identity(guardian.key), "byline": guardian.name, "text": said}


def _text(text: str, days: Mapping[str, str]) -> str:
    """With the names of days, small inside a sentence."""
    for name, day in days.items():
        at = text.find("{" + name + "}")
        begins = at == 0 or text[max(0, at - 2) : at] in {". ", "? ", "! "}
        text = text.replace("{" + name + "}", day if begins else day.lower())
    return text


def _byline(colleague: Colleague) -> str:
    called = colleague.called
    return called[:1].upper() + called[1:] if called else colleague.name


def _audience(written: Written, where: str) -> Audience:
    school = identity(where)
    if written.to in {"school", "bso", "both"}:
        return Audience(school, whole_school=True)
    if written.to == "team":
        return Audience(school, staff_only=True)
    keys: list[int | str] = [int(key) if key.isdigit() else key for key in written.to.split()]
    return Audience(school, group_ids=tuple(group_id(key) for key in keys))
