"""The staff of a school as its office lists them: a few queries, however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer
from kring.joining.models import Invitation
from kring.office.search import Entry, found
from kring.office.typed import days_in_words
from kring.schools.models import Employment, Group, School, SchoolYear, TeachingAssignment
from kring.schools.second_factors import having_one


@dataclass(frozen=True)
class Held:
    """A role or a group that somebody has, had or will have."""

    id: UUID
    name: str
    detail: str  # as what, on which days
    hue: str
    starts_on: date
    ends_on: date | None

    def is_over(self, today: date) -> bool:
        """Whether it holds no more, or never did."""
        return self.ends_on is not None and (self.ends_on < today or self.ends_on < self.starts_on)


@dataclass
class Colleague:
    """A line of the list."""

    person: User
    roles: list[Held] = field(default_factory=list)
    lessons: list[Held] = field(default_factory=list)
    called: str = ""
    invitation: Invitation | None = None
    has_second_factor: bool = False

    @property
    def now(self) -> Colleague:
        """The same, with what holds today or later only."""
        today = clock.today()
        return Colleague(
            self.person,
            [one for one in self.roles if not one.is_over(today)],
            [one for one in self.lessons if not one.is_over(today)],
            self.called,
            self.invitation,
            self.has_second_factor,
        )

    @property
    def is_here(self) -> bool:
        """Whether anything holds today or later."""
        now = self.now
        return bool(now.roles or now.lessons)

    @property
    def is_in(self) -> bool:
        """Whether this person came in, and works here today."""
        today = clock.today()
        held = any(one.starts_on <= today for one in (*self.now.roles, *self.now.lessons))
        return held and self.person.joined_at is not None

    @property
    def since(self) -> date:
        return min(one.starts_on for one in (*self.roles, *self.lessons))

    @property
    def until(self) -> date | None:
        """The last day of all, where there is one."""
        ends = [one.ends_on for one in (*self.roles, *self.lessons)]
        return None if None in ends else max(end for end in ends if end)

    @property
    def connection(self) -> str:
        """Whether this person came in, in a few words."""
        if self.person.joined_at:
            return _("connected")
        if self.invitation is None:
            return _("not invited yet")
        if self.invitation.failed_at:
            return _("the mail did not arrive")
        if self.invitation.expires_at < clock.now():
            return _("invitation expired")
        return _("invited")


class Team:
    """Everybody who works at a school, or did."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school, self.viewer = school, viewer

    def colleagues(self, *, former: bool = False, query: str = "") -> list[Colleague]:
        """Who is here or comes; or who left. Those that fit the query best first, else by name."""
        everybody = self._read()
        here = [one.now for one in everybody if one.is_here]
        shown = [one for one in everybody if not one.is_here] if former else here
        shown.sort(key=lambda one: (one.person.sort_key, one.person.pk))
        if not query.strip():
            return shown
        return [shown[place] for place in found(query, [_entry(one) for one in shown])]

    def colleague(self, person_id: UUID) -> Colleague | None:
        """One of them."""
        return next(iter(self._read(user=person_id)), None)

    def _read(self, **whom: Any) -> list[Colleague]:
        people: dict[UUID, Colleague] = {}
        here = {"school": self.school, **whom}
        roles = Employment.objects.visible_to(self.viewer).filter(**here)
        for role in roles.select_related("user").order_by("starts_on", "role"):
            one = people.setdefault(role.user_id, Colleague(role.user))
            one.roles.append(_role(role))
            one.called = role.called or one.called
        lessons = TeachingAssignment.objects.visible_to(self.viewer).filter(**here)
        for lesson in lessons.select_related("user", "group").order_by("group__name", "starts_on"):
            one = people.setdefault(lesson.user_id, Colleague(lesson.user))
            one.lessons.append(_lesson(lesson))
        for invitation in self._invitations(people):
            people[invitation.person_id].invitation = invitation
        for key in having_one(people):
            people[key].has_second_factor = True
        return list(people.values())

    def _invitations(self, people: Iterable[UUID]) -> Iterable[Invitation]:
        standing = Invitation.objects.visible_to(self.viewer).standing()
        return standing.filter(school=self.school, person__in=list(people))


def _role(one: Employment) -> Held:
    name = str(one.get_role_display()).capitalize()
    return Held(one.pk, name, "", "school", one.starts_on, one.ends_on)


def _lesson(one: TeachingAssignment) -> Held:
    hue, detail = f"g{one.group.color}", _lesson_detail(one)
    return Held(one.pk, one.group.name, detail, hue, one.starts_on, one.ends_on)


def _lesson_detail(one: TeachingAssignment) -> str:
    kind = "" if one.kind == one.Kind.TEACHER else str(one.get_kind_display())
    return ", ".join(part for part in (kind, days_in_words(one.weekdays)) if part)


def taught(one: TeachingAssignment) -> str:
    """The teacher of a group with the days: 'Sanne Verhoeven (mo, tu)'."""
    detail = _lesson_detail(one)
    return f"{one.user.name} ({detail})" if detail else one.user.name


def _entry(one: Colleague) -> Entry:
    person = one.person
    beside = [one.called, *(held.name for held in (*one.roles, *one.lessons))]
    return Entry.of([person.first_name, person.infix, person.last_name], beside, [])


def groups_now(school: School, viewer: Viewer) -> Any:
    """The groups of this school year and of those to come."""
    years = SchoolYear.objects.visible_to(viewer).filter(school=school)
    coming = years.filter(ends_on__gte=clock.today()).values("pk")
    groups = Group.objects.visible_to(viewer).filter(school=school, year__in=coming)
    return groups.order_by("year__starts_on", "name")
