"""What an import can write: the tables, and which of their columns it decides."""

from __future__ import annotations

from django.db import models

from kring.accounts.models import User
from kring.schools.models import (
    Enrollment,
    Group,
    Guardianship,
    Household,
    School,
    SchoolYear,
    StaffProposal,
    Student,
)

type Model = type[models.Model]

# The attributes of a row that is made; all others get what a new row of the model has. In the order
# in which they can be put in: the keys of later ones point at earlier ones.
_NAMES = ("first_name", "infix", "last_name")
_NOBODY = ("email", "username", "joined_at")  # none of them: what undoing looks at
_RIGHTS = ("relation", "has_authority", "access")
_GROUP = ("id", "year_id", "name", "grades", "is_homeroom", "color", "source_id")
_PLACE = ("id", "student_id", "group_id", "grade", "weekdays", "starts_on", "ends_on")
_TIE = ("id", "guardian_id", "student_id", "household_id", *_RIGHTS)
MADE: dict[Model, tuple[str, ...]] = {
    SchoolYear: ("id", "name", "starts_on", "ends_on"),
    Group: _GROUP,
    Student: ("id", *_NAMES, "sort_key", "born_on", "source_id", "eck_id"),
    Enrollment: _PLACE,
    Household: ("id", "source_id"),
    User: ("id", *_NAMES, "sort_key", *_NOBODY),
    Guardianship: (*_TIE, "telephone", "email", "starts_at"),
    StaffProposal: ("id", "source_id", *_NAMES, "email", "roles", "group_ids"),
}
ALL: tuple[Model, ...] = (School, *MADE)
