"""How far a school is, from empty to a letter for each family: read from what stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.base import clock
from kring.base.visibility import Viewer
from kring.joining.models import Invitation, LinkCode
from kring.schools.models import Employment, Enrollment, Guardianship, School, Student

CARING = (Guardianship.Access.IN_CARE, Guardianship.Access.INFORMED)


@dataclass(frozen=True)
class Step:
    """One line of the list: what, how far, and where to go on."""

    name: str
    detail: str
    is_done: bool
    url: str


class Progress:
    """The numbers of one school, in two queries, and what they say."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school, self.viewer = school, viewer
        self.today, self.now = clock.today(), clock.now()

    @cached_property
    def children(self) -> dict[str, int]:
        """Those who are or come in a group: all, with a guardian, unsure authority, reached."""
        mine = {"school": self.school, "student": OuterRef("pk")}
        stays = Enrollment.objects.visible_to(self.viewer).filter(**mine)
        ties = Guardianship.objects.visible_to(self.viewer).at(self.now).filter(**mine)
        caring = ties.filter(access__in=CARING)
        invited = Invitation.objects.visible_to(self.viewer).standing()
        letters = LinkCode.objects.visible_to(self.viewer).open(self.now).filter(**mine)
        mailed = caring.filter(guardian__in=invited.filter(school=self.school).values("person"))
        here = Student.objects.visible_to(self.viewer).filter(
            Exists(stays.filter(Q(ends_on=None) | Q(ends_on__gte=self.today))), school=self.school
        )
        came_in = caring.filter(guardian__joined_at__isnull=False)
        unsure = caring.filter(has_authority=Guardianship.Authority.UNKNOWN)
        return here.aggregate(
            all=Count("pk"),
            guarded=Count("pk", filter=Exists(caring)),
            unsure=Count("pk", filter=Exists(unsure)),
            reached=Count("pk", filter=Q(Exists(came_in)) | Q(Exists(letters)) | Q(Exists(mailed))),
        )

    @cached_property
    def people(self) -> dict[str, int]:
        """Parents, carers and colleagues: all, and who came in."""
        ties = Guardianship.objects.visible_to(self.viewer).at(self.now)
        caring = ties.filter(access__in=CARING)
        held = Employment.objects.visible_to(self.viewer).not_over(self.today)
        counts = {
            "guardians": _people(caring, "guardian"),
            "guardians_joined": _people(caring.exclude(guardian__joined_at=None), "guardian"),
            "staff": _people(held, "user"),
            "staff_joined": _people(held.exclude(user__joined_at=None), "user"),
        }
        here = School.objects.visible_to(self.viewer).filter(pk=self.school.pk)
        row: Mapping[str, Any] = here.values(**counts).get()
        return dict(row)

    @property
    def connected(self) -> int:
        """Percent of the parents and carers that came in."""
        known = self.people["guardians"]
        return 100 * self.people["guardians_joined"] // known if known else 0

    def steps(self) -> list[Step]:
        """What there is to do, in the order in which it is done best."""
        return [
            self._school(),
            self._roster(),
            self._staff(),
            self._parents(),
            self._authority(),
            self._letters(),
            self._connected(),
        ]

    def _school(self) -> Step:
        school = self.school
        numbered = bool(school.brin) or school.kind == School.Kind.AFTERCARE
        reachable = bool(school.city and (school.telephone or school.email))
        said = _("Address, telephone and number of the school")
        return self._step(_("About the school"), said, "office:school", done=numbered and reachable)

    def _roster(self) -> Step:
        count = self.children["all"]
        said = ngettext("%(count)d child in a group", "%(count)d children in a group", count)
        name = _("Import groups and children")
        return self._step(name, said % {"count": count}, "importing:imports", done=count > 0)

    def _staff(self) -> Step:
        said = ngettext(
            "%(staff_joined)d of %(staff)d colleague came in",
            "%(staff_joined)d of %(staff)d colleagues came in",
            self.people["staff"],
        )
        said = said % self.people
        name = _("Invite the staff")
        return self._step(name, said, "office:staff", done=self.people["staff"] > 1)

    def _parents(self) -> Step:
        told = self.children
        said = _("%(guarded)d of %(all)d children have a parent or carer") % told
        done = 0 < told["all"] == told["guarded"]
        return self._step(_("Import parents and carers"), said, "importing:imports", done=done)

    def _authority(self) -> Step:
        unsure = self.children["unsure"]
        said = ngettext(
            "Of %(count)d child it is not known who has authority",
            "Of %(count)d children it is not known who has authority",
            unsure,
        )
        known = self.children["guarded"]
        done = unsure == 0 < known
        said = _("Known of every child") if done else said % {"count": unsure}
        said = said if known else _("First the parents and carers")
        return self._step(_("Say who has authority"), said, "office:families", done=done)

    def _letters(self) -> Step:
        told = self.children
        said = _("%(reached)d of %(all)d children: invited, or a letter with a code") % told
        done = 0 < told["all"] == told["reached"]
        return self._step(_("Send mails and letters"), said, "inviting:overview", done=done)

    def _connected(self) -> Step:
        said = _("%(guardians_joined)d of %(guardians)d parents and carers") % self.people
        done = 0 < self.people["guardians"] == self.people["guardians_joined"]
        return self._step(_("Families come in"), said, "inviting:overview", done=done)

    def _step(self, name: str, detail: str, view: str, *, done: bool) -> Step:
        return Step(name, detail, done, address(view, self.school))


def _people(ties: QuerySet[Any], column: str) -> Combinable:
    """How many people there are in the rows of the school that is asked about."""
    here = ties.filter(school=OuterRef("pk")).order_by().values("school")
    counted = here.annotate(people=Count(column, distinct=True)).values("people")
    return Coalesce(Subquery(counted), 0)


def address(view: str, school: School) -> str:
    """Where a page of the office of this school is."""
    return reverse(view, args=[school.pk])
