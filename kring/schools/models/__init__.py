from kring.schools.models.base import SchoolModel
from kring.schools.models.family import Guardianship, Household
from kring.schools.models.school import (
    ClosedDay,
    Group,
    Policy,
    School,
    SchoolBoard,
    SchoolYear,
)
from kring.schools.models.staff import Employment, StaffProposal, TeachingAssignment
from kring.schools.models.student import Enrollment, SameChild, Student

__all__ = [
    "ClosedDay",
    "Employment",
    "Enrollment",
    "Group",
    "Guardianship",
    "Household",
    "Policy",
    "SameChild",
    "School",
    "SchoolBoard",
    "SchoolModel",
    "SchoolYear",
    "StaffProposal",
    "Student",
    "TeachingAssignment",
]
