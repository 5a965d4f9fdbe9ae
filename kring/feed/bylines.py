"""How a writer is called under what was written: kept as it was on that day."""

from uuid import UUID

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer
from kring.schools.models import Employment


def of_staff(person: User, school_id: UUID, viewer: Viewer) -> tuple[str, str]:
    """Name and role: "Juf Sanne", teacher. A substitute without employment is a teacher."""
    jobs = Employment.objects.visible_to(viewer).on(clock.today())
    job = jobs.filter(user=person.pk, school=school_id).order_by("role").first()
    if job is None:
        return person.name, Employment.Role.TEACHER
    called = job.called[:1].upper() + job.called[1:]
    return called or person.name, job.role


def of_anybody(person: User, school_id: UUID, viewer: Viewer) -> str:
    """Staff by what children call them, guardians by name."""
    if school_id in viewer.staff_of:
        return of_staff(person, school_id, viewer)[0]
    return person.name
