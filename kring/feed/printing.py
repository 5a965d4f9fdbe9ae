"""A pile of slips: whom they are for, the file to print, and that it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kring.base import clock
from kring.base.visibility import Viewer
from kring.feed import slips
from kring.feed.ladder import Ladder, Step
from kring.feed.models import Post, Slip
from kring.schools.models import Enrollment, Guardianship, Household, Student


class Handed(NamedTuple):
    """A slip and with which child it goes home."""

    slip: slips.Slip
    post: Post
    student_id: UUID
    guardian_ids: frozenset[UUID]


@dataclass
class Pile:
    """Slips in the order in which a teacher hands them out: by group, then by name."""

    post: Post
    slips: list[Handed]

    @classmethod
    def of(cls, ladder: Ladder, *, with_text: bool) -> Pile:
        """A slip a family, through one of its children; four queries."""
        chosen = [(step, *ladder.addressing(step.family)) for step in ladder.to_print]
        about = _About([student for _step, _post, student in chosen], ladder.viewer)
        made = [about.handed(*one, with_text=with_text) for one in chosen]
        made.sort(key=lambda one: (one.slip.group, one.slip.child, str(one.student_id)))
        return cls(ladder.post, made)

    def write(self) -> bytes:
        """Set the file: outside any block, for it takes its time."""
        return slips.pdf([one.slip for one in self.slips])

    def note(self, *, by: Viewer) -> None:
        """The file was made, so these families count as given one."""
        rows = [
            Slip(
                school_id=one.post.school_id,
                post=one.post,
                student_id=one.student_id,
                guardian_ids=sorted(one.guardian_ids),
                printed_by_id=by.person_id,
            )
            for one in self.slips
        ]
        Slip.note(self.post, rows, by=by)


class _About:
    """Names, groups and languages of the children that slips go home with."""

    def __init__(self, students: Iterable[UUID], viewer: Viewer) -> None:
        ids = list(students)
        self.child_of: Mapping[UUID, Student] = Student.objects.visible_to(viewer).in_bulk(ids)
        stays = Enrollment.objects.visible_to(viewer).on(clock.today()).filter(student__in=ids)
        groups = stays.order_by("group__is_homeroom").values_list("student", "group__name")
        self.group_of: Mapping[UUID, str] = dict(groups)  # its own class before a Latin club
        ties = Guardianship.objects.visible_to(viewer).at(clock.now()).filter(student__in=ids)
        spoken = ties.exclude(household=None).values_list(
            "student", "guardian", "household__letter_language"
        )
        self.language_of = {(child, guardian): said for child, guardian, said in spoken}

    def handed(self, step: Step, post: Post, student_id: UUID, *, with_text: bool) -> Handed:
        """The slip of one family."""
        child = self.child_of.get(student_id)
        slip = slips.Slip(
            school=post.school.name,
            language=self._language(step, student_id),
            child=child.first_name if child else step.line.children,
            group=self.group_of.get(student_id, ""),
            byline=post.byline,
            text=post.text if with_text else "",
            address=settings.ORIGIN + reverse("feed:post", args=[post.pk]),
        )
        return Handed(slip, post, student_id, step.family.guardian_ids)

    def _language(self, step: Step, student_id: UUID) -> str:
        spoken = (self.language_of.get((student_id, one)) for one in step.family.guardian_ids)
        return next(filter(None, spoken), Household.Language.DUTCH)
