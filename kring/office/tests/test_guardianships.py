"""Who belongs to a child: added, changed, ended and opened again by the administrator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kring.base import clock
from kring.office.tests.books import SignIn, at, of_tie, sheet, sure, tie_of, ties, trail, verbs
from tests.cast import Cast

ANNA = {
    "first_name": "Anna",
    "infix": "van der",
    "last_name": "Berg",
    "relation": "mother",
    "access": "in_care",
    "has_authority": "yes",
    "telephone": "06 1234 5678",
    "email": "Anna@Voorbeeld.example",
    "home": "new",
    "starts_on": clock.today().isoformat(),
}


def add(cast: Cast, office: Client, query: str = "", **typed: Any) -> Any:
    return office.post(at(cast, "guardianship_new", cast.id("sam")) + query, ANNA | typed)


def change(office: Client, address: str, **typed: Any) -> Any:
    """As somebody who opens the page and changes a few fields of it."""
    return office.post(address, sheet(office, address) | typed)


# ── adding ───────────────────────────────────────────────────────────────────
def test_a_new_guardian_is_a_name_card_that_waits(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    assert add(cast, office).status_code == 303
    [tie] = ties(guardian__last_name="Berg")
    person = tie.guardian
    assert (person.email, person.username, person.joined_at) == (None, None, None)
    assert (person.name, person.sort_key) == ("Anna van der Berg", "berg anna")
    assert (tie.telephone, tie.email) == ("+31612345678", "anna@voorbeeld.example")
    assert tie.household
    assert tie.starts_at <= clock.now()
    assert (tie.student_id, tie.school_id) == (cast.id("sam"), cast.id("wilgenhoek"))
    assert verbs() == ["household.added", "guardianship.added"]
    line = trail()[-1]
    assert (line.student_id, line.person_id) == (cast.id("sam"), person.pk)
    assert b"Anna van der Berg" in office.get(at(cast, "child", cast.id("sam"))).content


def test_somebody_with_this_name_is_asked_after(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    grace = {"first_name": "grace", "infix": "", "last_name": "Okafor"}
    asked = add(cast, office, **grace)
    said = sure(asked)
    assert not ties(guardian__first_name="grace")
    assert b"Grace Okafor" in asked.content
    assert b'value="06 1234 5678"' in asked.content  # nothing that was typed is lost
    assert add(cast, office, **grace, sure=said).status_code == 303
    assert ties(guardian__first_name="grace")


def test_a_known_person_is_found_and_tied_to_a_second_child(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = at(cast, "guardianship_new", cast.id("lina"))
    found = office.get(address, {"query": "fatima amrany"})
    assert f"?person={cast.id('mother')}".encode() in found.content
    chosen = f"{address}?person={cast.id('mother')}"
    assert b"Fatima Amrani" in office.get(chosen).content
    asked = change(office, chosen, relation="other")
    said = sure(asked)  # she has an account, and would see Lina at once
    assert b"Fatima Amrani" in asked.content
    assert change(office, chosen, relation="other", sure=said).status_code == 303
    tie = tie_of(cast, "mother", "lina")
    assert tie.has_secret_address  # what is of the person goes along
    assert tie.relation == "other"


def test_a_known_person_who_sees_nothing_is_not_asked_after(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = at(cast, "guardianship_new", cast.id("lina")) + f"?person={cast.id('mother')}"
    assert change(office, address, access="withheld", home="").status_code == 303
    assert tie_of(cast, "mother", "lina").access == "withheld"


def test_nobody_is_found_where_nobody_is(cast: Cast, sign_in: SignIn) -> None:
    address = at(cast, "guardianship_new", cast.id("lina"))
    page = sign_in("administrator").get(address, {"query": "petra de wit"})  # of another school
    assert b"Petra" not in page.content.replace(b'value="petra', b"")


def test_who_may_fetch_is_added_by_the_same_page(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = at(cast, "guardianship_new", cast.id("bram")) + "?access=pick_up"
    assert sheet(office, address)["access"] == "pick_up"
    named = {"first_name": "Oom", "last_name": "Henk"}
    assert change(office, address, **named).status_code == 303
    assert b"Oom Henk" in office.get(at(cast, "child", cast.id("bram"))).content


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("first_name", ""),
        ("first_name", "x" * 81),
        ("last_name", "Ber\x00g"),
        ("last_name", "Ber\x1bg"),
        ("telephone", "geen"),
        ("telephone", "12"),
        ("telephone", "06" * 20),
        ("email", "anna"),
        ("relation", "king"),
        ("access", "everything"),
        ("has_authority", "maybe"),
        ("home", "3c2f"),
        ("starts_on", "31-02-2026"),
        ("starts_on", ""),
        ("ends_on", "2020-01-01"),
        ("ends_on", "9999-12-31"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_in_the_form(
    cast: Cast, sign_in: SignIn, field: str, typed: str
) -> None:
    answer = add(cast, sign_in("administrator"), **{field: typed})
    assert answer.status_code == 422
    assert not ties(guardian__first_name="Anna")
    kept = "last_name" if field != "last_name" else "first_name"
    assert f'value="{ANNA[kept]}"'.encode() in answer.content
    assert b'id="problems"' in answer.content


def test_the_same_person_at_the_same_time_is_refused_in_a_sentence(
    cast: Cast, sign_in: SignIn
) -> None:
    office = sign_in("administrator")
    address = at(cast, "guardianship_new", cast.id("sam")) + f"?person={cast.id('co_parent')}"
    asked = change(office, address)
    answer = change(office, address, sure=sure(asked))
    assert answer.status_code == 422
    assert "al bij dit kind" in answer.content.decode() or "already" in answer.content.decode()
    assert len(ties(guardian=cast.id("co_parent"), student=cast.id("sam"))) == 1


# ── changing ─────────────────────────────────────────────────────────────────
def test_a_change_writes_what_was_changed_and_says_so_in_the_trail(
    cast: Cast, sign_in: SignIn
) -> None:
    office = sign_in("administrator")
    address = of_tie(cast, "guardianship", "co_parent", "sam")
    assert change(office, address, relation="guardian", last_name="Molen").status_code == 303
    tie = tie_of(cast, "co_parent", "sam")
    assert (tie.relation, cast.co_parent.last_name) == ("guardian", "Molen")
    assert cast.co_parent.email == "co.parent@kring.example"
    assert [(line.verb, line.fields) for line in trail()] == [
        ("guardianship.renamed", ["last_name"]),
        ("guardianship.changed", ["relation"]),
    ]


def test_nothing_changed_is_nothing_written(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    before = tie_of(cast, "mother", "sam").starts_at
    assert change(office, of_tie(cast, "guardianship", "mother", "sam")).status_code == 303
    assert verbs() == []
    assert tie_of(cast, "mother", "sam").starts_at == before


def test_how_to_reach_a_person_changes_for_all_her_children(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = of_tie(cast, "guardianship", "grandmother", "sam")
    typed = {"telephone": "010 1234567", "has_secret_address": "on"}
    assert change(office, address, **typed).status_code == 303
    for child in ("sam", "noor"):
        tie = tie_of(cast, "grandmother", child)
        assert (tie.telephone, tie.has_secret_address) == ("+31101234567", True)
    assert {line.student_id for line in trail()} == {cast.id("sam"), cast.id("noor")}


WIDER = [
    ("withheld_father", "milan", {"access": "in_care"}),
    ("informed_father", "lina", {"access": "in_care"}),
    ("grandmother", "sam", {"access": "informed"}),
    ("english_mother", "daniel", {"has_authority": "yes"}),
    ("mother", "sam", {"starts_on": "2024-09-01"}),
]


@pytest.mark.parametrize(("person", "child", "wider"), WIDER)
def test_seeing_more_is_asked_once_more_with_the_names(
    cast: Cast, sign_in: SignIn, person: str, child: str, wider: dict[str, str]
) -> None:
    office = sign_in("administrator")
    address = of_tie(cast, "guardianship", person, child)
    asked = change(office, address, **wider)
    said = sure(asked)
    [sentence] = asked.context["question"].sentences
    assert getattr(cast, person).name in sentence
    assert getattr(cast, child).first_name in sentence
    assert verbs() == []
    assert change(office, address, **wider, sure="of another question").status_code == 200
    assert change(office, address, **wider, sure=said).status_code == 303
    assert verbs() == ["guardianship.changed"]


NARROWER = [
    ("mother", "sam", {"access": "withheld"}),
    ("informed_father", "lina", {"access": "pick_up"}),
    ("mother", "sam", {"has_authority": "no"}),
    ("mother", "sam", {"home": ""}),
    ("mother", "sam", {"ends_on": (clock.today() + timedelta(days=30)).isoformat()}),
]


@pytest.mark.parametrize(("person", "child", "narrower"), NARROWER)
def test_seeing_less_happens_at_once(
    cast: Cast, sign_in: SignIn, person: str, child: str, narrower: dict[str, str]
) -> None:
    address = of_tie(cast, "guardianship", person, child)
    assert change(sign_in("administrator"), address, **narrower).status_code == 303
    assert verbs() == ["guardianship.changed"]


def test_living_with_others_is_asked_for_it_shows_their_address(
    cast: Cast, sign_in: SignIn
) -> None:
    office = sign_in("administrator")
    address = of_tie(cast, "guardianship", "co_parent", "sam")
    hers = str(tie_of(cast, "mother", "sam").household_id)
    asked = change(office, address, home=hers)
    assert "Fatima Amrani" in asked.context["question"].sentences[0]
    assert change(office, address, home=hers, sure=sure(asked)).status_code == 303
    assert str(tie_of(cast, "co_parent", "sam").household_id) == hers


def test_two_at_once_do_not_overwrite_each_other(cast: Cast, sign_in: SignIn) -> None:
    first, second = sign_in("administrator"), sign_in("administrator")
    address = of_tie(cast, "guardianship", "co_parent", "sam")
    opened = sheet(first, address)
    assert change(second, address, telephone="0612345678").status_code == 303
    answer = first.post(address, opened | {"relation": "guardian"})
    assert answer.status_code == 303
    tie = tie_of(cast, "co_parent", "sam")
    assert (tie.telephone, tie.relation) == ("+31612345678", "guardian")


def test_what_a_colleague_changed_meanwhile_is_shown_first(cast: Cast, sign_in: SignIn) -> None:
    first, second = sign_in("administrator"), sign_in("administrator")
    address = of_tie(cast, "guardianship", "co_parent", "sam")
    opened = sheet(first, address)
    assert change(second, address, telephone="0612345678").status_code == 303
    answer = first.post(address, opened | {"telephone": "0687654321"})
    assert answer.status_code == 422
    assert "06 12345678" in answer.content.decode()  # what the colleague typed
    assert tie_of(cast, "co_parent", "sam").telephone == "+31612345678"
    again = answer.context["form"].data.dict()
    assert first.post(address, again).status_code == 303
    assert tie_of(cast, "co_parent", "sam").telephone == "+31687654321"


def test_a_form_that_says_it_showed_what_cannot_be_is_no_error(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    address = of_tie(cast, "guardianship", "co_parent", "sam")
    forged = {"initial-starts_on": "never", "initial-telephone": "x", "telephone": "0612345678"}
    assert change(office, address, **forged).status_code == 422
    assert verbs() == []


def test_correcting_a_telephone_is_no_answer(cast: Cast, sign_in: SignIn) -> None:
    office, came = sign_in("administrator"), clock.now()
    asking = tie_of(cast, "withheld_father", "milan")
    cast.change(asking, asked_at=came)
    address = of_tie(cast, "guardianship", "withheld_father", "milan")
    assert change(office, address, telephone="0612345678").status_code == 303
    tie = tie_of(cast, "withheld_father", "milan")
    assert (tie.telephone, tie.asked_at) == ("+31612345678", came)
    narrower = {"access": "pick_up"}
    asked = change(office, address, **narrower)
    assert change(office, address, **narrower, sure=sure(asked)).status_code == 303
    assert tie_of(cast, "withheld_father", "milan").asked_at is None


def test_an_overlap_is_a_sentence_and_nothing_typed_is_lost(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    office.post(of_tie(cast, "guardianship_ending", "mother", "sam"), {"when": "now"})
    office.post(of_tie(cast, "guardianship_reopening", "mother", "sam"))
    address = of_tie(cast, "guardianship", "mother", "sam")
    wider = {"starts_on": "2024-09-01", "relation": "guardian"}
    asked = change(office, address, **wider)
    answer = change(office, address, **wider, sure=sure(asked))
    assert answer.status_code == 422
    assert b'<option value="guardian" selected>' in answer.content
    assert tie_of(cast, "mother", "sam").relation == "mother"
