"""What one is to whom, in words: 'teacher · De Wilgenhoek', 'Sam · groep 5'."""

from typing import NamedTuple
from uuid import UUID

from kring.base import clock
from kring.base.visibility import Viewer
from kring.home.same_child import keys_of
from kring.schools.models import Employment, Enrollment, Group, Guardianship, School, Student


class Tie(NamedTuple):
    name: str
    detail: str
    hue: str


def ties_of(viewer: Viewer) -> list[Tie]:
    """Children first, then work."""
    return [*_children(viewer), *_work(viewer)]


def _children(viewer: Viewer) -> list[Tie]:
    held = Guardianship.objects.visible_to(viewer).at(clock.now()).filter(guardian=viewer.user_id)
    kinds = {one.student_id: one.get_access_display() for one in held}
    stays = Enrollment.objects.visible_to(viewer).filter(student__in=kinds)
    groups = {
        one.student_id: one.group for one in stays.select_related("group").order_by("starts_on")
    }
    students = Student.objects.visible_to(viewer).filter(pk__in=kinds).select_related("school")
    same = keys_of(viewer)
    ties: dict[UUID, Tie] = {}
    for student in students.order_by(
        "-school__kind", "first_name", "sort_key", "pk"
    ):  # the school's before the after-school care's
        group = groups[student.pk].name if student.pk in groups else ""
        place = ", ".join(part for part in (group, student.school.name) if part)
        key = same.get(student.pk, student.pk)
        if known := ties.get(key):
            ties[key] = known._replace(detail=f"{known.detail} · {place}")
        else:
            detail = f"{kinds[student.pk]} · {place}"
            ties[key] = Tie(student.first_name, detail, _hue(student, groups))
    return list(ties.values())


def _hue(student: Student, groups: dict[UUID, Group]) -> str:
    if student.school.kind == School.Kind.AFTERCARE:
        return "bso"
    group = groups.get(student.pk)
    return f"g{group.color}" if group else "school"


def _work(viewer: Viewer) -> list[Tie]:
    jobs = Employment.objects.visible_to(viewer).on(clock.today()).filter(user=viewer.user_id)
    return [
        Tie(str(job.get_role_display()).capitalize(), job.school.name, "school")
        for job in jobs.select_related("school").order_by("school__name", "role")
    ]
