"""Unknown authority is settled a page at a time."""

from __future__ import annotations

from uuid import uuid4

from kring.office.tests.books import SignIn, at, sure, tie_of, ties, trail
from tests import factories
from tests.cast import Cast


def unknown(cast: Cast, child: str, name: str, **fields: str) -> str:
    row = getattr(cast, child)
    tie = factories.guarded(row, factories.person(name).pk, has_authority="unknown", **fields)
    return f"authority-{tie.pk}"


def answer_to(field: str) -> str:
    [tie] = ties(pk=field.removeprefix("authority-"))
    return tie.has_authority


def test_a_whole_page_is_settled_at_once(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    yes, no = unknown(cast, "sam", "Ja"), unknown(cast, "lina", "Nee")
    later = f"authority-{tie_of(cast, 'english_mother', 'daniel').pk}"
    fetcher = unknown(cast, "sam", "Oma", access="pick_up")
    page = office.get(at(cast, "authority")).content.decode()
    assert yes in page
    assert later in page
    assert fetcher not in page
    typed = {yes: "yes", no: "no", later: ""}
    asked = office.post(at(cast, "authority"), typed)
    [sentence] = asked.context["question"].sentences
    assert "Ja Nieuw" in sentence
    assert "Sam van der Meulen" in sentence
    assert f'name="{no}" value="no" checked' in asked.content.decode()
    assert answer_to(no) == "unknown"
    done = office.post(at(cast, "authority"), typed | {"sure": sure(asked)})
    assert done.status_code == 303
    assert [answer_to(one) for one in (yes, no, later)] == ["yes", "no", "unknown"]
    assert [line.fields for line in trail(verb="guardianship.changed")] == [["has_authority"]] * 2


def test_people_are_counted_not_their_ties(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    before = office.get(at(cast, "authority")).context["people"]
    both = factories.person("Twee")
    for child in (cast.sam, cast.lina):
        factories.guarded(child, both.pk, has_authority="unknown")
    page = office.get(at(cast, "authority"))
    assert page.context["people"] == before + 1
    assert len(page.context["lines"]) > page.context["people"] or before == 0
    assert f"{before + 1} person" in page.text


def test_saying_no_is_not_asked(cast: Cast, sign_in: SignIn) -> None:
    field = unknown(cast, "sam", "Nee")
    done = sign_in("administrator").post(at(cast, "authority"), {field: "no"})
    assert done.status_code == 303
    assert answer_to(field) == "no"


def test_what_a_colleague_settled_meanwhile_stands(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    field = unknown(cast, "sam", "Ja")
    [tie] = ties(pk=field.removeprefix("authority-"))
    cast.change(tie, has_authority="yes")
    done = office.post(at(cast, "authority"), {field: "no"}, follow=True)
    assert answer_to(field) == "yes"
    levels = [str(one.level_tag) for one in done.context["messages"]]
    assert levels == ["success", "warning"]
    assert trail() == []


def test_ties_of_another_school_and_made_up_ones_are_left_alone(
    cast: Cast, sign_in: SignIn
) -> None:
    elsewhere = factories.guarded(
        cast.child_elsewhere, factories.person().pk, has_authority="unknown"
    )
    field = f"authority-{elsewhere.pk}"
    typed = {field: "no", f"authority-{uuid4()}": "yes", "authority-x": "yes", "authority-": "no"}
    assert sign_in("administrator").post(at(cast, "authority"), typed).status_code == 303
    assert answer_to(field) == "unknown"
    known = f"authority-{tie_of(cast, 'mother', 'sam').pk}"
    sign_in("administrator").post(at(cast, "authority"), {known: "no"})
    assert answer_to(known) == "yes"


def test_the_principal_looks_and_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    field = unknown(cast, "sam", "Ja")
    principal = sign_in("principal")
    assert field not in principal.get(at(cast, "authority")).content.decode()
    assert principal.post(at(cast, "authority"), {field: "no"}).status_code == 404
    assert answer_to(field) == "unknown"


def test_an_empty_page_says_that_all_is_settled(cast: Cast, sign_in: SignIn) -> None:
    cast.change(tie_of(cast, "english_mother", "daniel"), has_authority="no")
    page = sign_in("administrator").get(at(cast, "authority"))
    assert not page.context["page"].object_list
    assert b'class="empty"' in page.content
