"""A guardian's own page: the children, who teaches them, and where one lives as schools know it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from kring.base import clock
from kring.base.names import initials
from kring.base.visibility import Viewer
from kring.home.portraits import Face
from kring.home.same_child import keys_of
from kring.home.team import days_said, teachers_of
from kring.schools.models import Enrollment, Guardianship, Household, School, Student


@dataclass(frozen=True, kw_only=True)
class PlaceOfChild:
    """A group that a child is in, or a school where it comes later."""

    name: str
    hue: str
    days: str
    school: School
    teachers: list[Face]


@dataclass(frozen=True, kw_only=True)
class Child:
    """One child, as one or more schools know it."""

    name: str
    initials: str
    hue: str
    kind: str  # what one is to it: parent, informed only, may fetch
    places: list[PlaceOfChild]


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where one lives, as a school knows it."""

    school: School
    household: Household
    telephone: str
    is_secret: bool


class Family:
    """What one guardian may know of the own children: a fixed number of queries."""

    def __init__(self, viewer: Viewer, session_key: str) -> None:
        self.viewer, self.session_key, self.today = viewer, session_key, clock.today()

    @cached_property
    def ties(self) -> list[Guardianship]:
        """One's own, that hold now and let one see anything."""
        seen = Guardianship.objects.visible_to(self.viewer).at(clock.now())
        own = seen.filter(guardian=self.viewer.user_id).exclude(access="withheld")
        return list(own.select_related("household", "school").order_by("school__kind", "pk"))

    @cached_property
    def children(self) -> list[Child]:
        """The same child of two organisations is one card, where somebody said that it is."""
        kinds = {tie.student_id: str(tie.get_access_display()) for tie in self.ties}
        seen = Student.objects.visible_to(self.viewer).filter(pk__in=kinds)
        students = seen.select_related("school").order_by("-school__kind", "first_name", "pk")
        same = keys_of(self.viewer)
        cards: dict[UUID, list[Student]] = defaultdict(list)
        for student in students:
            cards[same.get(student.pk, student.pk)].append(student)
        return [self._card(known_as, kinds) for known_as in cards.values()]

    def _card(self, same: list[Student], kinds: dict[UUID, str]) -> Child:
        places = [place for student in same for place in self._places(student)]
        return Child(
            name=same[0].name,
            initials=initials(same[0].first_name, same[0].last_name),
            hue=places[0].hue if places else "school",
            kind=kinds[same[0].pk],
            places=places,
        )

    def _places(self, student: Student) -> list[PlaceOfChild]:
        stays = self._stays[student.pk]
        return [self._place(stay, student.school) for stay in stays] or [
            PlaceOfChild(name="", hue="school", days="", school=student.school, teachers=[])
        ]

    def _place(self, stay: Enrollment, school: School) -> PlaceOfChild:
        aftercare = school.kind == School.Kind.AFTERCARE
        return PlaceOfChild(
            name=stay.group.name,
            hue="bso" if aftercare else f"g{stay.group.color}",
            days=days_said(stay.weekdays),
            school=school,
            teachers=self._teachers.get(stay.group_id, []),
        )

    @cached_property
    def _stays(self) -> dict[UUID, list[Enrollment]]:
        """Where each child is today: the homeroom first."""
        found: dict[UUID, list[Enrollment]] = defaultdict(list)
        seen = Enrollment.objects.visible_to(self.viewer).on(self.today)
        own = seen.filter(student__in=[tie.student_id for tie in self.ties])
        for stay in own.select_related("group").order_by("-group__is_homeroom", "group__name"):
            found[stay.student_id].append(stay)
        return found

    @cached_property
    def _teachers(self) -> dict[UUID, list[Face]]:
        groups = {stay.group_id for stays in self._stays.values() for stay in stays}
        return teachers_of(groups, self.viewer, self.today, self.session_key)

    @cached_property
    def homes(self) -> list[Home]:
        """Each home once for each school that knows it."""
        found: dict[UUID, Home] = {}
        for tie in self.ties:
            if tie.household_id and tie.household:
                found[tie.household_id] = Home(
                    school=tie.school,
                    household=tie.household,
                    telephone=tie.telephone,
                    is_secret=tie.has_secret_address,
                )
        return list(found.values())
