from kring.schools.models.base import SchoolModel
from kring.schools.models.family import Guardianship, Household
from kring.schools.models.hours import WorkingHours
from kring.schools.models.mourning import Mourning, in_mourning
from kring.schools.models.policy import Policy
from kring.schools.models.school import (
    ClosedDay,
    Group,
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
    "Mourning",
    "Policy",
    "SameChild",
    "School",
    "SchoolBoard",
    "SchoolModel",
    "SchoolYear",
    "StaffProposal",
    "Student",
    "TeachingAssignment",
    "WorkingHours",
    "in_mourning",
]
