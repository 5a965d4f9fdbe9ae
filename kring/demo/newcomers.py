"""A child of whom nobody came in yet, at school and at the after-school care: only in the demo.

Its mother has an account for her other children. Both offices know her by name only: her letters
are still to be printed.
"""

from __future__ import annotations

from datetime import date, timedelta

from kring.accounts.models import User
from kring.base import clock
from kring.demo.cast import GROUPS, identity, student_id
from kring.schools.models import Enrollment, Guardianship, Household, Student

CHILD, BORN = "mila", date(2016, 2, 14)
SINCE = timedelta(days=30)


def build() -> None:
    """Mila, in group 7 and at the BSO."""
    for group in ("group_7", "bso"):
        where = GROUPS[group][0]
        child = Student.objects.create(
            id=student_id(CHILD, where),
            school_id=identity(where),
            first_name="Mila",
            last_name="Amrani",
            born_on=BORN,
        )
        Enrollment.objects.create(
            school_id=identity(where),
            student=child,
            group_id=identity(group),
            starts_on=clock.today() - SINCE,
        )
        _mother(child)


def _mother(child: Student) -> None:
    """A name card that waits."""
    card = User.objects.create_user(first_name="Fatima", last_name="Amrani")
    home = Household.objects.create(
        school_id=child.school_id, street="Kikkerpad 1", postcode="9901 KR", city="Waterdam"
    )
    Guardianship.objects.create(
        school_id=child.school_id,
        guardian=card,
        student=child,
        household=home,
        relation=Guardianship.Relation.MOTHER,
        starts_at=clock.now() - SINCE,
    )
