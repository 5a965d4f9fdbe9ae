"""The school years of a school and the groups in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kring.base import clock
from kring.base.visibility import Viewer
from kring.feed.models import Post
from kring.office.team import taught
from kring.schools.models import Enrollment, Group, School, SchoolYear, TeachingAssignment
from kring.schools.models.staff import TeachingAssignmentQuerySet

AUGUST = 8
YEARS_AHEAD = 1


@dataclass(frozen=True)
class Filled:
    """A group with who is in it."""

    group: Group
    children: int
    teachers: list[str]

    @property
    def hue(self) -> str:
        return f"g{self.group.color}"

    @property
    def grades(self) -> str:
        return ", ".join(map(str, self.group.grades))


class Years:
    """The years of a school, the newest first, and the one that is looked at."""

    def __init__(self, school: School, viewer: Viewer, wanted: str = "") -> None:
        self.school, self.viewer, self.wanted = school, viewer, wanted

    @cached_property
    def known(self) -> list[SchoolYear]:
        years = SchoolYear.objects.visible_to(self.viewer).filter(school=self.school)
        return list(years.order_by("-starts_on"))

    @cached_property
    def chosen(self) -> SchoolYear | None:
        """The one that was asked for; else that of today; else the next, or the last."""
        today = clock.today()
        asked = [one for one in self.known if str(one.pk) == self.wanted]
        now = [one for one in self.known if one.starts_on <= today <= one.ends_on]
        coming = [one for one in reversed(self.known) if one.starts_on > today]
        return next(iter([*asked, *now, *coming, *self.known]), None)

    @property
    def may_open(self) -> int:
        """The August with which a year can begin: this one, or the next where this one is there."""
        today = clock.today()
        this = today.year if today.month >= AUGUST else today.year - 1
        known = {one.name for one in self.known}
        return this if f"{this}-{this + 1}" not in known else this + YEARS_AHEAD

    @property
    def next_name(self) -> str:
        """The name of the year that can be begun; nothing where it is there already."""
        name = f"{self.may_open}-{self.may_open + 1}"
        return "" if name in {one.name for one in self.known} else name

    def groups(self) -> list[Filled]:
        """Those of the year, with who is in them today: or will be, or was at its end."""
        if self.chosen is None:
            return []
        day = min(max(clock.today(), self.chosen.starts_on), self.chosen.ends_on)
        groups = Group.objects.visible_to(self.viewer).filter(year=self.chosen)
        stays = Enrollment.objects.visible_to(self.viewer).on(day)
        here = stays.filter(school=self.school, group__year=self.chosen)
        children = Counter(here.values_list("group_id", flat=True))
        lessons = TeachingAssignment.objects.visible_to(self.viewer).on(day)
        teachers = _names(lessons.filter(school=self.school, group__year=self.chosen))
        return [
            Filled(group, children[group.pk], teachers.get(group.pk, []))
            for group in groups.order_by("-is_homeroom", "grades", "name")
        ]


def _names(lessons: TeachingAssignmentQuerySet) -> dict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for lesson in lessons.select_related("user").order_by("user__sort_key"):
        found[lesson.group_id].append(taught(lesson))
    return found


@transaction.atomic
def remove(group: Group, *, by: Viewer) -> None:
    """Away with an empty group of which nothing was written. Raises ValidationError."""
    posts = Post.objects.visible_to(by).filter(school=group.school_id)
    if posts.filter(group_ids__contains=[group.pk]).exists():
        raise ValidationError(_("Messages were sent to this group. So it stays."))
    group.remove(by=by)
