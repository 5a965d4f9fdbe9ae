"""The list of children: who stands in it, what it asks of the database, and the file of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kring.base import clock
from kring.feed.tests.test_queries import queries
from kring.office.tests.books import SignIn, at, tie_of, trail
from tests import factories
from tests.cast import Cast, let_in
from tests.database import Urls

MOST = 9


def listed(client: Client, cast: Cast, **asked: str) -> list[str]:
    page = client.get(at(cast, "children"), asked)
    assert page.status_code == 200
    return [child.name for child in page.context["page"]]


def test_a_child_is_found_by_name_parent_address_and_number(cast: Cast, sign_in: SignIn) -> None:
    known = {"telephone": "+31612345678", "email": "fatima@kring.example"}
    cast.change(tie_of(cast, "mother", "sam"), **known)
    office = sign_in("administrator")
    for query in ("sam meulen", "Fatima Amrany", "fatima@kring.example", "06 1234 5678"):
        assert "Sam van der Meulen" in listed(office, cast, query=query), query
    own = listed(office, cast, query="mother@kring.example")  # of her account: her own affair
    assert "Sam van der Meulen" not in own
    assert listed(office, cast, query="nobody at all") == []
    assert "Finn de Wit" not in listed(office, cast)  # of another school


def test_the_list_is_filtered_by_group_and_state(cast: Cast, sign_in: SignIn) -> None:
    office, today = sign_in("administrator"), clock.today()
    alone = factories.student(cast.id("wilgenhoek"), "Alleen")
    gone = factories.student(cast.id("wilgenhoek"), "Weg")
    factories.enrolled(gone, cast.id("group_6"), ends_on=today - timedelta(days=1))
    assert "Sam van der Meulen" in listed(office, cast, group=str(cast.id("group_5")))
    assert "Noor Amrani" not in listed(office, cast, group=str(cast.id("group_5")))
    assert listed(office, cast, state="left") == [gone.name]
    assert listed(office, cast, state="nowhere") == [alone.name]
    assert alone.name in listed(office, cast, state="alone")
    assert "Sam van der Meulen" not in listed(office, cast, state="alone")
    assert listed(office, cast, state="unknown") == ["Daniel Okafor"]
    assert gone.name not in listed(office, cast)
    assert gone.name in listed(office, cast, query="Weg")
    assert "Yara Yilmaz" in listed(office, cast)


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "everything"},
        {"group": "' OR 1=1 --"},
        {"page": "99999999999999999999"},
        {"page": "-1"},
        {"page": "x"},
        {"query": "%" * 9_000},
        {"query": "\x00"},
    ],
)
def test_an_address_that_nobody_made_is_no_error(
    cast: Cast, sign_in: SignIn, asked: dict[str, str]
) -> None:
    assert sign_in("administrator").get(at(cast, "children"), asked).status_code == 200


def test_typing_asks_for_the_found_part_only(cast: Cast, sign_in: SignIn) -> None:
    typed = sign_in("administrator").get(
        at(cast, "children"), {"query": "sam"}, headers={"HX-Request": "true"}
    )
    assert b"<html" not in typed.content
    assert b'id="found"' in typed.content
    assert b"Sam van der Meulen" in typed.content


def test_the_file_has_what_is_listed_and_no_address(cast: Cast, sign_in: SignIn) -> None:
    factories.enrolled(
        factories.student(cast.id("wilgenhoek"), '=HYPERLINK("x")', last_name="+Plus"),
        cast.id("group_5"),
    )
    cast.change(tie_of(cast, "english_mother", "daniel"), telephone="+442079460123")
    office = sign_in("principal")
    with translation.override("nl"):
        page = office.get(at(cast, "children"), {"group": str(cast.id("group_5"))})
        asked = {"group": str(cast.id("group_5"))}
        answer = office.post(at(cast, "children_export"), asked)
    text = answer.content.decode("utf-8-sig")
    lines = text.strip("\r\n").split("\r\n")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(lines) - 1 == page.context["page"].paginator.count
    assert "'=HYPERLINK" in text
    assert "'+Plus" in text
    assert "'+44 20 7946 0123" in text
    assert "Kikkerpad" not in text
    [line] = trail(verb="children.exported")
    assert (line.actor_id, line.subject_id) == (cast.id("principal"), cast.id("wilgenhoek"))
    assert line.fields == [f"count {len(lines) - 1}"]


def test_no_list_shows_where_somebody_lives(cast: Cast, sign_in: SignIn) -> None:
    for query in ("", "sam"):
        page = sign_in("administrator").get(at(cast, "children"), {"query": query})
        assert b"Kikkerpad" not in page.content
    assert listed(sign_in("administrator"), cast, query="Kikkerpad") == []


def children(cast: Cast, count: int) -> None:
    for number in range(count):
        child = factories.student(cast.id("wilgenhoek"), f"Kind{number}", born_on=clock.today())
        factories.enrolled(child, cast.id("group_6"))
        for _ in range(2):
            factories.guarded(child, factories.person().pk)


def test_the_office_asks_as_often_for_thirty_children_as_for_three(own_database: Urls) -> None:
    cast = Cast()
    office = Client()
    let_in(office, cast.administrator)
    office.get("/")
    pages = {
        "list": at(cast, "children"),
        "search": f"{at(cast, 'children')}?query=kind",
        "state": f"{at(cast, 'children')}?state=unknown",
        "families": at(cast, "families"),
        "families found": f"{at(cast, 'families')}?query=nieuw",
        "authority": at(cast, "authority"),
        "child": at(cast, "child", cast.id("sam")),
    }

    def asked() -> dict[str, int]:
        return {name: queries(office, address) for name, address in pages.items()}

    children(cast, 3)
    few = asked()
    children(cast, 27)
    for number in range(9):
        factories.guarded(cast.sam, factories.person(f"Tante{number}").pk, access="pick_up")
    assert asked() == few
    assert max(count for name, count in few.items() if name != "child") <= MOST, few


def test_a_page_has_a_hundred_lines(cast: Cast, sign_in: SignIn) -> None:
    for number in range(101):
        child = factories.student(cast.id("wilgenhoek"), f"Kind{number}", last_name="Aaa")
        factories.enrolled(child, cast.id("group_6"))
    first: Any = sign_in("administrator").get(at(cast, "children"), {"group": ""})
    assert len(first.context["page"]) == 100
    assert b'rel="next"' in first.content
    second = listed(sign_in("administrator"), cast, page="2")
    assert "Sam van der Meulen" in second
