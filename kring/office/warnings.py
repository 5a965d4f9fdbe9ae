"""Where the books of a school contradict themselves, and where that is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.urls import reverse
from django.utils.translation import ngettext

from kring.accounts.models import User
from kring.base import clock
from kring.base.names import full_name
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.joining import namesakes
from kring.joining.asking import asked_for
from kring.joining.models import Invitation
from kring.notifications.reach import bouncing
from kring.office.progress import address
from kring.schools.models import (
    Employment,
    Enrollment,
    Group,
    Guardianship,
    School,
    StaffProposal,
    Student,
    TeachingAssignment,
)
from kring.schools.office import KEEPERS, may_enter
from kring.schools.second_factors import having_one

SHOWN = 5  # of each; the link leads to the rest
RECENTLY = timedelta(days=30)
DISPUTES = ("guardianship.not_mine", "link_code.declined")


@dataclass(frozen=True)
class One:
    """A person or thing that something is the matter with."""

    name: str
    url: str


@dataclass(frozen=True)
class Warned:
    """What is the matter, of how many, the first few of them, and where it is mended."""

    text: str
    ones: list[One]
    count: int
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.ones)


class Warnings:
    """What somebody of the office should look at, in a dozen queries."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school, self.viewer = school, viewer
        self.today, self.now = clock.today(), clock.now()

    def all(self) -> list[Warned]:
        """Those with something to mend; the most urgent first."""
        found = [
            self._claims(),
            self._disputes(),
            self._bounced(),
            self._mail_fails(),
            self._proposals(),
            *self._children(),
            self._groups(),
            self._lessons(),
            self._without_second_factor(),
            self._namesakes(),
        ]
        return [one for one in found if one.count]

    def _children(self) -> Iterator[Warned]:
        """Three in one query: without a guardian, never in a group, left behind in a past year."""
        mine = {"school": self.school, "student": OuterRef("pk")}
        ties = Guardianship.objects.visible_to(self.viewer).at(self.now).filter(**mine)
        stays = Enrollment.objects.visible_to(self.viewer).filter(**mine)
        not_over = stays.filter(Q(ends_on=None) | Q(ends_on__gte=self.today))
        behind = stays.on(self.today).filter(group__year__ends_on__lt=self.today)
        known = Student.objects.visible_to(self.viewer).filter(school=self.school)
        marked = known.annotate(
            alone=Exists(not_over) & ~Exists(ties), nowhere=~Exists(stays), behind=Exists(behind)
        )
        wrong = marked.filter(Q(alone=True) | Q(nowhere=True) | Q(behind=True))
        rows = list(wrong.order_by("sort_key", "pk"))
        url = address("office:children", self.school)
        for mark in ("alone", "nowhere", "behind"):
            here = [row for row in rows if getattr(row, mark)]
            shown = [One(row.name, self._to("child", row.pk)) for row in here[:SHOWN]]
            yield Warned(_about_children(mark, len(here)), shown, len(here), url)

    def _groups(self) -> Warned:
        lessons = TeachingAssignment.objects.visible_to(self.viewer).on(self.today)
        taught = lessons.filter(group=OuterRef("pk")).exclude(kind="aide")
        now = Group.objects.visible_to(self.viewer).filter(
            school=self.school, year__starts_on__lte=self.today, year__ends_on__gte=self.today
        )
        rows, count = _first(now.exclude(Exists(taught)).order_by("name"))
        said = ngettext("%(count)d group has no teacher", "%(count)d groups have no teacher", count)
        shown = [One(row.name, self._to("group", row.pk)) for row in rows]
        url = address("office:groups", self.school)
        return Warned(said % {"count": count}, shown, count, url)

    def _lessons(self) -> Warned:
        """A line in the list of a group that opens nothing: no role goes with it."""
        held = Employment.objects.visible_to(self.viewer).not_over(self.today)
        employed = held.filter(school=self.school, user=OuterRef("user"))
        lessons = TeachingAssignment.objects.visible_to(self.viewer).on(self.today)
        loose = lessons.filter(school=self.school).exclude(kind="substitute")
        wrong = loose.exclude(Exists(employed)).select_related("user")
        rows, count = _first(wrong.order_by("user__sort_key", "pk"))
        said = ngettext(
            "%(count)d colleague has a group and no role, and so sees nothing",
            "%(count)d colleagues have a group and no role, and so see nothing",
            count,
        )
        shown = [One(row.user.name, self._to("colleague", row.user_id)) for row in rows]
        return Warned(said % {"count": count}, shown, count, address("office:staff", self.school))

    def _without_second_factor(self) -> Warned:
        """Who came in by the mailbox alone: whoever reads that can set the second one up."""
        held = Employment.objects.visible_to(self.viewer).on(self.today)
        lessons = TeachingAssignment.objects.visible_to(self.viewer).on(self.today)
        working = Q(pk__in=held.filter(school=self.school).values("user")) | Q(
            pk__in=lessons.filter(school=self.school).values("user")
        )
        people = User.objects.visible_to(self.viewer).filter(working, joined_at__isnull=False)
        rows = list(people.order_by("sort_key", "pk"))
        known = having_one(row.pk for row in rows)
        without = [row for row in rows if row.pk not in known]
        said = ngettext(
            "%(count)d colleague came in and has no second step yet",
            "%(count)d colleagues came in and have no second step yet",
            len(without),
        )
        shown = [One(row.name, self._to("colleague", row.pk)) for row in without[:SHOWN]]
        url = address("office:staff", self.school)
        return Warned(said % {"count": len(without)}, shown, len(without), url)

    def _namesakes(self) -> Warned:
        """As the page counts them, on which one is merged into the other."""
        rows = list(namesakes.borne_twice(self.school, self.viewer))
        said = ngettext(
            "%(count)d name stands on more than one card: is it one person?",
            "%(count)d names stand on more than one card: is it one person?",
            len(rows),
        )
        merges = may_enter(self.viewer, self.school.pk, KEEPERS)  # else she looks, and tells them
        url = address("inviting:namesakes" if merges else "office:families", self.school)
        shown = [One(full_name(*row[1:]), url) for row in rows]
        return Warned(said % {"count": len(rows)}, shown[:SHOWN], len(rows), url)

    def _bounced(self) -> Warned:
        mails = Invitation.objects.visible_to(self.viewer).standing().filter(school=self.school)
        failed = mails.exclude(failed_at=None).select_related("person")
        rows, count = _first(failed.order_by("-failed_at"))
        said = ngettext(
            "%(count)d invitation did not arrive: is the address right?",
            "%(count)d invitations did not arrive: are the addresses right?",
            count,
        )
        url = address("inviting:overview", self.school)
        shown = [One(row.person.name, url) for row in rows]
        return Warned(said % {"count": count}, shown, count, url)

    def _mail_fails(self) -> Warned:
        """Whom mail does not reach any more; what to do stands on the page of the reach."""
        failing = bouncing(self.school.pk)
        people = User.objects.visible_to(self.viewer).filter(pk__in=failing)
        rows, count = _first(people.order_by("sort_key", "pk"))
        said = ngettext(
            "Mail to %(count)d person comes back: ask for another address",
            "Mail to %(count)d people comes back: ask for other addresses",
            count,
        )
        url = f"{address('office:reach', self.school)}?lack=address"
        return Warned(said % {"count": count}, [One(row.name, url) for row in rows], count, url)

    def _proposals(self) -> Warned:
        named = StaffProposal.objects.visible_to(self.viewer).open().filter(school=self.school)
        rows, count = _first(named.order_by("last_name", "pk"))
        said = ngettext(
            "%(count)d colleague from an import waits for your yes or no",
            "%(count)d colleagues from an import wait for your yes or no",
            count,
        )
        url = address("office:proposals", self.school)
        return Warned(said % {"count": count}, [One(row.name, url) for row in rows], count, url)

    def _claims(self) -> Warned:
        """Who came by a code, and whom the school did not know of."""
        asked = asked_for(self.viewer).filter(school=self.school)
        ties = Guardianship.objects.visible_to(self.viewer).filter(pk__in=asked.values("pk"))
        rows, count = _first(ties.select_related("guardian").order_by("-starts_at", "pk"))
        said = ngettext(
            "%(count)d person came in by a code and waits for your yes",
            "%(count)d people came in by a code and wait for your yes",
            count,
        )
        shown = [One(row.guardian.name, self._to("child", row.student_id)) for row in rows]
        url = address("inviting:asked", self.school)
        return Warned(said % {"count": count}, shown, count, url)

    def _disputes(self) -> Warned:
        """Of which child somebody said lately that it is another's."""
        told = AuditEntry.objects.visible_to(self.viewer).filter(
            school_id=self.school.pk, verb__in=DISPUTES, created_at__gte=self.now - RECENTLY
        )
        children = Student.objects.visible_to(self.viewer).filter(school=self.school)
        disputed = children.filter(pk__in=told.values("student_id"))
        rows, count = _first(disputed.order_by("sort_key", "pk"))
        said = ngettext(
            "Of %(count)d child somebody said: this is not my child",
            "Of %(count)d children somebody said: this is not my child",
            count,
        )
        shown = [One(row.name, self._to("child", row.pk)) for row in rows]
        return Warned(said % {"count": count}, shown, count, address("office:trail", self.school))

    def _to(self, page: str, key: UUID) -> str:
        return reverse(f"office:{page}", args=[self.school.pk, key])


def _about_children(mark: str, count: int) -> str:
    if mark == "alone":
        said = ngettext(
            "%(count)d child has no parent or carer",
            "%(count)d children have no parent or carer",
            count,
        )
    elif mark == "nowhere":
        said = ngettext(
            "%(count)d child is in no group", "%(count)d children are in no group", count
        )
    else:
        said = ngettext(
            "%(count)d child is still in a group of a past school year",
            "%(count)d children are still in a group of a past school year",
            count,
        )
    return said % {"count": count}


def _first(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """The first few, and how many there are of them; one query."""
    found = list(rows.annotate(of_all=Window(Count("pk")))[:SHOWN])
    return found, found[0].of_all if found else 0
