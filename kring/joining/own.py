"""One's own children: which they are, 'this is not my child', and two that are one child."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry
from kring.joining.accepting import end
from kring.joining.claiming import acting_for
from kring.schools.models import Guardianship, SameChild, Student


@dataclass(frozen=True, kw_only=True)
class Child:
    """One tie of the person with one child."""

    tie_id: UUID
    name: str
    school: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What two organisations know as two children, and is perhaps one."""

    name: str
    student: Student
    other: Student


def children_of(viewer: Viewer) -> list[Child]:
    """The children of this person, at every school."""
    with seen_by(viewer):
        ties = _ties(viewer).select_related("student", "school")
        return [
            Child(
                tie_id=tie.pk,
                name=tie.student.name,
                school=tie.school.name,
                relation=tie.get_relation_display(),
            )
            for tie in ties.order_by("student__first_name", "school__name", "pk")
        ]


def tie_of(viewer: Viewer, tie_id: UUID) -> Guardianship | None:
    """One's own tie with a child, as long as it holds."""
    with seen_by(viewer):
        return _ties(viewer).select_related("student", "school").filter(pk=tie_id).first()


def let_go(tie: Guardianship, *, by: Viewer) -> bool:
    """'This is not my child': ends now. The one who does it sees nothing of it afterwards."""
    acting = acting_for(by.person_id, tie.school_id)
    with seen_by(acting):
        return end(tie, by=acting)


def pairs(viewer: Viewer) -> list[Pair]:
    """Children in one's care that are perhaps one child, and of whom nobody said so yet.

    They have one name and no two birth dates, at two organisations of one board.
    """
    with seen_by(viewer):
        cared = _ties(viewer).filter(access=Guardianship.Access.IN_CARE).values("student")
        found = Student.objects.visible_to(viewer).filter(pk__in=cared).select_related("school")
        children = list(found.order_by("school__kind", "school__name", "pk"))
        told = SameChild.objects.visible_to(viewer).filter(student__in=children)
        known = {frozenset(one) for one in told.values_list("student_id", "other_student_id")}
    children.sort(key=lambda one: one.school.kind, reverse=True)  # the school's before the BSO's
    return [
        Pair(name=one.first_name, student=one, other=other)
        for at, one in enumerate(children)
        for other in children[at + 1 :]
        if _may_be_one(one, other) and frozenset({one.pk, other.pk}) not in known
    ]


def join_up(pair: Pair, *, by: Viewer) -> None:
    """Say to both organisations that it is one child: each has a row of its own to see."""
    acting = acting_for(by.person_id, pair.student.school_id, pair.other.school_id)
    with seen_by(acting):
        for one, other in ((pair.student, pair.other), (pair.other, pair.student)):
            rows = SameChild.objects.visible_to(acting)
            elsewhere = {"other_school_id": other.school_id, "other_student_id": other.pk}
            made, is_new = rows.get_or_create(
                student_id=one.pk,
                other_school_id=other.school_id,
                defaults={"school_id": one.school_id, **elsewhere},
            )
            if is_new:
                AuditEntry.note("same_child.said", made, by=acting, student=one.pk)


def _ties(viewer: Viewer) -> QuerySet[Guardianship]:
    ties = Guardianship.objects.visible_to(viewer).at(clock.now())
    return ties.filter(guardian=viewer.user_id)


def _may_be_one(one: Student, other: Student) -> bool:
    days = {one.born_on, other.born_on} - {None}
    boards = {one.school.board_id, other.school.board_id}
    apart = one.school_id != other.school_id
    return apart and len(boards) == 1 and len(days) <= 1 and one.sort_key == other.sort_key
