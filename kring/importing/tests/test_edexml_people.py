from __future__ import annotations

from datetime import date

import pytest

from kring.importing.tests import made
from kring.importing.tests.edexml_parts import (
    GROUP,
    SCHOOL,
    problems,
    pupil,
    read,
    refusals,
    roster,
)


# ── pupils ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("names", "first_name"),
    [
        ("<roepnaam>Noor</roepnaam><voornamen>Eleonora Maria</voornamen>", "Noor"),
        ("<voornamen>Eleonora Maria</voornamen><voorletters-1>EM</voorletters-1>", "Eleonora"),
        ("<voorletters-1>EM</voorletters-1>", "EM"),
    ],
)
def test_a_pupil_is_called_by_the_first_name_there_is(names: str, first_name: str) -> None:
    assert roster(pupils=pupil(name=names)).students[0].first_name == first_name


def test_a_roepnaam_alone_is_name_enough() -> None:
    alone = '<leerling key="1"><roepnaam>Noor</roepnaam><groep key="G3"/></leerling>'
    noor = roster(pupils=alone).students[0]
    assert (noor.first_name, noor.infix, noor.last_name) == ("Noor", "", "")


def test_nobody_is_without_a_name() -> None:
    nameless = '<leerling key="1"><groep key="G3"/></leerling>'
    assert refusals(pupils=nameless) == [("no_name", 8, "leerling")]
    reading = read(made.document(SCHOOL, GROUP, pupil(name="")))
    assert problems(reading) == [("warning", "no_first_name", 8, "roepnaam", "")]


@pytest.mark.parametrize(
    ("code", "grade", "warning"),
    [
        ("4", 4, ""),
        ("0", None, ""),
        ("B", None, ""),
        ("11", None, ""),
        ("C", None, "no_grade"),
        ("9", None, "unknown_grade"),
    ],
)
def test_the_year_group_of_a_pupil_goes_before_that_of_its_group(
    code: str, grade: int | None, warning: str
) -> None:
    reading = read(made.document(SCHOOL, GROUP, pupil(more=f"<jaargroep>{code}</jaargroep>")))
    assert reading.roster
    assert reading.roster.students[0].grade == grade
    assert [one.code for one in reading.problems] == [warning] * bool(warning)


def test_without_a_year_group_of_its_own_a_pupil_has_that_of_its_group() -> None:
    assert roster().students[0].grade == 3
    assert roster(groups=GROUP.replace(">3<", ">S<")).students[0].grade is None


def test_a_combination_group_has_the_grades_of_its_pupils() -> None:
    pupils = [pupil(str(grade), f"<jaargroep>{grade}</jaargroep>") for grade in (4, 3)]
    found = roster(groups=GROUP.replace(">3<", ">C<"), pupils="".join(pupils))
    assert found.groups[0].grades == (3, 4)


def test_who_has_left_has_a_last_day_and_who_left_long_ago_is_not_there() -> None:
    gone = pupil(
        "1", "<instroomdatum>2020-08-01</instroomdatum><uitstroomdatum>2026-10-02Z</uitstroomdatum>"
    )
    long_ago = pupil("2", "<jaargroep>H</jaargroep>")
    found = roster(pupils=gone + long_ago)
    assert [(one.key, one.starts_on, one.ends_on) for one in found.students] == [
        ("1", date(2020, 8, 1), date(2026, 10, 2))
    ]
    assert found.dropped == {"historical": 1}


def test_who_left_before_coming_is_taken_to_have_left() -> None:
    more = "<instroomdatum>2027-08-01</instroomdatum><uitstroomdatum>2026-10-02</uitstroomdatum>"
    reading = read(made.document(SCHOOL, GROUP, pupil(more=more)))
    assert problems(reading) == [("warning", "left_before_coming", 8, "uitstroomdatum", "")]
    assert reading.roster
    assert reading.roster.students[0].starts_on is None


@pytest.mark.parametrize(
    ("day", "code"),
    [("13-04-2018", "no_date"), ("2018-02-30", "no_date"), ("2999-01-01", "born_later")],
)
def test_a_date_of_birth_that_cannot_be_is_refused(day: str, code: str) -> None:
    more = f"\n<geboortedatum>{day}</geboortedatum>"
    assert refusals(pupils=pupil(more=more)) == [(code, 9, "geboortedatum")]


def test_what_does_not_fit_is_refused_and_shown_in_short() -> None:
    reading = read(made.document(SCHOOL, GROUP, pupil(name=f"<roepnaam>{'x' * 65}</roepnaam>")))
    assert problems(reading)[0] == ("refused", "too_long", 8, "roepnaam", "x" * 40 + "…")


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        ("bsn", "bsn"),
        ("sofinummer", "bsn"),
        ("onderwijsnummer", "bsn"),
        ("rijksregisternummer", "bsn"),
        ("etniciteit", "ethnicity"),
        ("gewicht", "weight"),
        ("gewicht_nieuw", "weight"),
        ("land_moeder", "countries"),
        ("postcodenl", "postcode"),
        ("fotourl", "photo"),
        ("gebruikersnaam", "username"),
        ("emailadres", "pupil_email"),
    ],
)
def test_what_we_do_not_keep_is_only_counted(element: str, kind: str) -> None:
    found = roster(pupils=pupil(more=f"<{element}>SECRET</{element}>"))
    assert found.dropped == {kind: 1}
    assert "SECRET" not in repr(found)


def test_additions_and_unknown_elements_are_passed_over_with_a_warning() -> None:
    block = "<toevoegingen><blok><code>x</code><roepnaam>Nee</roepnaam></blok></toevoegingen>"
    reading = read(made.document(SCHOOL, GROUP, pupil(more=f"{block}<hobby>judo</hobby>")))
    assert reading.roster
    assert reading.roster.students[0].first_name == "Noor"
    assert problems(reading) == [
        ("warning", "unknown_element", 8, "hobby", ""),
        ("warning", "additions", None, "", "1"),
    ]


# ── staff ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("roles", "suggested"),
    [
        (["DIR"], ("principal",)),
        (["ADJ", "LOC"], ("principal",)),
        (["ADM"], ("administrator",)),
        (["IB", "LRK"], ("counselor", "teacher")),
        (["VAK"], ("teacher",)),
        (["OWA"], ("aide",)),
        (["KLA"], ("aide",)),
        (["LOS"], ("aide",)),
        (["CON"], ()),
        (["OUD", "LRK"], ("teacher",)),
    ],
)
def test_a_role_of_the_file_only_suggests(roles: list[str], suggested: tuple[str, ...]) -> None:
    inside = "".join(f"<rol>{role}</rol>" for role in roles)
    staff = f'<leerkracht key="L"><roepnaam>Bo</roepnaam>{inside}</leerkracht>'
    assert roster(staff=staff).staff[0].roles == suggested


def test_a_parent_is_no_staff() -> None:
    found = roster(staff='<leerkracht key="L"><rol>OUD</rol></leerkracht>')
    assert not found.staff
    assert found.dropped == {"parent_as_staff": 1}


def test_who_has_a_group_and_no_role_is_taken_for_its_teacher() -> None:
    group = '<groepen><groep key="G3"/></groepen>'
    teacher, nobody = roster(
        staff=f'<leerkracht key="L"><roepnaam>Bo</roepnaam>{group}</leerkracht>'
        '<leerkracht key="M"><roepnaam>Al</roepnaam></leerkracht>'
    ).staff
    assert (teacher.roles, teacher.group_keys) == (("teacher",), ("G3",))
    assert nobody.roles == ()


def test_an_address_that_is_none_and_an_unknown_role_are_left_out_with_a_warning() -> None:
    staff = (
        '<leerkracht key="L"><roepnaam>Bo</roepnaam><emailadres>bo@</emailadres><rol>XYZ</rol>'
        "</leerkracht>"
    )
    reading = read(made.document(SCHOOL, GROUP, pupil(), staff))
    assert reading.roster
    assert reading.roster.staff[0].email == ""
    assert problems(reading) == [
        ("warning", "unknown_role", 11, "rol", "XYZ"),
        ("warning", "no_email", 11, "emailadres", "bo@"),
    ]
