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


def may_vouch(school_id: UUID, person: User, works: Viewer, by: Viewer) -> bool:
    """Whether the office of this school may take away the factors of somebody else.

    Of who leads a school or keeps its books, only the office of a school that this person leads;
    of others, the office of any school where they work. Without a mailbox nothing would be left.
    """
    led = works.ids("leads", "administers")
    trusted = school_id in (led or works.staff_of)
    return trusted and bool(person.email) and person.pk != by.user_id


def note_everywhere(works: Viewer, by: Viewer) -> None:
    """In the trail of every school where this person works, with a mail to who lead it."""
    for school_id in sorted(works.staff_of):
        # Who vouches sees nothing of another school, and yet that school must know.
        acting = acting_for(by.user_id, school_id)
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
