"""Coming in by an invitation: all that waits for one name card goes to who holds the mailbox."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry
from kring.joining import invitations
from kring.joining.claiming import WITHHELD, acting_for, leave_card
from kring.joining.invitations import Opened
from kring.joining.models import Invitation
from kring.schools.models import (
    Employment,
    Enrollment,
    Guardianship,
    School,
    Student,
    TeachingAssignment,
)


@dataclass(frozen=True, kw_only=True)
class Child:
    """One of the children that an invitation is about."""

    id: UUID
    first_name: str
    group: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What an invitation is for. Names of children: only for who holds the mailbox."""

    school: School
    card: User
    children: list[Child]
    roles: list[str]


def opened(token: str) -> Opened | None:
    """The invitation of a link, as long as the school still has the address that it went to."""
    found = invitations.opened(token)
    if found is None:
        return None
    viewer = acting_for(None, found.school_id)
    with seen_by(viewer):
        return found if _is_meant(viewer, found) else None


def school_of(found: Opened) -> School:
    """Who invites."""
    viewer = acting_for(None, found.school_id)
    with seen_by(viewer):
        return School.objects.visible_to(viewer).get(pk=found.school_id)


def waiting_for(found: Opened) -> Waiting:
    """What waits for the reader of this mail."""
    viewer = acting_for(None, found.school_id)
    with seen_by(viewer):
        ties = _ties(viewer, found).exclude(access=WITHHELD)
        children = Student.objects.visible_to(viewer).filter(pk__in=ties.values("student"))
        jobs = Employment.objects.visible_to(viewer).filter(user=found.card_id)
        roles = dict.fromkeys(str(job.get_role_display()) for job in jobs if _lasts(job))
        groups = _groups(viewer, children)
        return Waiting(
            school=School.objects.visible_to(viewer).get(pk=found.school_id),
            card=User.objects.visible_to(viewer).get(pk=found.card_id),
            children=[
                Child(id=one.pk, first_name=one.first_name, group=groups.get(one.pk, ""))
                for one in children.order_by("first_name", "pk")
            ],
            roles=list(roles),
        )


def accept(found: Opened, person: User, own: Collection[UUID]) -> bool:
    """Move what waits to this person; a child that is not among ``own`` is let go, with a trail.

    Once, however many press at the same moment: False for whoever comes later, and for what was
    taken back meanwhile.
    """
    viewer = acting_for(person.pk, found.school_id)
    with seen_by(viewer):
        if not _is_meant(viewer, found) or not invitations.accept(found, user_id=person.pk):
            return False
        for tie in _ties(viewer, found).select_for_update():
            if tie.access == WITHHELD or tie.student_id in own:
                _move(viewer, tie)
            else:
                end(tie, by=viewer)
        _move_work(viewer, found.card_id)
        leave_card(viewer, found.card_id, viewer.person_id)
        return True


def refuse(found: Opened) -> bool:
    """None of the children is the reader's: no account, nothing waits any more, with a trail."""
    viewer = acting_for(None, found.school_id)
    with seen_by(viewer):
        invitation = Invitation.objects.changeable_by(viewer).get(pk=found.invitation_id)
        if not invitation.revoke(by=viewer):
            return False
        for tie in _ties(viewer, found).exclude(access=WITHHELD):
            end(tie, by=viewer)
        return True


def end(tie: Guardianship, *, by: Viewer) -> bool:
    """'This is not my child': the tie ends now. False: it had ended."""
    ties = Guardianship.objects.changeable_by(by).at(clock.now()).filter(pk=tie.pk)
    if not ties.update(ends_at=clock.now()):
        return False
    ids = {"student": tie.student_id, "person": tie.guardian_id}
    AuditEntry.note("guardianship.not_mine", tie, by=by, fields=["ends_at"], **ids)
    return True


def _ties(viewer: Viewer, found: Opened) -> QuerySet[Guardianship]:
    """What the card waits for at the address that this mail went to, as the school knows it now.

    A colleague is invited at the address of the work: there an empty one is no other one.
    """
    here = Q(email__iexact=found.email)
    if found.kind == Invitation.Kind.STAFF:
        here |= Q(email="")
    ties = Guardianship.objects.changeable_by(viewer).filter(here, guardian=found.card_id)
    return ties.standing(clock.now())


def _is_meant(viewer: Viewer, found: Opened) -> bool:
    return found.kind == Invitation.Kind.STAFF or _ties(viewer, found).exists()


def _move(viewer: Viewer, tie: Guardianship) -> None:
    """To the person; one who is tied to the child already keeps that tie, and the card's ends."""
    ties = Guardianship.objects.changeable_by(viewer)
    own = ties.filter(guardian=viewer.person_id, student=tie.student_id)
    if own.filter(Q(ends_at=None) | Q(ends_at__gt=tie.starts_at)).exists():
        ties.filter(pk=tie.pk, starts_at__lte=clock.now()).update(ends_at=clock.now())
        return
    ties.filter(pk=tie.pk).update(guardian=viewer.person_id)
    ids = {"student": tie.student_id, "person": viewer.person_id}
    AuditEntry.note("guardianship.claimed", tie, by=viewer, fields=["guardian"], **ids)


def _move_work(viewer: Viewer, card_id: UUID) -> None:
    """Roles and lessons; a role that the person has already stays one."""
    jobs = Employment.objects.changeable_by(viewer)
    mine = jobs.filter(user=viewer.person_id, ends_on=None)
    taken = list(mine.values_list("role", flat=True))
    for job in jobs.filter(user=card_id).exclude(role__in=taken, ends_on=None):
        jobs.filter(pk=job.pk, user=card_id).update(user=viewer.person_id)
        AuditEntry.note(
            "employment.claimed", job, by=viewer, fields=["user"], person=viewer.person_id
        )
    lessons = TeachingAssignment.objects.changeable_by(viewer)
    for lesson in lessons.filter(user=card_id):
        lessons.filter(pk=lesson.pk, user=card_id).update(user=viewer.person_id)
        AuditEntry.note(
            "assignment.claimed", lesson, by=viewer, fields=["user"], person=viewer.person_id
        )


def _lasts(job: Employment) -> bool:
    return job.ends_on is None or job.ends_on >= clock.today()


def _groups(viewer: Viewer, children: QuerySet[Student]) -> dict[UUID, str]:
    stays = Enrollment.objects.visible_to(viewer).select_related("group")
    ahead = stays.filter(Q(ends_on=None) | Q(ends_on__gte=clock.today()), student__in=children)
    return {stay.student_id: stay.group.name for stay in ahead.order_by("group__is_homeroom")}
