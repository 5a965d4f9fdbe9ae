from __future__ import annotations

from datetime import date

import pytest

from kring.importing.roster import CareLine
from kring.importing.tests.list_parts import (
    HEADER,
    HERE,
    NAMED,
    NOOR,
    one_of,
    problems,
    read,
    students,
    with_cell,
)


# ── the two layouts ──────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "name", ["wilgenhoek_2026_ouders_utf8bom_puntkomma.csv", "wilgenhoek_2026_ouders.xlsx"]
)
def test_a_row_for_each_pupil_with_two_addresses(name: str) -> None:
    found = students((HERE / name).read_bytes())
    assert len(found) == 208
    selin = found[0]
    assert (selin.first_name, selin.last_name, selin.group_name) == ("Selin", "Bakker", "Groep 6")
    assert (selin.born_on, selin.grade) == (date(2018, 4, 13), 6)
    assert selin.carers == (
        CareLine(email="bart.bakker@post.example", line=2),
        CareLine(email="sanne.dekker@werk.test", line=2),
    )


def test_a_row_for_each_pupil_and_carer() -> None:
    found = students((HERE / "wilgenhoek_2026_verzorgers_utf8.csv").read_bytes())
    assert (len(found), sum(len(one.carers) for one in found)) == (208, 386)
    isa = found[3]
    assert (isa.key, isa.infix, isa.last_name) == ("10008", "van der", "Linden")
    assert isa.carers[1] == CareLine(
        first_name="Marieke",
        last_name="Dekker",
        email="marieke.dekker@gezin.example",
        telephone="+31600522552",
        relation="mother",
        has_authority="no",
        access="informed",
        household="H3B",
        line=9,
    )


def test_the_sample_of_the_description_is_read_without_a_remark() -> None:
    reading = read((HERE.parents[3] / "docs/import/ouders.csv").read_bytes())
    assert reading.roster
    assert not reading.problems
    assert all(one.taken_for for one in reading.columns)
    mila, sem = reading.roster.students
    assert [one.first_name for one in mila.carers] == ["Iris", "Tom"]
    assert [one.access for one in sem.carers] == ["in_care", "informed"]


def test_a_list_says_nothing_of_who_has_left() -> None:
    reading = read(f"{HEADER}\n{NOOR}")
    assert reading.roster
    assert (reading.roster.is_whole, reading.roster.groups) == (False, ())


# ── authority ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("authority", "informed", "kept", "warning"),
    [
        ("J", "J", ("yes", "in_care"), ""),
        ("ja", "", ("yes", "in_care"), ""),
        ("N", "J", ("no", "informed"), ""),
        ("N", "", ("no", "informed"), ""),
        ("N", "N", ("no", "withheld"), "withheld"),
        ("J", "N", ("yes", "withheld"), "authority_without_information"),
        ("", "N", ("unknown", "withheld"), "withheld"),
        ("", "", ("unknown", "in_care"), ""),
        ("?", "J", ("unknown", "in_care"), "no_yes_or_no"),
    ],
)
def test_authority_and_information_decide_what_somebody_is_shown(
    authority: str, informed: str, kept: tuple[str, str], warning: str
) -> None:
    text = with_cell("gezag", authority).removesuffix("J") + informed
    reading = read(text)
    assert reading.roster
    carer = reading.roster.students[0].carers[0]
    assert (carer.has_authority, carer.access) == kept
    assert [one.code for one in reading.problems] == [warning] * bool(warning)


@pytest.mark.parametrize(
    ("said", "relation"),
    [
        ("Moeder", "mother"),
        ("vader", "father"),
        ("pleegmoeder", "foster_parent"),
        ("opa", "grandparent"),
        ("buurvrouw", "other"),
        ("", "other"),
    ],
)
def test_a_relation_is_known_by_its_dutch_name(said: str, relation: str) -> None:
    noor = one_of(f"Noor;Vos;13-04-2018;3;{said};Bo;Vos;;;;;", NAMED)
    assert noor.carers[0].relation == relation


# ── rows and children ────────────────────────────────────────────────────────
def carer(name: str, *, child: str = "Noor", group: str = "3", key: str = "") -> str:
    return f"{key};{child};Vos;13-04-2018;{group};;{name};Vos;;;;;"


def children(*rows: str) -> tuple[list[list[str]], list[str]]:
    reading = read("\n".join([f"leerlingnummer;{NAMED}", *rows]))
    assert reading.roster, reading.problems
    carers = [[one.first_name for one in child.carers] for child in reading.roster.students]
    return carers, [one.code for one in reading.problems]


def test_rows_of_one_child_are_brought_together_by_key_wherever_they_stand() -> None:
    rows = (carer("Bo", key="7"), carer("Cas", child="Sem", key="8"), carer("Al", key="7"))
    assert children(*rows) == ([["Bo", "Al"], ["Cas"]], [])


def test_without_a_key_rows_that_follow_each_other_are_one_child() -> None:
    rows = (carer("Bo"), carer("Al"), carer("Cas", child="Sem"))
    assert children(*rows) == ([["Bo", "Al"], ["Cas"]], [])


def test_two_children_of_one_name_and_birthday_are_never_merged() -> None:
    twins = ["same_name_and_birthday"]
    assert children(carer("Bo", key="7"), carer("Al", key="8")) == ([["Bo"], ["Al"]], twins)
    assert children(carer("Bo"), carer("Al", group="4")) == ([["Bo"], ["Al"]], twins)
    apart = (carer("Bo"), carer("Cas", child="Sem"), carer("Al"))
    assert children(*apart) == ([["Bo"], ["Cas"], ["Al"]], twins)


def test_in_a_list_with_two_addresses_each_row_is_a_child() -> None:
    header = "roepnaam;achternaam;geboortedatum;e-mail ouder 1;e-mail ouder 2"
    row = "Noor;Vos;13-04-2018;a@gezin.example;b@gezin.example"
    reading = read(f"{header}\n{row}\n{row}")
    assert reading.roster
    assert len(reading.roster.students) == 2
    assert [one.code for one in reading.problems] == ["same_name_and_birthday"]


def test_a_key_of_two_children_is_refused() -> None:
    rows = [f"leerlingnummer;{NAMED}", carer("Bo", key="7"), carer("Al", child="Sem", key="7")]
    assert problems(read("\n".join(rows))) == [
        ("refused", "key_of_two_children", 3, "leerlingnummer", "7")
    ]


def test_a_list_without_one_carer_is_refused() -> None:
    """Or it would be taken for a list of who is at the school."""
    reading = read("roepnaam;achternaam;e-mail\nNoor;Vos;\nSem;Bos;geen")
    assert [one.code for one in reading.problems] == ["no_carers", "no_email"]


def test_a_carer_that_is_named_twice_is_one_carer() -> None:
    assert children(carer("Bo", key="7"), carer("Bo", key="7")) == ([["Bo"]], [])


def test_a_child_that_changes_groups_halfway_is_told_of() -> None:
    rows = (carer("Bo", key="7"), carer("Al", group="4", key="7"))
    assert children(*rows) == ([["Bo", "Al"]], ["two_groups_of_child"])


def test_a_key_that_was_made_up_is_not_handed_on() -> None:
    reading = read("\n".join([f"leerlingnummer;{NAMED}", carer("Bo", key="#7")]))
    assert reading.roster
    assert reading.roster.students[0].key == ""
