"""The other families of the school: with them groep 5 has 26 children of 24 families."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from kring.accounts.models import User
from kring.base import clock
from kring.schools import models as school

CHILDREN = (
    *("Tess", "Jesse", "Liv", "Mees", "Saar", "Levi", "Evi", "Luuk", "Fenna", "Teun"),
    *("Julia", "Siem", "Mila", "Boaz", "Nora", "Guus", "Elin", "Sef", "Lotte", "Jip"),
)
SURNAMES = (
    *("Bakker", "Mulder", "Visscher", "Groen", "Kramer", "Dekker", "Prins", "Blom"),
    *("Kok", "Schouten", "Vos", "Mol", "Post", "Lamers", "Smeets"),
)
PARENTS = (
    *("Anouk", "Bas", "Chantal", "Dirk", "Esther", "Frank", "Gerda", "Hugo"),
    *("Inge", "Jeroen", "Karin", "Leon", "Monique", "Niels", "Paula"),
)
NEVER_SIGNED_IN = 7  # the family with this number
YOUNGEST = {"group_2": 5, "group_5": 8, "group_6": 9, "group_7": 10}  # years old in August
SIZES = {"group_5": 21, "group_2": 8, "group_6": 6, "group_7": 6}


def build(identity: Callable[[str], UUID], begin: date) -> None:
    """Children with one guardian each, three pairs of siblings, one family that never came in."""
    count = 0
    for group, size in SIZES.items():
        for place in range(size):
            # The third, fifth and seventh have a sibling before them, at the same address.
            sibling = group == "group_5" and place in {2, 4, 6}
            if not sibling:
                count += 1
                _family(identity, count, joined=count != NEVER_SIGNED_IN)
            _child(identity, group, count, CHILDREN[(count + place) % len(CHILDREN)], begin)
    for child in ("lina", "milan"):  # whose fathers are in the cast
        count += 1
        _family(identity, count, joined=True)
        _tie(identity, count, identity(child), begin)


def surname(number: int) -> str:
    """The parents' list of names is as long, so the same two never meet again."""
    return SURNAMES[(number * 7 + number // len(SURNAMES)) % len(SURNAMES)]


def address(number: int) -> str:
    """Where a parent reads mail."""
    return f"ouder{number}@kring.example"


def _family(identity: Callable[[str], UUID], number: int, *, joined: bool) -> None:
    User.objects.create_user(
        id=identity(f"parent {number}"),
        email=address(number) if joined else None,  # else a card that waits
        first_name=PARENTS[number % len(PARENTS)],
        last_name=surname(number),
        joined_at=clock.now() if joined else None,
    )
    school.Household.objects.create(
        id=identity(f"home {number}"),
        school_id=identity("wilgenhoek"),
        street=f"Rietveld {number}",
        postcode=f"{9900 + number} KR",
        city="Waterdam",
    )


def _child(
    identity: Callable[[str], UUID], group: str, number: int, name: str, begin: date
) -> None:
    where = identity("wilgenhoek")
    years, days = YOUNGEST[group], timedelta(days=number * 13 % 360)
    student = school.Student.objects.create(
        school_id=where,
        first_name=name,
        last_name=surname(number),
        born_on=begin.replace(year=begin.year - years) - days,
        source_id=str(10_000 + number * 10 + len(name)) + name[:1],
    )
    school.Enrollment.objects.create(
        school_id=where, student=student, group_id=identity(group), starts_on=begin
    )
    _tie(identity, number, student.pk, begin)


def _tie(identity: Callable[[str], UUID], number: int, student: UUID, begin: date) -> None:
    school.Guardianship.objects.create(
        school_id=identity("wilgenhoek"),
        guardian_id=identity(f"parent {number}"),
        student_id=student,
        household_id=identity(f"home {number}"),
        relation=school.Guardianship.Relation.MOTHER,
        has_authority=school.Guardianship.Authority.YES,
        telephone=f"+316001{number:05}",
        email=address(number),
        starts_at=clock.start_of(begin),
    )
