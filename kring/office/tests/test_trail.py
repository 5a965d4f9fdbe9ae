"""The trail: who changed what and when, for the office of that school alone; never the values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from kring.base import clock
from kring.events.models import AuditEntry
from kring.office.tests.arranging import SignIn, address, all_of
from kring.office.trail import LINES
from kring.office.wording import FIELDS, VERBS, counted, fields_in_words, verb_in_words
from kring.schools.models import (
    Employment,
    Enrollment,
    Group,
    Guardianship,
    Household,
    Policy,
    School,
    StaffProposal,
    Student,
    TeachingAssignment,
)
from tests import factories
from tests.architecture.source import modules
from tests.cast import Cast
from tests.unlocked import unlocked

NOTES = {"note", "_note"}
# What the database keeps for itself, what says where a row belongs, and what no line names.
NEVER_CHANGED = {"id", "created_at", "school", "board", "year", "student", "sort_key", "version"}
NEVER_CHANGED |= {"asked_at", "settled_at", "was_accepted"}
YESTERDAY = timedelta(days=1)


def line(cast: Cast, verb: str, at: datetime | None = None, **about: Any) -> AuditEntry:
    """Somebody did something."""
    ids = {"school_id": cast.id("wilgenhoek"), "subject_id": uuid4()}
    entry = factories.made(
        AuditEntry(**{**ids, "actor_id": cast.id("administrator"), "verb": verb, **about})
    )
    if at:
        cast.change(entry, created_at=at)
    return entry


def test_a_line_says_who_did_what_about_whom(cast: Cast, sign_in: SignIn) -> None:
    about: dict[str, Any] = {"student_id": cast.id("sam"), "person_id": cast.id("co_parent")}
    line(cast, "guardianship.changed", fields=["telephone", "has_authority"], **about)
    page = sign_in("principal").get(address(cast, "trail")).text
    for word in ("Corrie Jansma", "Sam van der Meulen", "Joris van der Meulen", "gezag"):
        assert word in page


def test_a_line_that_nobody_worded_can_be_read_all_the_same(cast: Cast, sign_in: SignIn) -> None:
    strange: dict[str, Any] = {"actor_id": uuid4(), "student_id": uuid4(), "fields": ["shoe_size"]}
    line(cast, "cake.was_baked", **strange)
    page = sign_in("principal").get(address(cast, "trail"))
    assert page.status_code == 200
    assert "cake: was baked" in page.text
    assert "shoe size" in page.text


def test_another_schools_lines_are_never_there(cast: Cast, sign_in: SignIn) -> None:
    line(cast, "cake.elsewhere", school_id=cast.id("kompas"), student_id=cast.id("sam"))
    line(cast, "cake.at_the_bso", school_id=cast.id("vijver"), student_id=cast.id("sam"))
    principal = sign_in("principal")
    questions: list[dict[str, str]] = [{}, {"child": str(cast.id("sam"))}, {"about": "Sam"}]
    for asked in questions:
        assert "cake" not in principal.get(address(cast, "trail"), asked).text
    assert "cake" not in principal.post(address(cast, "trail_file")).content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"child": "sam"}, {"one"}),
        ({"person": "mother"}, {"two"}),
        ({"about": "Meulen sam"}, {"one"}),
        ({"about": "amrani fatima"}, {"two"}),
        ({"by": "bosch"}, {"three"}),
        ({"verb": "student.changed"}, set()),
        ({"until": "2020-01-01"}, {"old"}),
        ({"since": "2020-01-02"}, {"one", "two", "three"}),
        ({"about": "!!!"}, set()),
        ({"about": "nobody at all"}, set()),
        ({"child": "lina", "about": "sam"}, set()),
    ],
    ids=lambda value: "" if isinstance(value, set) else str(value),
)
def test_lines_are_found_by_child_person_actor_verb_and_period(
    cast: Cast, sign_in: SignIn, asked: dict[str, str], found: set[str]
) -> None:
    line(cast, "cake.one", student_id=cast.id("sam"))
    line(cast, "cake.two", person_id=cast.id("mother"))
    line(cast, "cake.three", actor_id=cast.id("principal"))
    line(cast, "cake.old", at=clock.start_of(date(2020, 1, 1)) + YESTERDAY / 2)
    query = {
        name: str(cast.id(value)) if name in {"child", "person"} else value
        for name, value in asked.items()
    }
    page = sign_in("administrator").get(address(cast, "trail"), query).text
    assert {name for name in ("one", "two", "three", "old") if f"cake: {name}" in page} == found


@pytest.mark.parametrize(
    "asked",
    [{"child": "x"}, {"since": "x"}, {"verb": "x"}, {"about": "\x00"}, {"before": "x"}],
    ids=str,
)
def test_a_question_that_cannot_be_is_said(
    cast: Cast, sign_in: SignIn, asked: dict[str, str]
) -> None:
    page = sign_in("principal").get(address(cast, "trail"), asked)
    assert page.status_code == 422
    assert sign_in("principal").post(address(cast, "trail_file"), asked).status_code == 422


def test_all_lines_stand_on_pages_of_a_hundred(cast: Cast, sign_in: SignIn) -> None:
    moment = clock.now()
    for number in range(LINES + 30):  # some at one and the same moment
        line(cast, f"cake.nr{number}e", at=moment - timedelta(minutes=number // 7))
    principal, seen = sign_in("principal"), set[str]()
    asked: dict[str, Any] = {}
    for _page in range(2):
        answer = principal.get(address(cast, "trail"), asked)
        seen |= {one.did for one in answer.context["lines"]}
        asked = {"before": answer.context["older"].rpartition("=")[2]}
    assert len(seen) == LINES + 30
    assert answer.context["older"] == ""
    unknown = principal.get(address(cast, "trail"), {"before": str(uuid4())})
    assert len(unknown.context["lines"]) == LINES


def test_a_page_asks_as_often_for_a_hundred_lines_as_for_one(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")

    def queries() -> int:
        asked = []

        def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            asked.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            principal.get(address(cast, "trail"))
        return len(asked)

    line(cast, "student.changed", student_id=cast.id("sam"), person_id=cast.id("mother"))
    queries()  # leaves the cookies of who was here before
    few = queries()
    for child in ("lina", "noor", "milan") * 40:
        line(cast, "student.changed", student_id=cast.id(child), person_id=cast.id("mother"))
    assert queries() == few


def test_the_trail_can_be_taken_along_which_is_a_line_too(cast: Cast, sign_in: SignIn) -> None:
    hostile = factories.student(cast.id("wilgenhoek"), "=HYPERLINK(1)")
    line(cast, "student.changed", student_id=hostile.pk, fields=["born_on"])
    line(cast, "student.left", student_id=cast.id("sam"))
    answer = sign_in("principal").post(address(cast, "trail_file"), {"child": hostile.pk})
    text = answer.content.decode("utf-8-sig")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert ";'=HYPERLINK(1) Nieuw;" in text
    assert "geboortedatum" in text
    assert len(text.splitlines()) == 2  # heads, and the one line about this child
    [noted] = all_of(AuditEntry.objects.filter(verb="trail.exported"))
    assert noted.actor_id == cast.id("principal")


def test_lines_hold_no_values(cast: Cast, sign_in: SignIn) -> None:
    told = {"city": "Geheimstad", "telephone": "0201234567"}
    sign_in("principal").post(address(cast, "school"), told)
    page = sign_in("principal").get(address(cast, "trail")).text
    assert "Geheimstad" not in page
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events_auditentry e WHERE e::text LIKE '%Geheimstad%'")
        assert cursor.fetchone() == (0,)


def noted_verbs() -> set[str]:
    """The first argument of every ``note`` of the trail in our code, where it is a plain word."""
    calls = (
        node
        for path, tree in modules().items()
        if not Path(path).match("kring/accounts/**")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("AuditEntry.note")
    )
    words = {ast.literal_eval(call.args[0]) for call in calls if _is_a_word(call)}
    return {word for word in words if "." in word}


def _is_a_word(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant)


def test_every_verb_of_the_trail_has_its_words() -> None:
    assert noted_verbs() - set(VERBS) == set()


def noted_fields() -> set[str]:
    """The plain words among the fields of every line of the trail in our code."""
    return {
        str(word.value)
        for path, tree in modules().items()
        if not Path(path).match("kring/accounts/**")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in NOTES
        for given in [*call.args, *(one.value for one in call.keywords if one.arg == "fields")]
        if isinstance(given, ast.Tuple | ast.List)
        for word in given.elts
        if isinstance(word, ast.Constant)
    }


def changed_fields() -> set[str]:
    """What lines name that note whatever was changed: the fields of what the office keeps."""
    kept = (School, Group, Student, Enrollment, Household, Guardianship)
    staff = (Employment, TeachingAssignment, StaffProposal, Policy)
    columns = (field for one in (*kept, *staff) for field in one._meta.concrete_fields)
    return {field.name for field in columns} - NEVER_CHANGED


def test_every_field_of_the_trail_has_its_words() -> None:
    found = noted_fields()
    assert {"guardian", "state", "answers", "first_name"} <= found
    assert (found | changed_fields()) - set(FIELDS) == set()


def test_how_many_lines_were_taken_along() -> None:
    for lines in (1, 12):
        said = fields_in_words([counted(lines)])
        assert said.startswith(f"{lines} ")
    assert fields_in_words(["count what"]) == "count what"


def test_words_of_verbs_and_fields() -> None:
    assert verb_in_words("student.changed") == "wijzigde een kind"
    assert verb_in_words("new.verb_here") == "new: verb here"
    assert fields_in_words(["sort_key"]) == ""
    assert fields_in_words(["born_on", "born_on", "shoe_size"]) == f"{FIELDS['born_on']}, shoe size"
