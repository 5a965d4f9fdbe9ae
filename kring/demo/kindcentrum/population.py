"""De Kring put into the database: the organisations, who works there, the families. In bulk."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from itertools import count
from uuid import UUID

from kring.accounts.models import User
from kring.base import clock
from kring.base.names import sort_key
from kring.demo.cast import AUGUST, identity
from kring.demo.kindcentrum.kin import Child, Family, Guardian
from kring.demo.kindcentrum.staff import STAFF
from kring.schools import models as school

SCHOOL, BSO = "kring", "kring bso"
NAMES = {SCHOOL: "De Kring", BSO: "BSO De Kring"}
CARE_GROUPS = {"vlinders": ("De Vlinders", 6), "uilen": ("De Uilen", 9), "vossen": ("De Vossen", 3)}
ABOUT = "De school is open vanaf 8.15 uur. Bellen kan op schooldagen van 8.00 tot 16.30 uur."
SHARING = "Foto's van De Kring blijven in Kring. Deel ze niet verder."
CITY = "Waterdam"
type Place = tuple[str, int | str, str, list[int], int]  # where, key, name, grades, colour
YOUNGEST = 4  # years, of a child in group 1


def group_id(key: int | str) -> UUID:
    """Of a group of the school by its number, of the after-school care by its name."""
    return identity(f"kring group {key}")


def student_id(child: Child, where: str) -> UUID:
    """A child is a student of each organisation that it goes to."""
    return identity(child.key if where == SCHOOL else f"{child.key} at the BSO")


def address(key: str) -> str:
    """Where somebody reads mail: a domain that no server serves (RFC 2606)."""
    return (
        f"{key.replace('kring ', '').replace(' ', '.').replace('ü', 'u').lower()}@dekring.example"
    )


def populate(families: Sequence[Family]) -> None:
    """Make it all. The number of statements does not grow with the number of people."""
    today = clock.today()
    begin = date(today.year if today.month >= AUGUST else today.year - 1, AUGUST, 1)
    _organisations(begin)
    _groups()
    _staff(begin)
    _hours()
    _people(families)
    _children(families, begin)
    _ties(families, begin)


def _organisations(begin: date) -> None:
    board = school.SchoolBoard(id=identity("kring board"), name="Stichting Kindcentra Waterdam")
    school.SchoolBoard.objects.bulk_create([board])
    kinds = school.School.Kind
    school.School.objects.bulk_create(
        school.School(
            id=identity(where),
            board=board,
            name=NAMES[where],
            kind=kind,
            brin=brin,
            street="Kringweg 1",
            postcode="9902 KR",
            city=CITY,
            telephone=telephone,
            email=f"{'info' if where == SCHOOL else 'bso'}@dekring.example",
            about=ABOUT,
        )
        for where, kind, brin, telephone in (
            (SCHOOL, kinds.SCHOOL, "99KR00", "+31600000300"),
            (BSO, kinds.AFTERCARE, "", "+31600000400"),
        )
    )
    _years(begin)


def _years(begin: date) -> None:
    school.SchoolYear.objects.bulk_create(
        school.SchoolYear(
            id=identity(f"year {where}"),
            school_id=identity(where),
            name=f"{begin.year}-{begin.year + 1}",
            starts_on=begin,
            ends_on=date(begin.year + 1, 7, 31),
        )
        for where in NAMES
    )
    school.Policy.objects.bulk_create(
        school.Policy(school_id=identity(where), version=1, sharing_rule=SHARING) for where in NAMES
    )


def _groups() -> None:
    numbered: list[Place] = [
        (SCHOOL, number, f"groep {number}", [number], number) for number in range(1, 9)
    ]
    named: list[Place] = [(BSO, key, name, [], color) for key, (name, color) in CARE_GROUPS.items()]
    school.Group.objects.bulk_create(
        school.Group(
            id=group_id(key),
            school_id=identity(where),
            year_id=identity(f"year {where}"),
            name=name,
            grades=grades,
            color=color,
        )
        for where, key, name, grades, color in (*numbered, *named)
    )


def _user(key: str, first: str, infix: str, last: str, **fields: object) -> User:
    """As ``create_user`` makes one; ``bulk_create`` does not come past ``save``."""
    made = User(id=identity(key), first_name=first, infix=infix, last_name=last, **fields)
    made.sort_key = sort_key(first, last)
    made.set_unusable_password()
    return made


def _staff(begin: date) -> None:
    now = clock.now()
    User.objects.bulk_create(
        _user(one.key, one.first, one.infix, one.last, email=address(one.key), joined_at=now)
        for one in STAFF
    )
    school.Employment.objects.bulk_create(
        school.Employment(
            school_id=identity(where),
            user_id=identity(one.key),
            role=one.role,
            called=one.called,
            starts_on=begin,
        )
        for one in STAFF
        for where in one.at
    )
    _lessons(begin)


def _lessons(begin: date) -> None:
    school.TeachingAssignment.objects.bulk_create(
        school.TeachingAssignment(
            school_id=identity(SCHOOL if isinstance(group, int) else BSO),
            user_id=identity(one.key),
            group_id=group_id(group),
            kind=kind,
            weekdays=list(weekdays),
            starts_on=begin,
        )
        for one in STAFF
        for group, kind, weekdays in one.lessons
    )


def _hours() -> None:
    """Of the teachers, on the days on which they teach; one of them keeps none."""
    teachers = [one for one in STAFF if one.lessons and SCHOOL in one.at][:-1]
    school.WorkingHours.objects.bulk_create(
        school.WorkingHours(
            school_id=identity(SCHOOL),
            person_id=identity(one.key),
            weekday=day,
            starts_at=time(8),
            ends_at=time(16, 30),
        )
        for one in teachers
        for day in sorted({day for *_group, days in one.lessons for day in days})
    )


def _people(families: Sequence[Family]) -> None:
    now = clock.now()
    User.objects.bulk_create(
        _user(
            one.key,
            one.first,
            one.infix,
            one.last,
            email=address(one.key) if one.joined else None,
            joined_at=now - timedelta(days=40) if one.joined else None,
            language=one.language,
        )
        for family in families
        for one in family.guardians
    )
    _homes(families)


def _homes(families: Sequence[Family]) -> None:
    school.Household.objects.bulk_create(
        school.Household(
            id=_home(family, where, home),
            school_id=identity(where),
            street=street,
            postcode=f"{9903 + (family.number + home) % 60} KR",
            city=CITY,
            letter_language=family.letters,
        )
        for family in families
        for where in _places(family)
        for home, street in enumerate(family.streets)
    )


def _children(families: Sequence[Family], begin: date) -> None:
    places = list(_each_place(families))
    school.Student.objects.bulk_create(
        school.Student(
            id=student_id(child, where),
            school_id=identity(where),
            first_name=child.first,
            infix=child.infix,
            last_name=child.last,
            sort_key=sort_key(child.first, child.last),
            born_on=_born(child, family, begin),
            source_id=f"{20_000 + number}" if where == SCHOOL else "",
        )
        for number, (family, child, where) in enumerate(places)
    )
    _stays(places, begin)


def _stays(places: Sequence[tuple[Family, Child, str]], begin: date) -> None:
    school.Enrollment.objects.bulk_create(
        school.Enrollment(
            school_id=identity(where),
            student_id=student_id(child, where),
            group_id=group_id(child.group if where == SCHOOL else child.care),
            weekdays=[] if where == SCHOOL else child.weekdays,
            starts_on=begin,
        )
        for _family, child, where in places
    )
    school.SameChild.objects.bulk_create(
        school.SameChild(
            school_id=identity(SCHOOL),
            student_id=student_id(child, SCHOOL),
            other_school_id=identity(BSO),
            other_student_id=student_id(child, BSO),
        )
        for _family, child, where in places
        if where == BSO
    )


def _ties(families: Sequence[Family], begin: date) -> None:
    numbers = count(1)
    telephones = {
        one.key: f"+316002{next(numbers):05}" for family in families for one in family.guardians
    }
    school.Guardianship.objects.bulk_create(
        school.Guardianship(
            school_id=identity(where),
            guardian_id=identity(guardian.key),
            student_id=student_id(child, where),
            household_id=_home(family, where, guardian.home) if _cares(guardian) else None,
            relation=guardian.relation,
            access=guardian.access,
            has_authority="yes" if guardian.relation in {"mother", "father"} else "no",
            telephone=telephones[guardian.key],
            email="" if guardian.joined or not _cares(guardian) else address(guardian.key),
            starts_at=clock.start_of(begin),
        )
        for family, child, where in _each_place(families)
        for guardian in family.guardians
    )


def _each_place(families: Sequence[Family]) -> Iterator[tuple[Family, Child, str]]:
    """Every child at school, and again at the after-school care where it goes there."""
    for family in families:
        for child in family.children:
            yield family, child, SCHOOL
            if child.care:
                yield family, child, BSO


def _places(family: Family) -> list[str]:
    return [SCHOOL, BSO] if any(child.care for child in family.children) else [SCHOOL]


def _home(family: Family, where: str, home: int) -> UUID:
    return identity(f"home {home} of {family.number} {where}")


def _cares(guardian: Guardian) -> bool:
    return guardian.access == "in_care"


def _born(child: Child, family: Family, begin: date) -> date:
    years = child.group + YOUNGEST - 1
    return begin.replace(year=begin.year - years) - timedelta(days=family.number * 17 % 355)
