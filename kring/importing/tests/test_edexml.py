from __future__ import annotations

import json
from datetime import date

import pytest

from kring.importing.roster import GroupLine, from_json, to_json
from kring.importing.sources.edexml import Edexml
from kring.importing.tests import made
from kring.importing.tests.edexml_parts import (
    GROUP,
    HERE,
    SCHOOL,
    problems,
    pupil,
    read,
    refusals,
    roster,
    shared,
)


# ── whole files ──────────────────────────────────────────────────────────────
def test_a_school_is_read_whole() -> None:
    reading = read((HERE / "wilgenhoek_2026-2027_edexml21.xml").read_bytes())
    found = reading.roster
    assert found
    assert not reading.problems
    assert (found.brin, found.year, found.is_whole) == ("99WH00", "2026-2027", True)
    assert (len(found.groups), len(found.students), len(found.staff)) == (13, 208, 20)
    assert found.groups[0] == GroupLine(
        key="2026G01", name="Groep 1/2 Beren", grades=(1, 2), line=13
    )
    selin = found.students[0]
    assert (selin.key, selin.first_name, selin.last_name) == ("10001", "Selin", "Bakker")
    assert (selin.born_on, selin.group_key, selin.grade) == (date(2018, 4, 13), "2026G07", 6)
    assert selin.eck_id.startswith("https://ketenid.nl/")


def test_nothing_that_we_do_not_keep_leaves_the_reader() -> None:
    content = (HERE / "wilgenhoek_2026-2027_edexml21.xml").read_bytes()
    reading = read(content)
    assert reading.roster
    assert reading.roster.dropped == {"bsn": 208, "sex": 208}
    kept = json.dumps(to_json(reading.roster)) + repr(reading.problems)
    assert "<bsn_ondwnr-4>1607<" in content.decode()
    assert '"1607"' not in kept
    assert "geslacht" not in kept


@pytest.mark.parametrize("version", ["103", "20", "21"])
def test_the_versions_of_the_standard_say_the_same(version: str) -> None:
    found = read(shared(f"gemaakt/wilgenhoek_2024-2025_edexml{version}.xml")).roster
    assert found
    assert (found.brin, found.year) == ("99WH00", "2024-2025")
    assert (len(found.students), len(found.staff)) == (240, 24)
    bilal = found.students[1]
    assert (bilal.key, bilal.first_name, bilal.grade) == ("10002", "Bilal", 8)


def test_the_examples_of_the_standard_are_read() -> None:
    reading = read(shared("officieel/EDEXML.Voorbeeld.2.1.xml"))
    assert reading.roster
    wimpie, ismael, gradje = reading.roster.students
    assert wimpie.other_group_keys == ("sg1", "sg2")
    assert ismael.first_name == "Ismaël"  # there is no roepnaam: the first of the voornamen
    assert (gradje.infix, gradje.ends_on) == ("van 't", date(2014, 7, 18))
    assert [one.first_name for one in reading.roster.staff] == ["Julia", "Uilke", "Lia"]
    assert reading.roster.staff[2].roles == ("aide",)  # of her group: STA says nothing, OWA does
    assert [one.code for one in reading.problems] == ["additions"]


def test_a_flemish_file_is_read_and_the_office_is_told_to_look() -> None:
    reading = read(shared("officieel/EDEXML.Voorbeeld.2.0-Vla.xml"))
    assert reading.roster
    assert reading.roster.brin == ""
    assert ("warning", "no_brin", 3, "school", "") in problems(reading)


def test_a_roster_is_the_same_after_it_was_kept() -> None:
    found = read((HERE / "wilgenhoek_2026-2027_edexml21.xml").read_bytes()).roster
    assert found
    assert from_json(json.loads(json.dumps(to_json(found)))) == found


# ── encodings ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-8", "utf-16"),  # declared before it was saved in another way
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "latin-1"),
    ],
)
def test_letters_are_read_as_they_were_meant(declared: str, encoding: str) -> None:
    text = made.document(SCHOOL, GROUP, pupil(name="<roepnaam>Zoë</roepnaam>"))
    reading = read(text.replace("UTF-8", declared).encode(encoding))
    assert reading.roster, reading.problems
    assert reading.roster.students[0].first_name == "Zoë"


@pytest.mark.parametrize("declared", ["UTF-7", "shift_jis", "rot13", "no-such"])
def test_other_encodings_are_refused(declared: str) -> None:
    text = made.document(SCHOOL, GROUP, pupil()).replace("UTF-8", declared)
    assert problems(read(text)) == [("refused", "encoding", None, "", declared)]


def test_bytes_that_are_no_letters_of_the_encoding_are_refused_with_their_line() -> None:
    text = made.document(SCHOOL, GROUP, pupil(name="<roepnaam>Zoë</roepnaam>"))
    ((level, code, line, column, _),) = problems(read(text.encode("cp1252")))
    assert (level, code, line, column) == ("refused", "broken_xml", 8, "roepnaam")


def test_an_accent_beside_its_letter_becomes_one_letter() -> None:
    found = roster(pupils=pupil(name="<roepnaam>Zoe\u0308</roepnaam>"))
    assert found.students[0].first_name == "Zoë"


def test_control_characters_are_refused() -> None:
    assert refusals(pupils=pupil(name="<roepnaam>No\u0085or</roepnaam>")) == [
        ("control_characters", 8, "roepnaam")
    ]


# ── what is no EDEXML ────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "EDEX.XML", "empty"),
        (b" \r\n ", "EDEX.XML", "empty"),
        (b"PK\x03\x04....", "EDEX.XML", "packed"),
        (b"<!DOCTYPE html><html>", "EDEX.XML", "html"),
        (b"99WH00 Bakker    Selin 13042018", "EDEXLL.TXT", "edex_before_xml"),
        (b"99WH00 Bakker    Selin 13042018", "leerlingen.txt", "no_xml"),
        (b"<leerlingen/>", "EDEX.XML", "no_edexml"),
        (b"<EDEX><school>", "EDEX.XML", "broken_xml"),
        (b"<?xml version='1.0'?>", "EDEX.XML", "empty"),
        (b"<EDEX/>", "EDEX.XML", "no_school"),
        (b"<EDEX>" + b"<a>" * 40, "EDEX.XML", "too_complex"),
    ],
)
def test_what_is_no_edexml_is_refused_with_the_reason(content: bytes, name: str, code: str) -> None:
    reading = read(content, name)
    assert reading.is_refused
    assert next(one.code for one in reading.problems if one.level == "refused") == code
    assert reading.problems[0].file == name


def test_more_files_than_one_are_refused() -> None:
    reading = Edexml().read([made.as_file(made.edexml(1)), made.as_file(made.edexml(1))])
    assert [one.code for one in reading.problems] == ["one_file_only"]


# ── the school ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("year", ["2026", "2026-2028", "2027-2026", "26-27", "２０２６-2027", ""])
def test_a_year_that_is_no_year_is_refused(year: str) -> None:
    school = SCHOOL.replace("2026-2027", year)
    assert refusals(school=school) == [("no_school_year", 3, "schooljaar")]


def test_a_year_after_the_last_one_of_the_schema_is_read() -> None:
    assert roster(school=SCHOOL.replace("2026-2027", "2041-2042")).year == "2041-2042"


def test_the_number_of_the_location_goes_with_the_brin() -> None:
    school = SCHOOL.replace("</brincode>", "</brincode><dependancecode>03</dependancecode>")
    assert roster(school=school).brin == "99ZZ03"
    assert roster(school=SCHOOL.replace("99ZZ", "99zz")).brin == "99ZZ00"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("99ZZ", "9ZZ", "no_brin_code"),
        ("</brincode>", "</brincode><dependancecode>A</dependancecode>", "no_location_code"),
        ("</school>", "</school>" + SCHOOL, "two_schools"),
        (SCHOOL, "", "no_school"),
    ],
)
def test_a_school_that_cannot_be_told_is_refused(old: str, new: str, code: str) -> None:
    assert [one for one, *_ in refusals(school=SCHOOL.replace(old, new))] == [code]


def test_a_file_without_pupils_is_refused() -> None:
    assert [one.code for one in read(made.document(SCHOOL, GROUP)).problems] == ["no_students"]


def test_a_version_that_does_not_exist_yet_is_read_with_a_warning() -> None:
    school = SCHOOL.replace("</school>", "<xsdversie>3.0</xsdversie></school>")
    reading = read(made.document(school, GROUP, pupil()))
    assert problems(reading) == [("warning", "other_version", 3, "xsdversie", "3.0")]


def test_the_name_and_year_group_of_a_group() -> None:
    nameless = GROUP.replace("<naam>Groep 3</naam>", "")
    assert refusals(groups=nameless) == [("no_name", 5, "naam")]
    for code, warning in (("9", "unknown_grade"), ("", "no_grade")):
        reading = read(made.document(SCHOOL, GROUP.replace(">3<", f">{code}<"), pupil()))
        assert ("warning", warning, 5, "jaargroep", code) in problems(reading)


# ── keys and references ──────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"pupils": pupil("1") + pupil(" 1 ")}, 9),
        ({"groups": 2 * GROUP}, 6),
        ({"staff": 2 * '<leerkracht key="L"><roepnaam>Bo</roepnaam></leerkracht>'}, 11),
    ],
)
def test_a_key_that_is_in_the_file_twice_is_refused(parts: dict[str, str], line: int) -> None:
    assert refusals(**parts) == [("key_twice", line, "key")]


def test_an_eck_id_that_is_in_the_file_twice_is_refused() -> None:
    twice = [pupil(key).replace("key=", 'eckid="https://ketenid.nl/1" key=', 1) for key in "12"]
    assert refusals(pupils="".join(twice)) == [("key_twice", 9, "eckid")]


def test_the_group_of_a_pupil_must_be_in_the_file() -> None:
    """Read without it, the child would be taken out of its class."""
    assert refusals(pupils=pupil().replace("G3", "G9")) == [("unknown_group", 8, "groep")]


def test_another_group_that_is_not_in_the_file_is_left_out_with_a_warning() -> None:
    more = '<samengestelde_groepen><samengestelde_groep key="SG9"/></samengestelde_groepen>'
    inside = '<roepnaam>Bo</roepnaam><groepen><groep key="X"/></groepen>'
    staff = f'<leerkracht key="L">{inside}</leerkracht>'
    reading = read(
        made.document(SCHOOL, GROUP, pupil(more=more + "<jaargroep>3</jaargroep>"), staff)
    )
    assert reading.roster
    assert reading.roster.students[0].other_group_keys == ()
    assert reading.roster.staff[0].group_keys == ()
    assert problems(reading) == [
        ("warning", "unknown_group_ignored", 8, "samengestelde_groep", "SG9"),
        ("warning", "unknown_group_ignored", 11, "groep", "X"),
    ]


def test_a_pupil_is_in_one_homeroom_group_only() -> None:
    assert refusals(pupils=pupil(more='<groep key="G3"/>')) == [("two_groups", 8, "groep")]


def test_keys_that_were_made_up_for_one_file_are_not_handed_on() -> None:
    found = roster(
        groups=GROUP.replace("G3", "#1"),
        pupils=(pupil("#7") + pupil("#7")).replace("G3", "#1"),
        staff='<leerkracht key="#2"><roepnaam>Bo</roepnaam></leerkracht>',
    )
    assert [(one.key, one.group_key) for one in found.students] == [("", "#1"), ("", "#1")]
    assert found.staff[0].key == ""


def test_a_key_or_eck_id_that_cannot_be_kept_is_refused() -> None:
    assert refusals(pupils=pupil("x" * 257)) == [("too_long", 8, "key")]
    long = pupil().replace("key=", f'eckid="{"x" * 257}" key=', 1)
    assert refusals(pupils=long) == [("too_long", 8, "eckid")]


def test_spaces_around_a_key_do_not_count() -> None:
    assert roster(pupils=pupil(" 7 ")).students[0].key == "7"


def test_a_pupil_without_a_key_is_read_and_a_group_without_one_is_not() -> None:
    reading = read(made.document(SCHOOL, GROUP, pupil().replace(' key="1"', "", 1)))
    assert problems(reading) == [("warning", "no_key", 8, "leerling", "")]
    assert ("group_without_key", 5, "groep") in refusals(groups=GROUP.replace("G3", " "))
