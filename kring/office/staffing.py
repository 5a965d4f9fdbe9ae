"""A colleague comes and goes: what spans name cards, roles, groups and invitations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.joining import invitations
from kring.joining.models import Invitation
from kring.office.telling import tell_leaders
from kring.schools.models import Employment, Group, StaffProposal, TeachingAssignment
from kring.schools.models.staff import at_once


@transaction.atomic
def welcome(school_id: UUID, *, by: Viewer, told: dict[str, Any]) -> User:
    """A waiting name card with roles and groups, and a mail to come in. Raises ValidationError."""
    card: User = User.objects.create_user(
        first_name=told["first_name"], infix=told["infix"], last_name=told["last_name"]
    )
    for role in told["roles"]:
        _give(role, card.pk, school_id, by=by, called=told["called"])
    for group in told["groups"]:
        TeachingAssignment.begin(card.pk, group, by=by, kind=told["kind"], ends_on=told["ends_on"])
    invite(card, school_id, told["email"], by=by)
    return card


@transaction.atomic
def accept(
    proposal: StaffProposal,
    *,
    roles: Iterable[str],
    groups: Iterable[Group],
    email: str,
    by: Viewer,
) -> bool:
    """Yes to somebody whom a file named, with a mail where there is an address."""
    given = list(roles)
    card = proposal.accept(given, groups, by=by)
    if card:
        for role in given:
            _tell_of(role, card.pk, proposal.school_id, by=by)
        if email:
            invite(card, proposal.school_id, email, by=by)
    return card is not None


def invite(card: User, school_id: UUID, email: str, *, by: Viewer) -> None:
    """Mail the way in to who waits behind a name card of the staff."""
    kind = Invitation.Kind.STAFF
    invitations.invite(card, school_id=school_id, kind=kind, email=email, by=by)


def _give(role: str, person_id: UUID, school_id: UUID, *, by: Viewer, called: str) -> None:
    if Employment.begin(person_id, school_id=school_id, role=role, by=by, called=called):
        _tell_of(role, person_id, school_id, by=by)


def _tell_of(role: str, person_id: UUID, school_id: UUID, *, by: Viewer) -> None:
    """The others in charge hear at once of who sees and changes everything from now on."""
    if role in Employment.LEADING:
        tell_leaders(role, person_id, school_id=school_id, by=by)


@dataclass(frozen=True)
class Posts:
    """What somebody has at a school now or later: roles, groups, open invitations."""

    school_id: UUID
    person_id: UUID
    roles: list[Employment]
    lessons: list[TeachingAssignment]
    invited: list[Invitation]

    @classmethod
    def of(cls, person_id: UUID, school_id: UUID, viewer: Viewer) -> Posts:
        """As the office may change it."""
        mine = {"user": person_id, "school": school_id}
        today = clock.today()
        roles = Employment.objects.changeable_by(viewer).not_over(today).filter(**mine)
        lessons = TeachingAssignment.objects.changeable_by(viewer).not_over(today).filter(**mine)
        invited = Invitation.objects.changeable_by(viewer).standing()
        return cls(
            school_id,
            person_id,
            list(roles.order_by("starts_on", "role")),
            list(lessons.select_related("group").order_by("group__name", "starts_on")),
            list(invited.filter(person=person_id, school=school_id, kind=Invitation.Kind.STAFF)),
        )

    @property
    def has_an_end(self) -> bool:
        """Whether leaving was planned."""
        return any(one.ends_on for one in self.roles)

    @property
    def called(self) -> str:
        return next((one.called for one in self.roles if one.called), "")

    @transaction.atomic
    def rename(self, names: dict[str, str], *, by: Viewer) -> None:
        """Correct the name on the card, for every school that knows this person."""
        card = User.objects.changeable_by(by).get(pk=self.person_id)
        changed = [name for name, value in names.items() if getattr(card, name) != value]
        for name in changed:
            setattr(card, name, names[name])
        if changed:
            card.save(update_fields=changed)
            tie = (*self.roles, *self.lessons)[0]
            about = self.person_id
            AuditEntry.note("person.renamed", tie, by=by, fields=changed, person=about)

    @transaction.atomic
    def settle(self, roles: Iterable[str], called: str, *, by: Viewer) -> None:
        """Have these roles from now on and no others. Raises ValidationError."""
        wanted, held = set(roles), {one.role: one for one in self.roles}
        for role in sorted(wanted - set(held)):
            _give(role, self.person_id, self.school_id, by=by, called=called)
        for role, one in held.items():
            if role in wanted:
                one.call(called, by=by)
            else:
                one.end(at_once(), by=by)

    def part(self, told: dict[str, Any], *, by: Viewer) -> None:
        """Leave as the form says: at once, after a day, or not after all."""
        if told["last_day"] is None:
            self.stay(by=by)
        else:
            self.leave(told["last_day"], by=by)

    @transaction.atomic
    def leave(self, last_day: date, *, by: Viewer) -> None:
        """End everything after a day; at once takes back invitations, too.

        Raises ValidationError where nobody would be left in charge of the school.
        """
        for lesson in self.lessons:
            if lesson.ends_on is None or lesson.ends_on > last_day:
                lesson.end(last_day, by=by)
        for role in self.roles:
            if role.ends_on != last_day:  # a later day than was said before is good, too
                role.end(last_day, by=by)
        if last_day < clock.today():
            for invitation in self.invited:
                invitations.revoke(invitation, by=by)

    @transaction.atomic
    def stay(self, *, by: Viewer) -> None:
        """Not leave after all: the roles have no end any more. Lessons keep theirs."""
        for role in self.roles:
            if role.ends_on is not None:
                role.go_on(by=by)
