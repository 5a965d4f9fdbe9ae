"""A colleague lost all second factors: the office vouches, and everybody concerned hears of it.

An account spans schools, so whoever opens it anew here opens it for the other schools, too. Why it
may be done all the same, and by which office, is in ADR 0015.
"""

from __future__ import annotations

from uuid import UUID

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry
from kring.joining.claiming import acting_for
from kring.office.telling import FACTORS, tell_leaders
from kring.schools.models import Employment, TeachingAssignment


def is_colleague(school_id: UUID, person: User, works: Viewer, by: Viewer) -> bool:
    """Whether somebody else works here today who came in, and could with a mailbox come in anew."""
    came_in = person.joined_at is not None and bool(person.email)
    return came_in and school_id in works.staff_of and person.pk != by.user_id


def may_vouch(school_id: UUID, works: Viewer) -> bool:
    """Whether the office of this school may take away the factors of who works here.

    Where this person sees the most: a school that is led, else one that is seen as a whole, else
    any school where this person works.
    """
    led, seen_whole = works.ids("leads", "administers"), works.ids("coaches", "cares_for")
    return school_id in (led or seen_whole or works.staff_of)


def note_everywhere(works: Viewer, by: Viewer) -> None:
    """In the trail of every school where this person works, with a mail to who lead it."""
    for school_id in sorted(works.staff_of):
        # Who vouches sees nothing of another school, and yet that school must know.
        acting = acting_for(by.person_id, school_id)
        with seen_by(acting):
            tie = _tie(school_id, works.person_id, acting)
            AuditEntry.note("person.factors_forgotten", tie, by=acting, person=works.user_id)
            tell_leaders(FACTORS, works.person_id, school_id=school_id, by=acting)


def _tie(school_id: UUID, person_id: UUID, viewer: Viewer) -> Employment | TeachingAssignment:
    """What this person works there by today: a role, else the group of a substitute."""
    mine, today = {"school": school_id, "user": person_id}, clock.today()
    role = Employment.objects.visible_to(viewer).on(today).filter(**mine).first()
    lessons = TeachingAssignment.objects.visible_to(viewer).on(today).filter(**mine)
    return role or lessons.order_by("pk")[0]
