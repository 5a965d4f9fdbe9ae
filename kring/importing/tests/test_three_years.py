"""Three years of one school go in one after the other, with the lists of parents and carers.

What is expected is counted in the files themselves, by other means than Kring's readers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from xml.etree import ElementTree as ET

import pytest

from kring.importing.differences import LEFT
from kring.importing.tests.taking import DATA, Office, read
from kring.schools.models import (
    Employment,
    Enrollment,
    Group,
    Guardianship,
    Household,
    StaffProposal,
    Student,
)
from tests.cast import Cast
from tests.unlocked import unlocked

YEARS = ("2024-2025", "2025-2026", "2026-2027")


@cache
def pupils(year: str) -> dict[str, ET.Element]:
    """By key."""
    return {one.attrib["key"]: one for one in tree(year).iterfind("leerlingen/leerling")}


@cache
def tree(year: str) -> ET.Element:
    return ET.parse(DATA / f"wilgenhoek_{year}_edexml21.xml").getroot()  # noqa: S314 - ours


def homeroom(pupil: ET.Element) -> str:
    found = pupil.find("groep")
    assert found is not None
    return found.attrib["key"]


def groups(year: str) -> set[str]:
    found = tree(year).find("groepen")
    assert found is not None
    return {one.attrib["key"] for one in found}


def staff(year: str) -> dict[str, str]:
    """By key, with the text of all that is proposed."""
    return {
        one.attrib["key"]: ET.tostring(one, encoding="unicode")
        for one in tree(year).iterfind("leerkrachten/leerkracht")
    }


def take_year(office: Office, year: str) -> None:
    """One year, compared with what the files say of it and the year before."""
    before = [one for one in YEARS[: YEARS.index(year)] if one in office.years]
    old = pupils(before[-1]) if before else {}
    new, gone = pupils(year).keys() - old.keys(), old.keys() - pupils(year).keys()
    reading = read("edexml", DATA / f"wilgenhoek_{year}_edexml21.xml")
    shown = office.compare(reading)
    counts = shown.counts
    assert counts["group"] == {"new": len(groups(year))}  # their keys change every year
    wanted = {"new": len(new), "changed": len(pupils(year)) - len(new), "gone": len(gone)}
    assert counts["student"] == {kind: number for kind, number in wanted.items() if number}
    assert counts["staff"].get("new", 0) == len(
        staff(year).keys() - (staff(before[-1]).keys() if before else set())
    )
    assert shown.gone_share == pytest.approx(len(gone) / len(old) if old else 0)
    leaving = {one.key: LEFT for one in shown.found if (one.what, one.kind) == ("student", "gone")}
    office.take(reading, leaving)
    office.years.append(year)


def test_the_same_children_move_up_year_after_year(cast: Cast) -> None:
    office = Office.of_new_school()
    for year in YEARS:
        take_year(office, year)
        shown = office.compare(read("edexml", DATA / f"wilgenhoek_{year}_edexml21.xml"))
        assert shown.is_empty, shown.counts
        with unlocked():
            here = Student.objects.filter(school=office.school, enrollments__ends_on=None)
            assert set(here.values_list("source_id", flat=True)) == pupils(year).keys()
            placed = Enrollment.objects.filter(
                school=office.school, ends_on=None, group__is_homeroom=True
            )
            found = dict(placed.values_list("student__source_id", "group__source_id"))
            assert found == {key: homeroom(one) for key, one in pupils(year).items()}
    with unlocked():
        every = {key for year in YEARS for key in pupils(year)}
        assert Student.objects.filter(school=office.school).count() == len(every)
        assert Group.objects.filter(school=office.school).count() == 3 * 13
        own = Employment.objects.filter(school=office.school)
        assert own.count() == 1  # a role of a file gives nobody a right
        office.school.refresh_from_db()
        assert office.school.brin == "99WH00"


def test_who_stays_moves_up_and_keeps_the_day_it_came(cast: Cast) -> None:
    office = Office.of_new_school(brin="99WH00")
    for year in YEARS[:2]:
        take_year(office, year)
    with unlocked():
        found = Enrollment.objects.filter(
            school=office.school, student__source_id="10001", group__is_homeroom=True
        )
        days = list(found.order_by("starts_on").values_list("starts_on", "ends_on"))
    assert days == [(date(2024, 8, 1), date(2025, 7, 31)), (date(2025, 8, 1), None)]


def test_a_file_of_an_earlier_year_is_refused_once_a_later_one_stands(cast: Cast) -> None:
    office = Office.of_new_school()
    take_year(office, YEARS[0])
    take_year(office, YEARS[1])
    of = office.begin(read("edexml", DATA / f"wilgenhoek_{YEARS[0]}_edexml21.xml"))
    assert (of.state, of.roster, of.problems[0]["code"]) == ("refused", None, "older_year")


def carer_rows() -> Iterator[dict[str, str]]:
    path = DATA / "wilgenhoek_2026_verzorgers_utf8.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def parent_rows() -> Iterator[dict[str, str]]:
    path = DATA / "wilgenhoek_2026_ouders_utf8bom_puntkomma.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def test_carers_come_with_the_list_and_once_for_brothers_and_sisters(cast: Cast) -> None:
    office = Office.of_new_school()
    take_year(office, YEARS[2])
    rows = list(carer_rows())
    shown = office.take(
        read("carers", DATA / "wilgenhoek_2026_verzorgers_utf8.csv"), source="carers"
    )
    assert shown.counts == {"carer": {"new": len(rows)}}
    with unlocked():
        ties = Guardianship.objects.filter(school=office.school)
        assert ties.count() == len(rows)
        people = {(one["email"], one["ouder_voornaam"], one["ouder_achternaam"]) for one in rows}
        assert ties.values("guardian").distinct().count() == len(people)
        homes = Household.objects.filter(school=office.school)
        assert homes.count() == len({one["huishouden"] for one in rows})
        assert ties.filter(has_authority="no").count() == sum(one["gezag"] == "N" for one in rows)
        assert not ties.exclude(guardian__email=None).exists()  # an address opens nothing
        assert not StaffProposal.objects.filter(school=office.school, was_accepted=True).exists()
    again = office.compare(
        read("carers", DATA / "wilgenhoek_2026_verzorgers_utf8.csv"), source="carers"
    )
    assert again.is_empty, again.found[:3]


def test_the_list_of_addresses_finds_the_same_people(cast: Cast) -> None:
    office = Office.of_new_school()
    take_year(office, YEARS[2])
    office.take(read("carers", DATA / "wilgenhoek_2026_verzorgers_utf8.csv"), source="carers")
    path = DATA / "wilgenhoek_2026_ouders_utf8bom_puntkomma.csv"
    shown = office.compare(read("carers", path), source="carers")
    twins = {("Bilal", "de Groot")}
    doubtful = [one for one in shown.found if one.what == "student"]
    assert {one.kind for one in doubtful} == {"doubtful"}
    assert [one.name for one in doubtful] == ["Bilal de Groot"] * 2 * len(twins)
    known = {(one["leerlingnummer"], one["email"].lower()) for one in carer_rows()}
    addresses = {address for _, address in known}
    listed = {
        address.lower()
        for row in parent_rows()
        for name, address in row.items()
        if name.startswith("E-mail") and address
    }
    fresh = [one for one in shown.found if one.what == "carer"]
    assert len(fresh) == len(listed - addresses), fresh[:3]
