"""A teacher's page of a group: the children of today, and how to reach who cares for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from kring.base import clock
from kring.base.names import initials
from kring.base.visibility import Viewer
from kring.home.portraits import Face, face, pictures
from kring.home.team import teachers_of
from kring.schools.models import Enrollment, Group, Guardianship, Student

Access = Guardianship.Access


@dataclass(frozen=True, kw_only=True)
class Carer:
    """An adult of a child: who, how to reach, and what to mind."""

    who: Face
    telephone: str
    may_only_fetch: bool
    is_withheld: bool  # sees nothing, and does not fetch the child
    is_informed_only: bool


@dataclass(frozen=True, kw_only=True)
class Pupil:
    """A child of the group, and its adults."""

    id: UUID
    name: str
    initials: str
    grade: int | None
    carers: list[Carer]


def groups_of(viewer: Viewer) -> list[Group]:
    """The groups that one teaches today, and those of an after-school care where one works."""
    seen = Group.objects.visible_to(viewer)
    today = clock.today()
    taught = seen.filter(pk__in=viewer.taught_group_ids)
    cared = seen.filter(
        school__in=viewer.cares_for, year__starts_on__lte=today, year__ends_on__gte=today
    )
    return sorted({*taught, *cared}, key=lambda one: (str(one.school_id), one.name))


class ClassList:
    """One group on one screen: a fixed number of queries."""

    def __init__(self, group: Group, viewer: Viewer, session_key: str) -> None:
        self.group, self.viewer, self.session_key = group, viewer, session_key
        self.today = clock.today()

    @cached_property
    def pupils(self) -> list[Pupil]:
        """The children of today, by first name as a class calls them."""
        stays = Enrollment.objects.visible_to(self.viewer).on(self.today).filter(group=self.group)
        grades = dict(stays.values_list("student", "grade"))
        seen = Student.objects.visible_to(self.viewer).filter(pk__in=grades)
        carers = self._carers(list(grades))
        return [
            Pupil(
                id=child.pk,
                name=child.name,
                initials=initials(child.first_name, child.last_name),
                grade=grades[child.pk] if len(set(grades.values())) > 1 else None,
                carers=carers[child.pk],
            )
            for child in seen.order_by("first_name", "sort_key", "pk")
        ]

    @cached_property
    def teachers(self) -> list[Face]:
        """Who teach it."""
        found = teachers_of([self.group.pk], self.viewer, self.today, self.session_key)
        return found.get(self.group.pk, [])

    def _carers(self, children: list[UUID]) -> dict[UUID, list[Carer]]:
        seen = Guardianship.objects.visible_to(self.viewer).at(clock.now())
        ties = seen.filter(student__in=children).select_related("guardian")
        order = list(Access)
        ties_in_order = sorted(
            ties, key=lambda tie: (order.index(Access(tie.access)), tie.guardian.sort_key)
        )
        photos = pictures((tie.guardian_id for tie in ties), self.viewer, self.session_key)
        found: dict[UUID, list[Carer]] = defaultdict(list)
        for tie in ties_in_order:
            found[tie.student_id].append(_carer(tie, photos))
        return found


def _carer(tie: Guardianship, photos: dict[UUID, str]) -> Carer:
    withheld = tie.access == Access.WITHHELD
    return Carer(
        who=face(tie.guardian, str(tie.get_relation_display()), photos),
        telephone="" if withheld else tie.telephone,
        may_only_fetch=tie.access == Access.PICK_UP,
        is_withheld=withheld,
        is_informed_only=tie.access == Access.INFORMED,
    )
