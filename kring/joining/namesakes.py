"""Names that more than one card bears, at least one of them an account: perhaps one person.

One rule for the warning of the office and for the page where it is mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer
from kring.schools.models import Employment, Guardianship, School


@dataclass(frozen=True)
class Card:
    """Somebody with this name, and what tells two people of one name apart."""

    person: User
    children: list[str]
    roles: list[str]


@dataclass(frozen=True)
class Name:
    """One name, and the cards that bear it."""

    name: str
    cards: list[Card]


def borne_twice(school: School, by: Viewer) -> QuerySet[User, Any]:
    """Rows of sort key, first name, infix and last name, by name.

    Half a name is nobody's namesake; nor is who has left.
    """
    twice = _people(school, by).values("sort_key")
    cards = twice.annotate(cards=Count("pk"), accounts=Count("joined_at"))
    found = cards.filter(cards__gt=1, accounts__gt=0).order_by("sort_key")
    return found.values_list("sort_key", Min("first_name"), Min("infix"), Min("last_name"))


def names_of(keys: Collection[str], school: School, by: Viewer) -> list[Name]:
    """Who bear these names, with children and roles beside them. Three queries, however many."""
    people = list(_people(school, by).filter(sort_key__in=keys).order_by("sort_key", "pk"))
    children, roles = _children(people, school, by), _roles(people, school, by)
    return [
        Name(
            name=same[0].name,
            cards=[Card(one, children[one.pk], roles[one.pk]) for one in same],
        )
        for same in (list(bearers) for _key, bearers in groupby(people, lambda one: one.sort_key))
    ]


def _people(school: School, by: Viewer) -> QuerySet[User]:
    here = Q(pk__in=_ties(school, by).values("guardian"))
    here |= Q(pk__in=_jobs(school, by).values("user"))
    people: QuerySet[User] = User.objects.visible_to(by).exclude(last_name="").filter(here)
    return people


def _ties(school: School, by: Viewer) -> QuerySet[Guardianship]:
    return Guardianship.objects.visible_to(by).standing(clock.now()).filter(school=school)


def _jobs(school: School, by: Viewer) -> QuerySet[Employment]:
    return Employment.objects.visible_to(by).not_over(clock.today()).filter(school=school)


def _children(people: Collection[User], school: School, by: Viewer) -> dict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    ties = _ties(school, by).filter(guardian__in=people).select_related("student")
    for tie in ties.order_by("student__sort_key", "pk"):
        found[tie.guardian_id].append(tie.student.name)
    return found


def _roles(people: Collection[User], school: School, by: Viewer) -> dict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for job in _jobs(school, by).filter(user__in=people).order_by("role", "pk"):
        found[job.user_id].append(str(job.get_role_display()))
    return found
