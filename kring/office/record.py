"""One child as its office sees it: groups, guardians, homes, and what is not in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.base.visibility import Viewer
from kring.joining.asking import asked_for
from kring.notifications.reach import Reachable, bouncing
from kring.office.bounced import bounced
from kring.office.forms.guardian import last_day
from kring.office.register import Child, Guardian, Stay
from kring.schools.models import Enrollment, Guardianship, School, Student
from kring.schools.models.family import GuardianshipQuerySet
from kring.schools.telephones import readable

Access = Guardianship.Access


def student_of(school: School, viewer: Viewer, student_id: UUID, *, change: bool) -> Student:
    """A child of this school, to look at or to change; 404 for any other."""
    students = Student.objects
    allowed = students.changeable_by(viewer) if change else students.visible_to(viewer)
    if change:
        allowed = allowed.select_for_update()
    return get_object_or_404(allowed.filter(school=school), pk=student_id)


def ties_of(school: School, viewer: Viewer) -> GuardianshipQuerySet:
    """Who belongs to whom at this school, with the people."""
    ties = Guardianship.objects.visible_to(viewer).filter(school=school)
    return ties.select_related("guardian", "student", "household")


def tie_to_change(school: School, viewer: Viewer, student_id: UUID, tie_id: UUID) -> Guardianship:
    """A tie of this child, locked until the change is written; 404 for any other."""
    ties = Guardianship.objects.changeable_by(viewer).filter(school=school, student=student_id)
    ties = ties.select_related("guardian", "student").select_for_update(of=("self",))
    return get_object_or_404(ties, pk=tie_id)


def secret_homes(school: School, viewer: Viewer) -> set[UUID]:
    """The homes where somebody lives, or lived, whose address is secret."""
    ties = Guardianship.objects.visible_to(viewer).filter(school=school, has_secret_address=True)
    return set(ties.exclude(household=None).values_list("household_id", flat=True))


@dataclass(frozen=True)
class Card:
    """A guardian on the page of a child."""

    tie: Guardianship
    has_secret_home: bool
    bounced: str = ""  # the address at which an invitation did not arrive
    mail_fails: Reachable | None = None  # mail to the account comes back
    is_asking: bool = False  # came in by a code, and waits for a yes of the office

    @property
    def name(self) -> str:
        return self.tie.guardian.name

    @property
    def telephone(self) -> str:
        return readable(self.tie.telephone)

    @property
    def email(self) -> str:
        """Where this person reads mail: what the account says goes before what the school knows.

        Whose time here is over has no more to tell this school than it knew then.
        """
        account = "" if self.tie.is_over else self.tie.guardian.email
        return account or self.tie.email

    @property
    def address(self) -> str:
        """The home in one line; nothing where that is secret."""
        home = self.tie.household
        if home is None or self.has_secret_home:
            return ""
        return home.address or gettext("not filled in")

    @property
    def is_connected(self) -> bool:
        return self.tie.guardian.joined_at is not None

    @property
    def may_fetch(self) -> bool:
        return self.tie.access in {Access.PICK_UP, Access.IN_CARE}

    @property
    def last_day(self) -> date:
        """Until and with this day."""
        return last_day(self.tie)

    @property
    def begins_later(self) -> bool:
        return self.tie.starts_at > clock.now()


class Record:
    """Everything of one child on one page."""

    def __init__(self, student: Student, school: School, viewer: Viewer) -> None:
        self.student, self.school, self.viewer = student, school, viewer

    @cached_property
    def _cards(self) -> list[Card]:
        ties = ties_of(self.school, self.viewer).filter(student=self.student)
        rows = list(ties.order_by("starts_at", "guardian__sort_key"))
        secret = secret_homes(self.school, self.viewer)
        people = [tie.guardian_id for tie in rows]
        failed, fails = bounced(people, self.school, self.viewer), bouncing(self.school.pk, people)
        asking = set(
            asked_for(self.viewer).filter(student=self.student).values_list("pk", flat=True)
        )
        return [
            Card(
                tie,
                tie.household_id in secret,
                failed.get(tie.guardian_id, ""),
                fails.get(tie.guardian_id),
                tie.pk in asking,
            )
            for tie in rows
        ]

    @property
    def guardians(self) -> list[Card]:
        """Those of now and later."""
        return [card for card in self._cards if not card.tie.is_over]

    @property
    def former(self) -> list[Card]:
        """Those whose tie is over, the last first; not who has another that stands."""
        over = [card for card in self._cards if card.tie.is_over]
        return sorted(over, key=lambda card: card.tie.ends_at or clock.now(), reverse=True)

    @property
    def fetchers(self) -> list[Card]:
        """Who may fetch the child today, those of the family first."""
        may = [card for card in self.guardians if card.may_fetch and not card.begins_later]
        return sorted(may, key=lambda card: card.tie.access != Access.IN_CARE)

    @cached_property
    def child(self) -> Child:
        """As the list of children shows it."""
        one = self.student
        child = Child(one.pk, one.first_name, one.infix, one.last_name, one.born_on, clock.today())
        child.stays = [
            Stay(
                one.pk,
                stay.group_id,
                stay.group.name,
                stay.group.color,
                stay.group.is_homeroom,
                stay.starts_on,
                stay.ends_on,
            )
            for stay in self._stays()
        ]
        child.guardians = [_listed(card) for card in self.guardians]
        return child

    def _stays(self) -> QuerySet[Enrollment]:
        mine = Enrollment.objects.visible_to(self.viewer).filter(student=self.student)
        return mine.select_related("group").order_by("-starts_on")

    @property
    def warnings(self) -> list[Promise | str]:
        """What is not in order, with what to do about it."""
        said: list[Promise | str] = list(self.child.warnings)
        addresses = [card.email for card in self.guardians if card.email]
        if len(set(addresses)) < len(addresses):
            said.append(_("Two people with one e-mail address"))
        return said


def _listed(card: Card) -> Guardian:
    tie, person = card.tie, card.tie.guardian
    return Guardian(
        tie.student_id,
        tie.guardian_id,
        person.first_name,
        person.infix,
        person.last_name,
        person.email or "",
        person.joined_at,
        tie.has_authority,
        tie.access,
        tie.telephone,
        tie.email,
    )


def home_names(school: School, viewer: Viewer, homes: set[UUID]) -> dict[UUID, str]:
    """Homes by who live there: an address stands nowhere that it need not."""
    ties = ties_of(school, viewer).standing(clock.now()).filter(household__in=homes)
    names: dict[UUID, list[str]] = {}
    for tie in ties.order_by("guardian__sort_key"):
        here = names.setdefault(cast("UUID", tie.household_id), [])
        if tie.guardian.name not in here:
            here.append(tie.guardian.name)
    return {home: ", ".join(who) for home, who in names.items()}
