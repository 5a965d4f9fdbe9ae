"""A colleague lost all second factors: the office vouches, and everybody concerned hears of it.

An account spans schools, so whoever opens it anew here would open it for the other schools, too:
see ADR 0015.
"""

from __future__ import annotations

from uuid import UUID

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry
from kring.office.telling import FACTORS, tell_leaders
from kring.schools.models import Employment, TeachingAssignment


def is_colleague(school_id: UUID, person: User, works: Viewer, by: Viewer) -> bool:
    """Whether somebody else works here today who came in, and could with a mailbox come in anew."""
    came_in = person.joined_at is not None and bool(person.email)
    return came_in and school_id in works.staff_of and person.pk != by.user_id


def may_vouch(school_id: UUID, works: Viewer) -> bool:
    """Whether the office of this school may take away the factors of who works here.

    Never of who works at another school besides: what is opened anew here, is opened there. And
    what somebody does *here* decides nothing, for that is what this office itself writes down.
    """
    sees = works.staff_of | works.ids("leads", "administers", "coaches", "cares_for")
    return sees == {school_id}


def note(school_id: UUID, works: Viewer, by: Viewer) -> None:
    """In the trail of the school, with a mail to who lead it."""
    with seen_by(by):
        tie = _tie(school_id, works.person_id, by)
        AuditEntry.note("person.factors_forgotten", tie, by=by, person=works.user_id)
        tell_leaders(FACTORS, works.person_id, school_id=school_id, by=by)


def _tie(school_id: UUID, person_id: UUID, viewer: Viewer) -> Employment | TeachingAssignment:
    """What this person works there by today: a role, else the group of a substitute."""
    mine, today = {"school": school_id, "user": person_id}, clock.today()
    role = Employment.objects.visible_to(viewer).on(today).filter(**mine).first()
    lessons = TeachingAssignment.objects.visible_to(viewer).on(today).filter(**mine)
    return role or lessons.order_by("pk")[0]
