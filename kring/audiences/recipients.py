"""Who receives is who may see: the same rule, asked from the side of the thing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kring.accounts.models import User
from kring.base import clock, visibility
from kring.base.visibility import rule_of
from kring.schools.models import Employment, Guardianship, SchoolModel, TeachingAssignment


def recipients_of(subject: SchoolModel) -> QuerySet[User]:
    """Everybody who may see this thing at the moment that the query runs. For a service block."""
    people: QuerySet[User] = User.objects.filter(pk__in=_tied_to(subject.school_id))
    return people.filter(rule_of(type(subject)).people(subject))


@dataclass(frozen=True)
class _ToAll:
    """What is sent to a whole school at this moment, as far as the rule looks at it."""

    school_id: UUID
    published_at: datetime = field(default_factory=clock.now)
    author_id: UUID | None = None
    withdrawn_at: datetime | None = None
    whole_school: bool = True
    staff_only: bool = False
    group_ids: tuple[UUID, ...] = ()
    student_ids: tuple[UUID, ...] = ()


def everybody_of(school_id: UUID) -> QuerySet[User]:
    """Families and staff: who may see what is sent to the whole school now. In a service block."""
    people: QuerySet[User] = User.objects.filter(pk__in=_tied_to(school_id))
    to_all: Any = _ToAll(school_id)
    return people.filter(visibility.Audience("seeing").people(to_all))


def _tied_to(school_id: UUID) -> QuerySet[Guardianship, Any]:
    """The people of one school, so that the rule is not asked of everybody in the country."""
    guardians = Guardianship.objects.filter(school=school_id).values("guardian")
    employees = Employment.objects.filter(school=school_id).values("user")
    return guardians.union(
        employees, TeachingAssignment.objects.filter(school=school_id).values("user")
    )
