"""How far a school is, from empty to a letter for each family: read from what stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.base import clock
from kring.base.visibility import Viewer
from kring.joining.models import Invitation, LinkCode
from kring.office.proposals import Proposals
from kring.schools.models import Employment, Enrollment, Guardianship, School

CARING = (Guardianship.Access.IN_CARE, Guardianship.Access.INFORMED)


@dataclass(frozen=True)
class Step:
    """One line of the list: what, how far, and where to go on."""

    name: str
    detail: str
    is_done: bool
    url: str


@dataclass(frozen=True, slots=True)
class Tie:
    """Somebody who cares for a child, or is informed, as it is counted."""

    student_id: UUID
    person_id: UUID
    authority: str
    joined: bool

    @property
    def is_unsure(self) -> bool:
        return self.authority == Guardianship.Authority.UNKNOWN


class Progress:
    """The numbers of one school, in a handful of queries, and what they say."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school, self.viewer = school, viewer
        self.today, self.now = clock.today(), clock.now()

    @cached_property
    def children(self) -> dict[str, int]:
        """Those who are or come in a group: all, with a guardian, unsure authority, reached."""
        here, invited = self._here, self._invited
        reached = {tie.student_id for tie in self._ties if tie.joined or tie.person_id in invited}
        counted = {
            "guarded": {tie.student_id for tie in self._ties},
            "unsure": {tie.student_id for tie in self._ties if tie.is_unsure},
            "reached": reached | self._written_to,
        }
        return {"all": len(here)} | {name: len(here & ids) for name, ids in counted.items()}

    @cached_property
    def people(self) -> dict[str, int]:
        """Parents, carers and colleagues: all, and who came in."""
        held = Employment.objects.visible_to(self.viewer).not_over(self.today)
        came_in = Q(user__joined_at__isnull=False)
        staff = held.filter(school=self.school).aggregate(
            staff=Count("user", distinct=True),
            staff_joined=Count("user", distinct=True, filter=came_in),
        )
        return {
            "guardians": len({tie.person_id for tie in self._ties}),
            "guardians_joined": len({tie.person_id for tie in self._ties if tie.joined}),
            **staff,
        }

    @cached_property
    def _here(self) -> set[UUID]:
        """The children who are in a group, or will be."""
        stays = Enrollment.objects.visible_to(self.viewer).filter(school=self.school)
        here = stays.filter(Q(ends_on=None) | Q(ends_on__gte=self.today))
        return set(here.values_list("student_id", flat=True))

    @cached_property
    def _ties(self) -> list[Tie]:
        ties = Guardianship.objects.visible_to(self.viewer).at(self.now)
        rows = ties.filter(school=self.school, access__in=CARING).values_list(
            "student_id", "guardian_id", "has_authority", "guardian__joined_at"
        )
        return [Tie(*row[:-1], row[-1] is not None) for row in rows]

    @cached_property
    def _invited(self) -> set[UUID]:
        """To whom a mail with an invitation went, which stands."""
        mails = Invitation.objects.visible_to(self.viewer).standing().filter(school=self.school)
        return set(mails.values_list("person_id", flat=True))

    @cached_property
    def _written_to(self) -> set[UUID]:
        """The children with a letter whose code is in force."""
        letters = LinkCode.objects.visible_to(self.viewer).open(self.now)
        return set(letters.filter(school=self.school).values_list("student_id", flat=True))

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
        waiting = Proposals.count(self.school, self.viewer)
        done = self.people["staff"] > 1 and not waiting
        return self._step(name, said, "office:staff", done=done)

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


def address(view: str, school: School) -> str:
    """Where a page of the office of this school is."""
    return reverse(view, args=[school.pk])
