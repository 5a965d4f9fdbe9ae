"""Files that are damaged, made by hand, or meant to do harm: problems, never an error."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from kring.importing import wording
from kring.importing.roster import to_json
from kring.importing.sources import MOST_BYTES, MOST_PROBLEMS, MOST_ROWS, Reading, SourceFile
from kring.importing.sources.registry import SOURCES
from kring.importing.tests import made

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

HERE = Path(__file__).parent / "data"
ROOT = Path(__file__).resolve().parents[3]
EDEXML = made.edexml(6, 2)
LISTS = {
    "carers": made.as_csv(made.carer_rows(4)),
    "aftercare": made.as_csv(made.aftercare_rows(4)),
}
WORKBOOK = made.as_xlsx(made.carer_rows(4))
LAUGHS = """<?xml version="1.0"?><!DOCTYPE EDEX [
<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
]><EDEX><school><schooljaar>&c;</schooljaar></school></EDEX>"""


def read(source: str, content: bytes, name: str = "bestand") -> Reading:
    return SOURCES[source].read([SourceFile(name, io.BytesIO(content))])


def codes(reading: Reading) -> list[str]:
    return [one.code for one in reading.problems]


def see_that_it_is_said(reading: Reading) -> None:
    """Either a roster that can be kept, or refusals; each with a sentence."""
    refused = [one for one in reading.problems if one.level == "refused"]
    assert reading.is_refused == bool(refused)
    assert len(reading.problems) <= MOST_PROBLEMS
    with translation.override("en"):
        assert all(wording.full(one).isprintable() for one in reading.problems)
    assert all(one.code in wording.PROBLEMS for one in reading.problems)
    if reading.roster:
        assert "\0" not in repr(to_json(reading.roster))
        assert all(one.first_name or one.last_name for one in reading.roster.students)


# ── entities ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        '<!DOCTYPE EDEX SYSTEM "http://evil.example/x.dtd"><EDEX/>',
        '<!DOCTYPE EDEX [<!ENTITY x SYSTEM "file:///etc/passwd">]><EDEX>&x;</EDEX>',
        '<!DOCTYPE EDEX [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><EDEX/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_ends_the_reading(content: str, encoding: str) -> None:
    reading = read("edexml", content.encode(encoding))
    assert codes(reading) == ["document_type"]
    assert reading.problems[0].line == 1


def test_an_entity_that_nobody_declared_is_damage() -> None:
    bad = EDEXML.replace(b"<roepnaam>Noor", b"<roepnaam>&noor;")
    assert codes(read("edexml", bad)) == ["broken_xml"]


# ── size ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("source", SOURCES)
def test_a_file_of_20_megabytes_is_not_read(source: str) -> None:
    assert codes(read(source, b"<" + b" " * (MOST_BYTES - 1))) == ["too_big"]


@pytest.mark.slow
def test_more_rows_than_a_school_has_are_refused() -> None:
    teacher = b'<leerkracht key="L%d"><roepnaam>Bo</roepnaam></leerkracht>\n'
    many = b"".join(teacher % number for number in range(MOST_ROWS))
    reading = read("edexml", EDEXML.replace(b"<leerkrachten>", b"<leerkrachten>" + many))
    assert "too_many_rows" in codes(reading)
    rows = made.as_csv([["roepnaam", "achternaam", "e-mail"], *[["a", "b", "c"]] * MOST_ROWS])
    assert "too_many_rows" in codes(read("carers", rows))


def test_a_row_of_a_thousand_columns_is_refused() -> None:
    assert codes(read("carers", b"a;" * 1000)) == ["too_many_columns"]


def test_a_line_of_separators_is_refused_before_it_becomes_cells() -> None:
    content = b"roepnaam;achternaam\r\n" + b";" * 3_000_000
    tracemalloc.start()
    try:
        assert codes(read("carers", content)) == ["too_many_columns"]
        assert tracemalloc.get_traced_memory()[1] < 6 * len(content)
    finally:
        tracemalloc.stop()


def test_a_row_without_end_over_many_lines_is_refused() -> None:
    row = (b";" * 900 + b'"\n"') * 200  # by its quotation marks
    assert codes(read("carers", b"roepnaam;achternaam\r\n" + row)) == ["open_quote"]


def test_reading_stops_where_nearly_everything_is_wrong() -> None:
    rows = made.carer_rows(300)
    for row in rows[1:]:
        row[4] = "gisteren"
    reading = read("carers", made.as_csv(rows))
    assert codes(reading) == ["no_date"] * MOST_PROBLEMS


def test_remarks_without_end_are_counted() -> None:
    rows = made.carer_rows(300)
    for row in rows[1:]:
        row[11] = "6,12E+08"
    reading = read("carers", made.as_csv(rows))
    assert reading.roster
    assert len(reading.problems) == MOST_PROBLEMS
    assert (reading.problems[-1].code, reading.problems[-1].value) == ("more_warnings", "401")


READ_IN_A_PROCESS = """
import os, re, sys
import django
django.setup()
from kring.importing.sources import SourceFile
from kring.importing.sources.registry import SOURCES
with open(sys.argv[2], "rb") as content:
    reading = SOURCES[sys.argv[1]].read([SourceFile("file", content)])
with open("/proc/self/status") as status:
    most = re.search(r"VmHWM:\\s+(\\d+)", status.read())[1]
print(len(reading.roster.students), int(most) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux")
@pytest.mark.parametrize(
    ("source", "children"), [("edexml", 50_000), ("carers", 25_000), ("aftercare", 50_000)]
)
def test_50_000_rows_take_little_memory(source: str, children: int, tmp_path: Path) -> None:
    path = tmp_path / "bestand"
    if source == "edexml":
        path.write_bytes(made.edexml(children, 100))
    else:
        rows = made.carer_rows if source == "carers" else made.aftercare_rows
        path.write_bytes(made.as_csv(rows(children)))
    done = subprocess.run(
        [sys.executable, "-c", READ_IN_A_PROCESS, source, path],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    found, megabytes = map(int, done.stdout.split())
    assert found == children
    assert megabytes < 200  # of which Django is 85


# ── damage ───────────────────────────────────────────────────────────────────
BYTES = some.one_of(
    some.binary(max_size=400),
    some.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    some.text(max_size=200).map(lambda text: text.encode("utf-16", "replace")),
)
PATIENT = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(source=some.sampled_from(sorted(SOURCES)), content=BYTES)
@example(source="carers", content=b"sep=;\n")
@example(source="carers", content=b"\xff\xfe")
@example(source="carers", content=b'"')
@example(source="edexml", content=b"\xef\xbb\xbf<")
@example(source="edexml", content=b"<?xml version='1.0' encoding='unicode_escape'?><EDEX/>")
def test_bytes_of_any_kind_come_to_problems(source: str, content: bytes) -> None:
    see_that_it_is_said(read(source, content))


@PATIENT
@given(
    source=some.sampled_from(sorted(SOURCES)),
    at=some.floats(0, 1),
    cut=some.integers(0, 30),
    put=some.binary(max_size=12),
)
def test_a_file_that_was_changed_anywhere_is_read_or_refused(
    source: str, at: float, cut: int, put: bytes
) -> None:
    content = LISTS.get(source, EDEXML)
    place = int(at * len(content))
    see_that_it_is_said(read(source, content[:place] + put + content[place + cut :]))


TEXTS = some.text(some.characters(codec="utf-8", exclude_characters='\r\n;"'), max_size=20)


@PATIENT
@given(source=some.sampled_from(sorted(LISTS)), row=some.integers(0, 6), cells=some.lists(TEXTS))
def test_a_row_of_anything_in_a_list_is_read_or_refused(
    source: str, row: int, cells: list[str]
) -> None:
    lines = LISTS[source].splitlines(keepends=True)
    lines.insert(row, (";".join(cells) + "\r\n").encode())
    see_that_it_is_said(read(source, b"".join(lines)))


@settings(PATIENT, max_examples=60)
@given(seed=some.integers(0, 2**32), times=some.integers(1, 6))
def test_a_workbook_that_was_damaged_anywhere_is_read_or_refused(seed: int, times: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage, no secret
    content = bytearray(WORKBOOK)
    for _ in range(times):
        content[chance.randrange(len(content))] = chance.randrange(256)
    see_that_it_is_said(read("carers", bytes(content), "ouders.xlsx"))


@settings(PATIENT, max_examples=60)
@given(at=some.integers(0, 6), child=some.integers(0, 5), text=TEXTS)
def test_any_text_in_a_pupil_is_read_or_refused(at: int, child: int, text: str) -> None:
    fields = ("roepnaam", "achternaam", "geboortedatum", "jaargroep", "instroomdatum", "hobby")
    name = fields[at % len(fields)]
    written = text.replace("&", "&amp;").replace("<", "&lt;").encode()
    parts = EDEXML.split(b"</leerling>")
    parts[child] += b"<%s>%s</%s>" % (name.encode(), written, name.encode())
    see_that_it_is_said(read("edexml", b"</leerling>".join(parts)))


@pytest.mark.parametrize("source", SOURCES)
def test_a_whole_file_of_another_kind_is_refused(source: str) -> None:
    others = [path for path in HERE.iterdir() if (path.suffix == ".xml") != (source == "edexml")]
    for path in others:
        reading = read(source, path.read_bytes(), path.name)
        see_that_it_is_said(reading)
        if source != "aftercare" or path.suffix == ".xml":
            assert reading.is_refused
