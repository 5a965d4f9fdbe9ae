"""The named cast: the same school in the tests, the demo and every screenshot. Nobody in it exists.

Ids are made from the keys, so that a test, a bug report and a screenshot speak of the same mother.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.utils.translation import gettext_noop as _

from kring.accounts.models import User
from kring.base import clock
from kring.demo import crowd
from kring.notifications.models import Wishes
from kring.schools import models as school

AUGUST = 8
_NAMESPACE = UUID("6b72696e-6700-5000-8000-000000000000")


def identity(key: str) -> UUID:
    """The id of a person or thing of the cast."""
    return uuid5(_NAMESPACE, key)


@dataclass(frozen=True)
class Person:
    """One of the cast: who, and what to the school, as the demo's table says it."""

    first: str
    infix: str
    last: str
    roles: tuple[str, ...]
    schools: tuple[str, ...] = ("wilgenhoek",)
    language: str = "nl"
    joined: bool = field(default=True)


PEOPLE = {
    "mother": Person(
        "Fatima", "", "Amrani", (_("mother of Sam and Noor"),), ("wilgenhoek", "vijver")
    ),
    "co_parent": Person("Joris", "van der", "Meulen", (_("father of Sam, other household"),)),
    "informed_father": Person("Rutger", "", "Hofstra", (_("father of Lina, informed only"),)),
    "withheld_father": Person("Kees", "", "Brandsma", (_("father of Milan, withheld"),)),
    "ex_guardian": Person("Tineke", "", "Postma", (_("foster mother of Sam, ended"),)),
    "grandmother": Person(
        "Oma Zohra", "", "Amrani", (_("grandmother of Sam and Noor, may fetch"),)
    ),
    "guardian_elsewhere": Person("Petra", "de", "Wit", (_("mother elsewhere"),), ("kompas",)),
    "guardian_next_month": Person("Amina", "", "Yilmaz", (_("mother of Yara, comes next month"),)),
    "english_mother": Person(
        "Grace", "", "Okafor", (_("mother of Daniel, reads English"),), language="en"
    ),
    "teacher": Person("Sanne", "", "Verhoeven", (_("teacher of groep 5"),)),
    "duo_teacher": Person("Daan", "", "Kuipers", (_("duo-teacher of groep 5"),)),
    "teacher_next_door": Person("Marijke", "", "Smit", (_("teacher of groep 6"),)),
    "teacher_parent": Person("Ilse", "van", "Dijk", (_("teacher of groep 7"), _("mother of Bram"))),
    "aide": Person("Noud", "", "Peters", (_("teaching assistant of groep 5 and 2"),)),
    "counselor": Person("Hanneke", "ter", "Braak", (_("internal supervisor"),)),
    "principal": Person("Willem", "", "Bosch", (_("principal"),)),
    "administrator": Person("Corrie", "", "Jansma", (_("administrator"),)),
    "aftercare": Person("Omar", "", "Haddad", (_("after-school carer"),), ("vijver",)),
    "substitute_yesterday": Person("Lotte", "", "Visser", (_("substitute of yesterday"),)),
    "substitute_today": Person("Thijs", "de", "Graaf", (_("substitute of today"),)),
    "principal_elsewhere": Person("Bea", "", "Timmer", (_("principal elsewhere"),), ("kompas",)),
    "operator": Person("Olaf", "", "Beheer", (_("operator of the server"),), ()),
}

# Who leads school and after-school care: only in the demo, to show a message to all of it.
DIRECTOR = Person(
    "Marleen",
    "de",
    "Haan",
    (_("director of school and after-school care"),),
    ("wilgenhoek", "vijver"),
)
IN_THE_DEMO = PEOPLE | {"director": DIRECTOR}

CHILDREN = {  # key: first name, infix, last name, groups
    "sam": ("Sam", "van der", "Meulen", ("group_5", "bso")),
    "noor": ("Noor", "", "Amrani", ("group_2", "bso")),
    "lina": ("Lina", "", "Hofstra", ("group_5",)),
    "milan": ("Milan", "", "Brandsma", ("group_5",)),
    "bram": ("Bram", "van", "Dijk", ("group_5",)),
    "daniel": ("Daniel", "", "Okafor", ("group_5",)),
    "yara": ("Yara", "", "Yilmaz", ("group_5",)),
    "child_elsewhere": ("Finn", "de", "Wit", ("group_elsewhere",)),
}

BIRTHDAYS = {
    "sam": date(2018, 3, 12),
    "noor": date(2020, 11, 5),
    "lina": date(2018, 6, 30),
    "milan": date(2017, 12, 1),
    "bram": date(2018, 1, 20),
    "daniel": date(2018, 9, 9),
    "yara": date(2018, 4, 17),
    "child_elsewhere": date(2018, 2, 2),
}

GROUPS = {  # key: school, name, grades, colour
    "group_2": ("wilgenhoek", "groep 2", [2], 2),
    "group_5": ("wilgenhoek", "groep 5", [5], 5),
    "group_6": ("wilgenhoek", "groep 6", [6], 6),
    "group_7": ("wilgenhoek", "groep 7", [7], 7),
    "bso": ("vijver", "De Kikkers", [], 9),
    "group_elsewhere": ("kompas", "groep 5", [5], 4),
}

A = school.Guardianship.Access
TIES = [  # guardian, child, relation, access, authority
    ("mother", "sam", "mother", A.IN_CARE, "yes"),
    ("mother", "noor", "mother", A.IN_CARE, "yes"),
    ("co_parent", "sam", "father", A.IN_CARE, "yes"),
    ("informed_father", "lina", "father", A.INFORMED, "no"),
    ("withheld_father", "milan", "father", A.WITHHELD, "yes"),
    ("ex_guardian", "sam", "foster_parent", A.IN_CARE, "no"),
    ("grandmother", "sam", "grandparent", A.PICK_UP, "no"),
    ("grandmother", "noor", "grandparent", A.PICK_UP, "no"),
    ("guardian_elsewhere", "child_elsewhere", "mother", A.IN_CARE, "yes"),
    ("guardian_next_month", "yara", "mother", A.IN_CARE, "yes"),
    ("teacher_parent", "bram", "mother", A.IN_CARE, "yes"),
    ("english_mother", "daniel", "mother", A.IN_CARE, "unknown"),
]

TELEPHONES = {
    "mother": "+31600000001",
    "co_parent": "+31600000002",
    "informed_father": "+31600000003",
    "grandmother": "+31600000005",
    "english_mother": "+31600000006",
    "teacher_parent": "+31600000007",
}
R = school.Employment.Role
JOBS = [  # person, school, role, what children call them
    ("teacher", "wilgenhoek", R.TEACHER, "juf Sanne"),
    ("duo_teacher", "wilgenhoek", R.TEACHER, "meester Daan"),
    ("teacher_next_door", "wilgenhoek", R.TEACHER, "juf Marijke"),
    ("teacher_parent", "wilgenhoek", R.TEACHER, "juf Ilse"),
    ("aide", "wilgenhoek", R.AIDE, "Noud"),
    ("counselor", "wilgenhoek", R.COUNSELOR, ""),
    ("principal", "wilgenhoek", R.PRINCIPAL, ""),
    ("administrator", "wilgenhoek", R.ADMINISTRATOR, ""),
    ("aftercare", "vijver", R.AFTERCARE, "Omar"),
    ("principal_elsewhere", "kompas", R.PRINCIPAL, ""),
]

CONTACT = {
    "wilgenhoek": {
        "street": "Wilgenpad 2",
        "postcode": "9900 KR",
        "city": "Waterdam",
        "telephone": "+31600000100",
        "email": "administratie@kring.example",
        "website": "https://wilgenhoek.example",
        "about": "Bellen kan op schooldagen van 8.00 tot 16.30 uur.\n\n"
        "Is er haast bij, bel dan; schrijf ons voor al het andere.",
    },
    "vijver": {
        "street": "Wilgenpad 4",
        "postcode": "9900 KR",
        "city": "Waterdam",
        "telephone": "+31600000200",
        "email": "vijver@kring.example",
    },
}

LESSONS = [  # person, group, kind, weekdays, last day counted from today
    ("teacher", "group_5", "teacher", [1, 2, 3], None),
    ("duo_teacher", "group_5", "teacher", [4, 5], None),
    ("teacher_next_door", "group_6", "teacher", [1, 2, 3, 4, 5], None),
    ("teacher_parent", "group_7", "teacher", [1, 2, 3, 4, 5], None),
    ("aide", "group_5", "aide", [1, 3], None),
    ("aide", "group_2", "aide", [2, 4], None),
    ("substitute_yesterday", "group_5", "substitute", [], -1),
    ("substitute_today", "group_5", "substitute", [], 0),
]


def address(key: str) -> str:
    """Where the person reads mail: a domain that no server serves (RFC 2606)."""
    return f"{key.replace('_', '.')}@kring.example"


def build() -> None:
    """Make the cast, or bring its days up to date where it stands already."""
    if school.School.objects.filter(pk=identity("wilgenhoek")).exists():
        refresh()
        return
    today = clock.today()
    begin = _first_school_day(today)
    _schools(begin)
    _people()
    _children(begin, today)
    _guardianships(begin)
    _staff(begin, today)
    crowd.build(identity, begin)
    settle_everybody()


def settle_everybody() -> None:
    """Whoever signs in here was asked before how often to hear of the school."""
    asked = Wishes.objects.values("person")
    people = User.objects.exclude(joined_at=None).exclude(pk__in=asked)
    rows = [Wishes(person=person, settled_at=clock.now()) for person in people]
    Wishes.objects.bulk_create(rows)


def refresh() -> None:
    """The substitutes of yesterday and today, and the child of next month, move with the days."""
    today = clock.today()
    for person, _group, _kind, _days, last in LESSONS:
        if last is not None:
            lessons = school.TeachingAssignment.objects.filter(user=identity(person))
            lessons.update(ends_on=today + timedelta(days=last))
    yara = school.Enrollment.objects.filter(student=identity("yara"))
    yara.update(starts_on=_first_of_next_month(today))


def _first_school_day(today: date) -> date:
    return date(today.year if today.month >= AUGUST else today.year - 1, AUGUST, 1)


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _schools(begin: date) -> None:
    for board, name in (
        ("board", "Stichting Onder de Wilgen"),
        ("board_elsewhere", "Stichting Koers"),
    ):
        school.SchoolBoard.objects.create(id=identity(board), name=name)
    kinds = school.School.Kind
    for key, name, kind, brin, board in (
        ("wilgenhoek", "De Wilgenhoek", kinds.SCHOOL, "99WH00", "board"),
        ("vijver", "BSO De Vijver", kinds.AFTERCARE, "", "board"),
        ("kompas", "Het Kompas", kinds.SCHOOL, "98KP00", "board_elsewhere"),
    ):
        school.School.objects.create(
            id=identity(key), name=name, kind=kind, brin=brin, board_id=identity(board)
        )
        school.SchoolYear.objects.create(
            id=identity(f"year {key}"),
            school_id=identity(key),
            name=f"{begin.year}-{begin.year + 1}",
            starts_on=begin,
            ends_on=date(begin.year + 1, 7, 31),
        )
        school.Policy.objects.create(school_id=identity(key), version=1)
        school.School.objects.filter(pk=identity(key)).update(**CONTACT.get(key, {}))
    for key, (where, name, grades, color) in GROUPS.items():
        school.Group.objects.create(
            id=identity(key),
            school_id=identity(where),
            year_id=identity(f"year {where}"),
            name=name,
            grades=grades,
            color=color,
        )


def _people() -> None:
    for key, person in PEOPLE.items():
        _make(key, person)


def _make(key: str, person: Person) -> None:
    User.objects.create_user(
        id=identity(key),
        email=address(key),
        first_name=person.first,
        infix=person.infix,
        last_name=person.last,
        language=person.language,
        joined_at=clock.now() if person.joined else None,
    )


def hire_the_director() -> None:
    """For the demo, beside the cast of the tests."""
    _make("director", DIRECTOR)
    for where in DIRECTOR.schools:
        school.Employment.objects.create(
            school_id=identity(where),
            user_id=identity("director"),
            role=R.PRINCIPAL,
            starts_on=_first_school_day(clock.today()),
        )


def student_id(child: str, where: str) -> UUID:
    """A child is a student of each school that it goes to."""
    return identity(child if where != "vijver" else f"{child} at the BSO")


def _children(begin: date, today: date) -> None:
    for child, (first, infix, last, groups) in CHILDREN.items():
        for group in groups:
            where = GROUPS[group][0]
            school.Student.objects.create(
                id=student_id(child, where),
                school_id=identity(where),
                first_name=first,
                infix=infix,
                last_name=last,
                born_on=BIRTHDAYS[child],
            )
            school.Enrollment.objects.create(
                school_id=identity(where),
                student_id=student_id(child, where),
                group_id=identity(group),
                starts_on=_first_of_next_month(today) if child == "yara" else begin,
            )
        if "bso" in groups:
            school.SameChild.objects.create(
                school_id=identity("wilgenhoek"),
                student_id=identity(child),
                other_school_id=identity("vijver"),
                other_student_id=student_id(child, "vijver"),
            )


def _guardianships(begin: date) -> None:
    for guardian, child, relation, access, authority in TIES:
        for where in {GROUPS[group][0] for group in CHILDREN[child][3]}:
            if where == "vijver" and guardian != "mother":
                continue  # the co-parent's days know no BSO
            school.Guardianship.objects.create(
                school_id=identity(where),
                guardian_id=identity(guardian),
                student_id=student_id(child, where),
                household=_household(guardian, where, access),
                relation=relation,
                access=access,
                has_authority=authority,
                telephone=TELEPHONES.get(guardian, ""),
                has_secret_address=guardian == "mother",
                starts_at=clock.start_of(begin),
                ends_at=_a_second_ago() if guardian == "ex_guardian" else None,
            )


def _a_second_ago() -> datetime:
    return clock.now() - timedelta(seconds=1)


def _household(guardian: str, where: str, access: str) -> school.Household | None:
    if access != A.IN_CARE:
        return None
    home, _made = school.Household.objects.get_or_create(
        id=identity(f"home of {guardian} {where}"),
        defaults={
            "school_id": identity(where),
            "street": "Kikkerpad 1",
            "postcode": "9901 KR",
            "city": "Waterdam",
        },
    )
    return home


def _staff(begin: date, today: date) -> None:
    for person, where, role, called in JOBS:
        school.Employment.objects.create(
            school_id=identity(where),
            user_id=identity(person),
            role=role,
            called=called,
            starts_on=begin,
        )
    for person, group, kind, weekdays, last in LESSONS:
        school.TeachingAssignment.objects.create(
            school_id=identity(GROUPS[group][0]),
            user_id=identity(person),
            group_id=identity(group),
            kind=kind,
            weekdays=weekdays,
            starts_on=begin,
            ends_on=None if last is None else today + timedelta(days=last),
        )
