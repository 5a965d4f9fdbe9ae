"""Two accounts of one person: the office moves what one has at its school to the other.

Only this school's ties move. What the accounts are elsewhere, and what was written with them, stays
as it is: an account is the person's own, and no school opens or closes it for another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, permutations
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kring.accounts.models import User
from kring.accounts.sessions import end_all_sessions
from kring.base import clock
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.joining.claiming import leave_card
from kring.schools.models import Employment, Guardianship, School, TeachingAssignment
from kring.schools.viewers import viewer_of

type Tie = Guardianship | Employment | TeachingAssignment


@dataclass(frozen=True, kw_only=True)
class Merge:
    """What would happen: shown before the yes, and looked at again with it."""

    moving: list[Guardianship] = field(default_factory=list)
    doubled: list[Guardianship] = field(default_factory=list)  # both have it: one of them ends
    contradicting: list[Guardianship] = field(default_factory=list)
    jobs: list[Employment] = field(default_factory=list)
    doubled_jobs: list[Employment] = field(default_factory=list)
    lessons: list[TeachingAssignment] = field(default_factory=list)

    @property
    def is_possible(self) -> bool:
        """Whether nothing contradicts, and there is anything to move."""
        return not self.contradicting and bool(
            self.moving or self.doubled or self.jobs or self.doubled_jobs or self.lessons
        )


def person_of(school: School, person_id: UUID, by: Viewer) -> User | None:
    """An account or card with a tie to this school, as far as the office sees it."""
    person: User | None = User.objects.visible_to(by).filter(pk=person_id).first()
    if person is None:
        return None
    tied = (_guardianships, _jobs, _lessons)
    return person if any(ties(person, school, by).exists() for ties in tied) else None


def namesakes(school: School, by: Viewer) -> list[tuple[User, User]]:
    """From whom into whom could be merged: one name, and the one that stays is an account."""
    kinds = ((Guardianship, "guardian"), (Employment, "user"))
    ties = [kind.objects.visible_to(by).filter(school=school).values(name) for kind, name in kinds]
    seen = User.objects.visible_to(by).exclude(last_name="")  # half a name is nobody's namesake
    people = seen.filter(Q(pk__in=ties[0]) | Q(pk__in=ties[1]))
    twice = people.values("sort_key").annotate(cards=Count("pk")).filter(cards__gt=1)
    found = people.filter(sort_key__in=twice.values("sort_key")).order_by("sort_key", "pk")
    return [
        (one, other)
        for _name, same in groupby(found, key=lambda person: person.sort_key)
        for one, other in permutations(same, 2)
        if other.joined_at
    ]


def planned(from_account: User, into_account: User, school: School, by: Viewer) -> Merge:
    """What merging these two would do. In the office's block."""
    into = list(_guardianships(into_account, school, by))
    plan = Merge()
    for tie in _guardianships(from_account, school, by):
        twins = [one for one in into if one.student_id == tie.student_id and _overlap(one, tie)]
        if any(not _agree(one, tie) for one in twins):
            plan.contradicting.append(tie)
        else:
            (plan.doubled if twins else plan.moving).append(tie)
    held = set(_jobs(into_account, school, by).filter(ends_on=None).values_list("role", flat=True))
    for job in _jobs(from_account, school, by):
        (plan.doubled_jobs if job.ends_on is None and job.role in held else plan.jobs).append(job)
    plan.lessons.extend(_lessons(from_account, school, by))
    return plan


def merge(from_account: User, into_account: User, school: School, by: Viewer) -> bool:
    """Move what one account has at this school to the other. False: it contradicts.

    In the office's block; ``close_if_untied`` comes after it, outside.
    """
    plan = planned(from_account, into_account, school, by)
    if not plan.is_possible:
        return False
    ties = Guardianship.objects.changeable_by(by)
    for tie in plan.moving:
        ties.filter(pk=tie.pk).update(guardian=into_account)
        _note("guardianship.merged", tie, into_account, by, student=tie.student_id)
    for tie in plan.doubled:
        ties.filter(pk=tie.pk).update(ends_at=max(clock.now(), tie.starts_at))
        _note("guardianship.ended", tie, from_account, by, student=tie.student_id)
    _merge_work(plan, into_account, by)
    if from_account.joined_at is None:
        leave_card(by, from_account.pk, into_account.pk)
    AuditEntry.note(
        "account.merged", _Of(school.pk, from_account.pk), by=by, person=into_account.pk
    )
    return True


def close_if_untied(person: User) -> bool:
    """End the sessions of an account that no school knows any more. Outside any block."""
    if viewer_of(person.pk).school_ids:
        return False
    end_all_sessions(person)
    return True


@dataclass(frozen=True)
class _Of:
    """An account, as the trail of one school names it."""

    school_id: UUID
    pk: UUID


def _merge_work(plan: Merge, into_account: User, by: Viewer) -> None:
    jobs = Employment.objects.changeable_by(by)
    for job in plan.jobs:
        jobs.filter(pk=job.pk).update(user=into_account)
        _note("employment.merged", job, into_account, by)
    for job in plan.doubled_jobs:
        jobs.filter(pk=job.pk).update(ends_on=_at_once(job))
        _note("employment.ended", job, into_account, by)
    lessons = TeachingAssignment.objects.changeable_by(by)
    for lesson in plan.lessons:
        lessons.filter(pk=lesson.pk).update(user=into_account)
        _note("assignment.merged", lesson, into_account, by)


def _guardianships(person: User, school: School, by: Viewer) -> QuerySet[Guardianship]:
    ties = Guardianship.objects.visible_to(by).filter(school=school, guardian=person)
    lasting = ties.filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()))
    return lasting.select_related("student").order_by("student__first_name", "pk")


def _jobs(person: User, school: School, by: Viewer) -> QuerySet[Employment]:
    jobs = Employment.objects.visible_to(by).filter(school=school, user=person)
    return jobs.filter(Q(ends_on=None) | Q(ends_on__gte=clock.today())).order_by("role", "pk")


def _lessons(person: User, school: School, by: Viewer) -> QuerySet[TeachingAssignment]:
    lessons = TeachingAssignment.objects.visible_to(by).filter(school=school, user=person)
    lasting = lessons.filter(Q(ends_on=None) | Q(ends_on__gte=clock.today()))
    return lasting.select_related("group").order_by("group__name", "pk")


def _overlap(one: Guardianship, other: Guardianship) -> bool:
    apart = any(a.ends_at and a.ends_at <= b.starts_at for a, b in ((one, other), (other, one)))
    return not apart


def _agree(one: Guardianship, other: Guardianship) -> bool:
    """Whether both say the same; what is not known yet contradicts nothing.

    A mother is not the father, and who lives in another home is somebody else.
    """
    authority = {one.has_authority, other.has_authority} - {Guardianship.Authority.UNKNOWN}
    relation = {one.relation, other.relation} - {Guardianship.Relation.OTHER}
    home = {one.household_id, other.household_id} - {None}
    said: tuple[set[Any], ...] = (authority, relation, home)
    return one.access == other.access and all(len(words) <= 1 for words in said)


def _at_once(job: Employment) -> date:
    """Yesterday: so that it holds no more today. One that began today never held."""
    return max(clock.today(), job.starts_on) - timedelta(days=1)


def _note(verb: str, tie: Tie, person: User, by: Viewer, student: UUID | None = None) -> None:
    AuditEntry.note(verb, tie, by=by, student=student, person=person.pk)
