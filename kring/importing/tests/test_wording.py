from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from kring.importing import roster, wording
from kring.importing.roster import Problem
from kring.importing.sources import columns
from kring.importing.sources.registry import SOURCES


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


HERE = Path(roster.__file__).parent
REASON = re.compile(r'^[A-Z_]+ = "([a-z_]+)"', re.MULTILINE)
CODE = re.compile(
    r"""(?:refuse|stop|warn|Unusable|RefusedError)\(\s*(?:code=)?"([a-z_]+)"(?:\s+if[^"]+"([a-z_]+)")?"""
)


def test_every_problem_that_is_found_has_a_sentence() -> None:
    sources = [path for path in HERE.rglob("*.py") if "tests" not in path.parts]
    found = {code for path in sources for pair in CODE.findall(path.read_text()) for code in pair}
    found -= {""}
    assert len(found) > 40
    assert found <= set(wording.PROBLEMS)


def test_every_reason_for_a_doubt_has_a_sentence() -> None:
    comparing = ("matching.py", "carers.py", "children.py")
    found = [one for name in comparing for one in REASON.findall((HERE / name).read_text())]
    assert "several" in found
    assert set(found) <= set(wording.REASONS)


def test_a_problem_says_where_and_what() -> None:
    problem = Problem(
        code="no_date", file="lijst.csv", line=12, column="Geboortedatum", value="toen"
    )
    assert wording.full(problem) == "lijst.csv, line 12, Geboortedatum: “toen” is no date."
    assert wording.full(Problem(code="empty")) == "This file is empty."


def test_a_missing_column_is_named_as_people_know_it() -> None:
    problem = Problem(code="missing_column", column="carer_1_email")
    assert wording.sentence(problem) == (
        "No column was found for: Parent or carer 1: E-mail address."
    )


def test_what_is_not_known_is_said_as_it_is() -> None:
    assert "odd_code" in wording.sentence(Problem(code="odd_code"))
    assert wording.reason("odd_code") == "odd_code"
    assert wording.field("odd_field") == "odd_field"
    assert wording.reason("several") == "More than one child has this name and date of birth."


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_every_field_and_all_that_is_dropped_has_a_name(source: object) -> None:
    fields = getattr(source, "fields")  # noqa: B009
    assert all(wording.field(name) == str(label) != name for name, label in fields.items())
    for kind in columns.DROPPED_WORDS.values():
        assert wording.field(kind) != kind
