"""The families as a file: who belongs to which child, how they are written to; never their home."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from django.utils.translation import gettext

from kring.base import clock
from kring.base.visibility import Viewer
from kring.office.homes import Home
from kring.schools.models import Enrollment, Guardianship, School


def groups_of_children(school: School, viewer: Viewer) -> dict[UUID, list[str]]:
    """The names of the groups in which each child is today, its class first."""
    stays = Enrollment.objects.visible_to(viewer).on(clock.today()).filter(school=school)
    groups: defaultdict[UUID, list[str]] = defaultdict(list)
    for child, group in stays.order_by("-group__is_homeroom", "group__name").values_list(
        "student_id", "group__name"
    ):
        groups[child].append(group)
    return groups


def heads() -> list[str]:
    """What stands above the columns."""
    return [
        gettext("Child"),
        gettext("Group"),
        gettext("Parent or carer"),
        gettext("Relation"),
        gettext("E-mail address"),
        gettext("Connected"),
    ]


def lines_of(homes: Iterable[Home], groups: Mapping[UUID, list[str]]) -> Iterator[list[str]]:
    """A line for each child of each person, in the order of the homes."""
    relations = dict(Guardianship.Relation.choices)
    yes, no = gettext("yes"), gettext("no")
    for home in homes:
        for tie in home.ties:
            yield [
                tie.child,
                ", ".join(groups.get(tie.student_id, [])),
                tie.guardian,
                str(relations[tie.relation]),
                tie.email,
                yes if tie.joined_at else no,
            ]
