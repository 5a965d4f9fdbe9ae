"""A mail that did not arrive is shown wherever the address is looked for."""

from __future__ import annotations

from typing import Any

from kring.base import clock
from kring.office.tests.books import SignIn, at, tie_of
from tests import factories
from tests.cast import Cast

WRONG = "verkeerd@post.example"


def invited(cast: Cast, **fields: Any) -> Any:
    """A father of Sam who lives with his co-parent, and whom the school invited."""
    home = tie_of(cast, "co_parent", "sam").household_id
    tie = factories.waiting_card(cast.sam, email=WRONG, household_id=home)
    factories.invitation(tie.guardian, cast.id("wilgenhoek"), email=WRONG, **fields)
    return tie


def pages(cast: Cast, sign_in: SignIn, tie: Any) -> list[Any]:
    office = sign_in("administrator")
    child = office.get(at(cast, "child", cast.id("sam")))
    family = office.get(at(cast, "family", tie.household_id))
    cards = {card.tie.pk: card.bounced for card in child.context["record"].guardians}
    living = {name: failed for name, _secret, failed in family.context["living"]}
    return [cards[tie.pk], living[tie.guardian.name]]


def test_the_child_s_and_the_family_s_page_name_the_address(cast: Cast, sign_in: SignIn) -> None:
    tie = invited(cast, failed_at=clock.now())
    assert pages(cast, sign_in, tie) == [WRONG, WRONG]
    shown = sign_in("principal").get(at(cast, "child", cast.id("sam"))).text
    assert shown.count(WRONG) == 2  # beside the name, and in what is said of it


def test_what_arrived_or_is_on_its_way_is_not_spoken_of(cast: Cast, sign_in: SignIn) -> None:
    assert pages(cast, sign_in, invited(cast)) == ["", ""]


def test_what_was_taken_back_is_not_spoken_of(cast: Cast, sign_in: SignIn) -> None:
    tie = invited(cast, failed_at=clock.now(), revoked_at=clock.now())
    assert pages(cast, sign_in, tie) == ["", ""]


def test_another_school_s_mail_is_not_spoken_of(cast: Cast, sign_in: SignIn) -> None:
    tie = factories.waiting_card(cast.sam, household_id=tie_of(cast, "mother", "sam").household_id)
    elsewhere = {"email": WRONG, "failed_at": clock.now()}
    factories.invitation(tie.guardian, cast.id("kompas"), **elsewhere)
    assert pages(cast, sign_in, tie) == ["", ""]
