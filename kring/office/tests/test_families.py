"""Homes: who lives where, and who may know."""

from __future__ import annotations

from typing import Any

import pytest

from kring.base.visibility import seen_by
from kring.office.tests.books import SignIn, at, home, sheet, sure, tie_of, ties, trail, verbs
from kring.schools.models import Guardianship, Household
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast

STREET = "Kikkerpad"


def house(cast: Cast, person: str, child: str = "sam") -> Any:
    return tie_of(cast, person, child).household_id


def people_in(household_id: Any) -> set[str]:
    return {tie.guardian.first_name for tie in ties(household=household_id)}


def test_homes_are_listed_with_guardians_and_children(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("principal").get(at(cast, "families"))
    text = page.content.decode()
    assert "Fatima Amrani" in text
    [hers] = [one for one in page.context["page"] if one.names == "Fatima Amrani"]
    assert [name for _key, name in hers.children] == ["Noor Amrani", "Sam van der Meulen"]
    assert hers.is_secret
    assert hers.address == ""
    assert "Petra" not in text
    [his] = [one for one in page.context["page"] if one.names == "Joris van der Meulen"]
    assert his.address.startswith("Kikkerpad 1, ")


def test_a_family_is_found_and_those_without_a_home_are_listed(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    factories.guarded(cast.lina, factories.person("Zonder").pk)
    found = office.get(at(cast, "families"), {"query": "amrany noor"})
    assert [one.names for one in found.context["page"]] == ["Fatima Amrani"]
    homeless = office.get(at(cast, "families"), {"homeless": "yes"})
    assert [one.names for one in homeless.context["page"]] == ["Zonder Nieuw"]
    part = office.get(at(cast, "families"), headers={"HX-Request": "true"})
    assert b"<html" not in part.content


def test_the_list_goes_along_without_where_anybody_lives(cast: Cast, sign_in: SignIn) -> None:
    evil = factories.person("=HYPERLINK(1)")
    cast.change(factories.guarded(cast.lina, evil.pk), email="evil@kring.example")
    office = sign_in("principal")
    assert at(cast, "families_export") in office.get(at(cast, "families")).text
    answer = office.post(at(cast, "families_export"))
    text = answer.content.decode("utf-8-sig")
    head, *lines = text.strip("\r\n").split("\r\n")
    assert len(head.split(";")) == len(lines[0].split(";"))
    [hers] = [line for line in lines if line.startswith("Sam van der Meulen;groep 5;Fatima")]
    assert hers.split(";")[3] == "moeder"
    assert hers.endswith(";ja")
    [one] = [line for line in lines if "HYPERLINK" in line]
    assert one.split(";")[2:] == ["'=HYPERLINK(1) Nieuw", "verzorger", *one.split(";")[4:]]
    assert one.split(";")[4:] == ["evil@kring.example", "nee"]
    assert STREET not in text
    assert cast.mother.email not in text  # of her account, which the school did not write down
    [line] = trail(verb="families.exported")
    assert (line.subject_id, line.fields) == (cast.id("wilgenhoek"), [f"count {len(lines)}"])
    few = office.post(at(cast, "families_export"), {"homeless": "yes"}).content.decode()
    assert "HYPERLINK" in few
    assert "Fatima" not in few


def test_an_open_address_is_changed(cast: Cast, sign_in: SignIn) -> None:
    office, his = sign_in("administrator"), house(cast, "co_parent")
    address = at(cast, "family", his)
    typed = {"postcode": "1234 ab", "letter_language": "tr"}
    assert office.post(address, sheet(office, address) | typed).status_code == 303
    kept = home(his)
    assert (kept.street, kept.postcode, kept.letter_language) == ("Kikkerpad 1", "1234 AB", "tr")
    [line] = trail()
    assert (line.verb, line.fields) == ("household.changed", ["postcode", "letter_language"])
    assert office.post(address, sheet(office, address)).status_code == 303
    assert len(trail()) == 1
    wrong = office.post(address, sheet(office, address) | {"letter_language": "xx"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("who", ["principal", "administrator"])
def test_a_secret_address_is_shown_after_a_click_that_the_trail_keeps(
    cast: Cast, sign_in: SignIn, who: str
) -> None:
    office, hers = sign_in(who), house(cast, "mother")
    for page in (
        at(cast, "family", hers),
        at(cast, "families"),
        at(cast, "child", cast.id("sam")),
        at(cast, "children"),
    ):
        shown = office.get(page).content.decode()
        if page in {at(cast, "family", hers), at(cast, "child", cast.id("noor"))}:
            assert STREET not in shown, page
    assert trail(verb="address.seen") == []
    opened = office.post(at(cast, "family_address", hers))
    assert opened.status_code == 200
    assert STREET in opened.content.decode()
    lines = trail(verb="address.seen")
    assert {line.actor_id for line in lines} == {cast.id(who)}
    assert {line.person_id for line in lines} == {cast.id("mother")}
    assert {line.student_id for line in lines} == {cast.id("sam"), cast.id("noor")}
    assert {line.subject_id for line in lines} == {hers}
    assert STREET not in office.get(at(cast, "family", hers)).content.decode()


def test_the_card_of_a_secret_home_shows_no_address(cast: Cast, sign_in: SignIn) -> None:
    cast.change(home(house(cast, "mother")), street="Geheimlaan 9")
    for page in ("children", "families"):
        assert "Geheimlaan" not in sign_in("administrator").get(at(cast, page)).content.decode()
    shown = sign_in("administrator").get(at(cast, "child", cast.id("sam"))).content.decode()
    assert "Geheimlaan" not in shown
    moving = sign_in("administrator").get(at(cast, "family_moving", house(cast, "co_parent")))
    assert "Geheimlaan" not in moving.content.decode()


def test_a_home_stays_secret_when_the_tie_is_over(cast: Cast, sign_in: SignIn) -> None:
    hers = house(cast, "mother")
    for child in ("sam", "noor"):
        tie = tie_of(cast, "mother", child)
        cast.change(tie, ends_at=tie.starts_at)
    assert STREET not in sign_in("administrator").get(at(cast, "family", hers)).content.decode()


def test_the_language_of_a_secret_home_changes_without_opening_it(
    cast: Cast, sign_in: SignIn
) -> None:
    office, hers = sign_in("administrator"), house(cast, "mother")
    address = at(cast, "family", hers)
    typed = sheet(office, address)
    assert "street" not in typed
    assert office.post(address, typed | {"letter_language": "ar"}).status_code == 303
    assert (home(hers).letter_language, home(hers).street) == ("ar", "Kikkerpad 1")
    assert verbs() == ["household.changed"]


def test_a_form_that_would_tell_a_secret_address_is_kept_in_the_trail(
    cast: Cast, sign_in: SignIn
) -> None:
    office, hers = sign_in("administrator"), house(cast, "mother")
    forged = {"street": "x", "initial-street": "y", "letter_language": "nl"}
    answer = office.post(at(cast, "family", hers), forged)
    assert answer.status_code == 422
    assert STREET in answer.content.decode()  # what stands there: so it was seen
    assert {line.verb for line in trail()} == {"address.seen"}
    assert home(hers).street == "Kikkerpad 1"


def test_one_of_a_home_moves_to_a_new_one(cast: Cast, sign_in: SignIn) -> None:
    office, his = sign_in("administrator"), house(cast, "co_parent")
    uncle = factories.person("Oom")
    factories.guarded(cast.sam, uncle.pk, household_id=his)
    typed = {"people": [str(uncle.pk)], "to": "new"}
    answer = office.post(at(cast, "family_moving", his), typed)
    assert answer.status_code == 303
    [tie] = ties(guardian=uncle.pk)
    assert answer.headers["Location"] == at(cast, "family", tie.household_id)
    assert (people_in(his), people_in(tie.household_id)) == ({"Joris"}, {"Oom"})
    assert verbs() == ["household.added", "guardianship.changed"]


def test_two_homes_are_joined_after_it_was_asked(cast: Cast, sign_in: SignIn) -> None:
    office = sign_in("administrator")
    his, hers = house(cast, "co_parent"), house(cast, "mother")
    typed = {"people": [str(cast.id("co_parent"))], "to": str(hers)}
    asked = office.post(at(cast, "family_moving", his), typed)
    [sentence] = asked.context["question"].sentences
    assert "Joris van der Meulen" in sentence
    assert "Fatima Amrani" in sentence
    assert people_in(his) == {"Joris"}
    answer = office.post(at(cast, "family_moving", his), typed | {"sure": sure(asked)})
    assert answer.status_code == 303
    assert people_in(hers) == {"Fatima", "Joris"}
    empty = office.get(at(cast, "family", his))
    assert empty.status_code == 200


def test_another_home_is_found_by_name(cast: Cast, sign_in: SignIn) -> None:
    office, his = sign_in("administrator"), house(cast, "co_parent")
    theirs = str(house(cast, "english_mother", "daniel"))
    address = at(cast, "family_moving", his)
    assert theirs not in office.get(address).content.decode()
    assert theirs in office.get(address, {"query": "okafor"}).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"people": "x", "to": "new"},
        {"people": "mother", "to": "new"},
        {"people": "co_parent"},
        {"people": "co_parent", "to": "elsewhere"},
        {"people": "co_parent", "to": "x"},
    ],
)
def test_who_does_not_live_there_moves_nowhere(
    cast: Cast, sign_in: SignIn, typed: dict[str, str]
) -> None:
    keys = {"mother", "co_parent"}
    sent = {name: str(cast.id(one)) if one in keys else one for name, one in typed.items()}
    if typed.get("to") == "elsewhere":
        sent["to"] = str(house(cast, "guardian_elsewhere", "child_elsewhere"))
    address = at(cast, "family_moving", house(cast, "co_parent"))
    assert sign_in("administrator").post(address, sent).status_code == 422
    assert verbs() == []


def test_a_guardian_knows_the_own_home_only(cast: Cast, sign_in: SignIn) -> None:
    """These pages are the office's; what a guardian may read stays closed at both locks."""
    his, hers = house(cast, "co_parent"), house(cast, "mother")
    for key, own, other in (("mother", hers, his), ("co_parent", his, hers)):
        looking = viewer_of(cast.id(key))
        with seen_by(looking):
            seen = set(Household.objects.visible_to(looking).values_list("pk", flat=True))
            theirs = Guardianship.objects.visible_to(looking).values_list("guardian", flat=True)
            assert set(theirs) == {cast.id(key)}
        assert own in seen
        assert other not in seen
        client = sign_in(key)
        for page in ("family", "family_moving"):
            assert client.get(at(cast, page, own)).status_code == 404
        assert client.post(at(cast, "family_address", other)).status_code == 404
