"""Who receives is who may see: the same rule, asked from the side of the thing."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kring.accounts.models import User
from kring.base.visibility import rule_of
from kring.schools.models import Employment, Guardianship, SchoolModel, TeachingAssignment


def recipients_of(subject: SchoolModel) -> QuerySet[User]:
    """Everybody who may see this thing at the moment that the query runs. For a service block."""
    people: QuerySet[User] = User.objects.filter(pk__in=_tied_to(subject.school_id))
    return people.filter(rule_of(type(subject)).people(subject))


def _tied_to(school_id: UUID) -> QuerySet[Guardianship, Any]:
    """The people of one school, so that the rule is not asked of everybody in the country."""
    guardians = Guardianship.objects.filter(school=school_id).values("guardian")
    employees = Employment.objects.filter(school=school_id).values("user")
    return guardians.union(
        employees, TeachingAssignment.objects.filter(school=school_id).values("user")
    )
