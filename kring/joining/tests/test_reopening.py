"""A letter for an account that was lost: short, told to its person, void when it lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import seen_by
from kring.joining import codes
from kring.joining.forms import NamesForm
from kring.joining.models import LinkCode
from kring.joining.tests.coming_in import Home, Visitor, home
from kring.joining.views.office_codes import Shown
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]
NEW = "opnieuw@kring.example"


@pytest.fixture
def lost(cast: Cast) -> Home:
    """Nadia came in once, and cannot get in any more."""
    made = home(cast)
    owner = made.guardian(made.mother)
    cast.change(owner, joined_at=clock.now(), email="nadia.oud@kring.example")
    return made


@pytest.fixture
def letter(lost: Home, cast: Cast) -> Home:
    office = cast.viewer("administrator")
    [drawn] = codes.draw([True])
    row = LinkCode(
        school_id=lost.child.school_id,
        student=lost.child,
        household=lost.household,
        guardianship=lost.mother,
        places=1,
    )
    with seen_by(office):
        issued = codes.put_in_force(drawn, row, by=office)
    lost.text, lost.code = issued.text, issued.row
    return lost


def come_in(made: Home) -> Visitor:
    visitor = Visitor()
    visitor.type_letter(made.text)
    visitor.choose(made.mother)
    visitor.prove(NEW)
    visitor.say_yes(first_name="Nadia", infix="", last_name="Jansen")
    return visitor


def told(owner: User) -> list[str]:
    return [str(one.body) for one in mail.outbox if one.to == [owner.email]]


def test_its_person_hears_of_a_letter_when_it_is_made(
    lost: Home, cast: Cast, sign_in: SignIn
) -> None:
    address = reverse("inviting:reopening", args=[cast.id("wilgenhoek"), lost.mother.pk])
    here = sign_in("administrator")
    here.get(address)
    assert told(lost.guardian(lost.mother)) == []
    assert here.post(address).headers["Content-Type"] == "application/pdf"
    [body] = told(lost.guardian(lost.mother))
    assert cast.wilgenhoek.name in body
    assert "Puck" not in body


def test_it_holds_for_fourteen_days(letter: Home) -> None:
    assert letter.code
    left = letter.code.expires_at - clock.now()
    assert abs(left - timedelta(days=14)) < timedelta(minutes=1)


def test_its_person_hears_when_it_was_used(letter: Home) -> None:
    owner = letter.guardian(letter.mother)
    visitor = come_in(letter)
    assert letter.guardian(letter.mother) == visitor.person() != owner
    assert len(told(owner)) == 1


def test_who_signs_in_to_the_account_makes_the_letter_worthless(letter: Home, cast: Cast) -> None:
    owner = letter.guardian(letter.mother)
    cast.change(owner, last_login=clock.now() - timedelta(days=1))  # before the letter
    assert Visitor().type_letter(letter.text).status_code == 302
    cast.change(owner, last_login=clock.now())
    assert Visitor().type_letter(letter.text).status_code == 422
    assert letter.code
    with unlocked():
        code = LinkCode.objects.select_related("guardianship__guardian").get(pk=letter.code.pk)
        assert not Shown(code, []).is_open  # as the office reads it


def test_also_between_the_code_and_the_yes(letter: Home, cast: Cast) -> None:
    owner, visitor = letter.guardian(letter.mother), Visitor()
    visitor.type_letter(letter.text)
    visitor.choose(letter.mother)
    visitor.prove(NEW)
    cast.change(owner, last_login=clock.now())
    visitor.say_yes(first_name="Nadia", infix="", last_name="Jansen")
    assert letter.guardian(letter.mother) == owner
    assert visitor.person() is None


# ── names that people choose ─────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["Anne-Fleur", "Zoë", "محمد", "D'Angelo", " Jan  Piet ", "А."])
def test_a_name_is_a_name(name: str) -> None:
    form = NamesForm({"first_name": name, "last_name": "de Boer"})
    assert form.is_valid()
    assert form.cleaned_data["first_name"] == " ".join(name.split())


@pytest.mark.parametrize(
    "name",
    [
        "Win: https://kwaad.example",
        "a/b",
        "Jan\nPiet",
        "Jan\u2028Piet",
        "Jan\x00",
        "\u202enaJ",
        "J" * 81,
    ],
)
def test_a_message_is_no_name(name: str) -> None:
    assert "first_name" in NamesForm({"first_name": name, "last_name": "de Boer"}).errors
