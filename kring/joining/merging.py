"""Two accounts of one person: the office moves what one has at its school to the other.

Only this school's ties move. What the accounts are elsewhere, and what was written with them, stays
as it is: an account is the person's own, and no school opens or closes it for another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.accounts.sessions import end_all_sessions
from kring.base import clock
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.joining.claiming import WITHHELD, leave_card
from kring.joining.models import Invitation
from kring.schools.models import Employment, Guardianship, School, TeachingAssignment
from kring.schools.viewers import viewer_of

type Tie = Guardianship | Employment | TeachingAssignment


# What no merge does, however sure the office is.
COLLEAGUE = _(
    "This card is of a colleague who has not come in yet. Let this person accept the invitation:"
    " then the work goes along."
)
LEADING = _(
    "Who leads the school or keeps its books is not merged. First end that role, on the page of"
    " this colleague."
)
NO_COLLEAGUE = _("The account that stays does not work here. First give it a role, then merge.")
ASKS = _(
    "One of the two came in by a letter and waits for your answer. First answer, under New people."
)
SHIELDED = _("From the account that stays the school withholds a child. Nothing moves to it.")


@dataclass(kw_only=True)
class Merge:
    """What would happen: shown before the yes, and looked at again with it."""

    moving: list[Guardianship] = field(default_factory=list)
    doubled: list[Guardianship] = field(default_factory=list)  # both have it: one of them ends
    contradicting: list[Guardianship] = field(default_factory=list)
    jobs: list[Employment] = field(default_factory=list)
    doubled_jobs: list[Employment] = field(default_factory=list)
    lessons: list[TeachingAssignment] = field(default_factory=list)
    refusal: Promise | None = None

    @property
    def is_possible(self) -> bool:
        """Whether nothing contradicts, and there is anything to move."""
        return not (self.contradicting or self.refusal) and bool(
            self.moving or self.doubled or self.works
        )

    @property
    def works(self) -> bool:
        """Whether the one that goes has work here."""
        return bool(self.jobs or self.doubled_jobs or self.lessons)


def person_of(school: School, person_id: UUID, by: Viewer) -> User | None:
    """An account or card with a tie to this school, as far as the office sees it."""
    person: User | None = User.objects.visible_to(by).filter(pk=person_id).first()
    if person is None:
        return None
    tied = (_guardianships, _jobs, _lessons)
    return person if any(ties(person, school, by).exists() for ties in tied) else None


def may_be_one(one: User, other: User, school: School, by: Viewer) -> bool:
    """Whether they bear one name, or the school knows them by one address."""
    same_name = one.sort_key == other.sort_key and bool(one.last_name and other.last_name)
    return same_name or bool(_addresses(one, school, by) & _addresses(other, school, by))


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
    colleague = _jobs(into_account, school, by).exists()
    plan.refusal = _of_work(plan, from_account, colleague=colleague) or _of_ties(plan, into)
    return plan


def merge(from_account: User, into_account: User, school: School, by: Viewer) -> bool:
    """Move what one account has at this school to the other. False: it contradicts.

    In the office's block; ``close_if_untied`` comes after it, outside.
    """
    _hold(from_account, into_account, school, by)
    plan = planned(from_account, into_account, school, by)
    if not plan.is_possible:
        return False
    ties = Guardianship.objects.changeable_by(by).filter(guardian=from_account)
    for tie in plan.moving:
        if ties.filter(pk=tie.pk).update(guardian=into_account, asked_at=None):
            _note("guardianship.merged", tie, into_account, by, student=tie.student_id)
    for tie in plan.doubled:
        if ties.filter(pk=tie.pk).update(ends_at=max(clock.now(), tie.starts_at), asked_at=None):
            _note("guardianship.ended", tie, from_account, by, student=tie.student_id)
    _merge_work(plan, from_account, into_account, by)
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


def _hold(from_account: User, into_account: User, school: School, by: Viewer) -> None:
    """Keep all of it as it is until the end of the block; what changed meanwhile is seen then.

    The invitations first, as who accepts one does: so that the two do not wait for each other.
    """
    mails = Invitation.objects.changeable_by(by).filter(school=school, person=from_account)
    list(mails.select_for_update())
    both = [from_account, into_account]
    ties = Guardianship.objects.changeable_by(by).filter(school=school, guardian__in=both)
    jobs = Employment.objects.changeable_by(by).filter(school=school, user__in=both)
    lessons = TeachingAssignment.objects.changeable_by(by).filter(school=school, user__in=both)
    for rows in (ties, jobs, lessons):
        list(rows.order_by("pk").select_for_update())


def _of_work(plan: Merge, from_account: User, *, colleague: bool) -> Promise | None:
    """Who works here said yes to it, and nobody comes to lead a school by a merge."""
    if not plan.works:
        return None
    if from_account.joined_at is None:
        return COLLEAGUE
    if any(job.role in Employment.LEADING for job in (*plan.jobs, *plan.doubled_jobs)):
        return LEADING
    return None if colleague else NO_COLLEAGUE


def _of_ties(plan: Merge, into: list[Guardianship]) -> Promise | None:
    """Neither an open question nor a child that is withheld is got round."""
    going = (*plan.moving, *plan.doubled, *plan.contradicting)
    unanswered = any(tie.asked_at and tie.access == WITHHELD for tie in going)
    if unanswered or any(tie.asked_at for tie in into):
        return ASKS
    return SHIELDED if any(tie.access == WITHHELD for tie in into) else None


def _merge_work(plan: Merge, from_account: User, into_account: User, by: Viewer) -> None:
    jobs = Employment.objects.changeable_by(by).filter(user=from_account)
    for job in plan.jobs:
        if jobs.filter(pk=job.pk).update(user=into_account):
            _note("employment.merged", job, into_account, by)
    for job in plan.doubled_jobs:
        if jobs.filter(pk=job.pk).update(ends_on=_at_once(job)):
            _note("employment.ended", job, into_account, by)
    lessons = TeachingAssignment.objects.changeable_by(by).filter(user=from_account)
    for lesson in plan.lessons:
        if lessons.filter(pk=lesson.pk).update(user=into_account):
            _note("assignment.merged", lesson, into_account, by)


def _addresses(person: User, school: School, by: Viewer) -> set[str]:
    """An account's own, which its person proved; of who waits, where the school writes to."""
    if person.joined_at:
        return {person.email.lower()} if person.email else set()
    return {tie.email.lower() for tie in _guardianships(person, school, by) if tie.email}


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
