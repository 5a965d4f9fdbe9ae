"""A letter in hand: from the code to the yes, with every kind of account."""

import re
from unittest.mock import patch

import pytest
from django.core import mail
from django.urls import reverse

from kring.accounts.models import User
from kring.accounts.opening import UserNameForm
from kring.base import clock
from kring.joining.tests.coming_in import (
    ADDRESS,
    PASSWORD,
    TYPED,
    Home,
    Visitor,
    accounts,
    home,
    last_code,
    with_letter,
)
from kring.schools.models import Guardianship
from tests import factories
from tests.cast import BACKEND, Cast
from tests.unlocked import unlocked


@pytest.fixture
def puck(cast: Cast) -> Home:
    return with_letter(cast, home(cast))


@pytest.fixture
def visitor(cast: Cast) -> Visitor:
    return Visitor()


def test_a_mother_comes_in_with_her_mailbox(puck: Home, visitor: Visitor) -> None:
    assert visitor.type_letter(puck.text).headers["Location"] == reverse("joining:child")
    page = visitor.get(reverse("joining:child")).content.decode()
    assert "Puck" in page
    assert "Nadia" in page
    assert "Jansen" not in page  # a first name is enough to know oneself by
    assert visitor.choose(puck.mother).headers["Location"] == reverse("joining:account")
    assert visitor.prove().headers["Location"] == reverse("joining:yes")
    assert accounts_at(ADDRESS) == 0  # nothing is made before the yes
    assert visitor.say_yes().headers["Location"] == reverse("joining:welcome")
    mother = visitor.person()
    assert mother
    assert (mother.name, mother.email) == ("Nadia Jansen", ADDRESS)
    assert puck.guardian(puck.mother) == mother
    assert puck.guardian(puck.father).joined_at is None
    assert puck.uses() == 1
    assert "guardianship.claimed" in puck.trail()
    assert visitor.get("/").headers["Location"] == reverse("notifications:first")
    assert "Puck Jansen" in visitor.get(reverse("joining:welcome")).content.decode()


def test_both_parents_use_one_letter_each_once(puck: Home) -> None:
    first, second, third = Visitor(), Visitor(), Visitor()
    first.come_in(puck, puck.mother)
    second.type_letter(puck.text)
    assert "Nadia" not in second.get(reverse("joining:child")).content.decode()
    second.come_in(puck, puck.father, "karel@kring.example")
    assert puck.uses() == 2
    assert third.type_letter(puck.text).status_code == 422


def test_a_signed_in_mother_adds_a_second_child(puck: Home, visitor: Visitor, cast: Cast) -> None:
    visitor.force_login(cast.mother, backend=BACKEND)
    visitor.type_letter(puck.text)
    assert visitor.choose(puck.mother).headers["Location"] == reverse("joining:yes")
    assert "Fatima Amrani" in visitor.get(reverse("joining:yes")).content.decode()
    visitor.say_yes()
    assert puck.guardian(puck.mother) == cast.mother
    listed = visitor.get(reverse("joining:code")).content.decode()
    assert "Puck Jansen" in listed
    assert "Noor Amrani" in listed


def test_a_known_address_signs_in_its_account(puck: Home, visitor: Visitor, cast: Cast) -> None:
    before = accounts()
    visitor.come_in(puck, puck.mother, cast.mother.email)
    assert puck.guardian(puck.mother) == cast.mother
    assert accounts() == before


def test_pages_and_mails_are_the_same_for_known_and_unknown_addresses(
    puck: Home, cast: Cast
) -> None:
    seen = []
    for address in (cast.mother.email, "nobody@kring.example"):
        here = Visitor()
        here.type_letter(puck.text)
        here.choose(puck.mother)
        answer = here.post(reverse("joining:account"), {"email": address})
        page = here.get(reverse("joining:mailbox")).content.decode().replace(address, "X")
        body = str(mail.outbox[-1].body).replace(last_code(), "0000 0000")
        drawn = re.sub(r"nonce=\S+|[A-Za-z0-9]{64}", "", page)
        seen.append((answer.status_code, answer.headers["Location"], drawn, body))
    assert seen[0] == seen[1]


def test_who_has_no_mailbox_gets_a_user_name_and_codes_on_paper(
    puck: Home, visitor: Visitor
) -> None:
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    answer = visitor.post(reverse("joining:account"), {"no_mail": "1"})
    assert answer.headers["Location"] == reverse("joining:yes")
    typed = {"username": "nadia.j", "password": PASSWORD, "again": PASSWORD}
    assert visitor.say_yes(**typed | {"again": "anders"}).status_code == 422
    page = visitor.say_yes(**typed)
    assert page.status_code == 200
    assert len(re.findall(r"<code>[\w-]{14}</code>", page.content.decode())) == 10
    mother = visitor.person()
    assert mother
    assert (mother.username, mother.email) == ("nadia.j", None)
    assert puck.guardian(puck.mother) == mother
    assert "nadia.j" in page.content.decode()


def test_a_password_of_the_child_s_name_is_refused(puck: Home, visitor: Visitor) -> None:
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    visitor.post(reverse("joining:account"), {"no_mail": "1"})
    typed = {"username": "nadia.j", "password": "PuckJansen1", "again": "PuckJansen1"}
    assert visitor.say_yes(**typed).status_code == 422


def test_a_user_name_that_went_is_said_and_nothing_is_made(
    puck: Home, visitor: Visitor, cast: Cast
) -> None:
    with unlocked():
        User.objects.filter(pk=cast.aide.pk).update(username="nadia.j")
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    visitor.post(reverse("joining:account"), {"no_mail": "1"})
    typed = {"username": "nadia.j", "password": PASSWORD, "again": PASSWORD}
    assert visitor.say_yes(**typed).status_code == 422
    # Nor when it goes between the look and the yes.
    with patch.object(UserNameForm, "clean_username", lambda form: form.cleaned_data["username"]):
        assert visitor.say_yes(**typed).status_code == 422
    assert puck.uses() == 0


def test_somebody_the_school_did_not_know_waits_for_its_yes(puck: Home, visitor: Visitor) -> None:
    visitor.type_letter(puck.text)
    assert visitor.choose(None).status_code == 422  # says first what he is to the child
    visitor.choose(None, "grandparent")
    visitor.prove()
    assert visitor.say_yes().status_code == 422  # the school has no name
    names = {"first_name": "Opa Piet", "infix": "", "last_name": "Jansen"}
    visitor.say_yes(**names)
    assert puck.places()["Opa Piet"] == "grandparent withheld"
    assert puck.trail()[-1] == "guardianship.asked"
    assert "Puck" not in visitor.get("/").content.decode()
    assert "Puck" not in visitor.get(reverse("joining:code")).content.decode()


def test_where_the_school_knows_nobody_the_letter_is_how_it_hears_of_one(
    cast: Cast, visitor: Visitor
) -> None:
    made = home(cast)
    with unlocked():
        Guardianship.objects.filter(student=made.child).delete()
    with_letter(cast, made)
    visitor.type_letter(made.text)
    visitor.choose(None, "mother")
    visitor.prove()
    visitor.say_yes(first_name="Nadia", infix="", last_name="Jansen")
    assert made.places() == {"Nadia": "mother in_care"}
    assert made.trail()[-1] == "guardianship.asked"  # so that the office looks


def test_this_is_not_my_child_leaves_no_tie_and_tells_the_office(
    puck: Home, visitor: Visitor
) -> None:
    visitor.type_letter(puck.text)
    visitor.post(reverse("joining:child"), {"not_mine": "1"})
    assert puck.trail()[-1] == "link_code.declined"
    assert visitor.get(reverse("joining:child")).headers["Location"] == reverse("joining:code")
    assert puck.uses() == 0


def test_each_step_needs_the_one_before(puck: Home, visitor: Visitor) -> None:
    start = reverse("joining:code")
    for step in ("child", "account", "mailbox", "yes", "invited"):
        assert visitor.get(reverse(f"joining:{step}")).headers["Location"] == start, step
    visitor.type_letter(puck.text)
    assert visitor.get(reverse("joining:yes")).headers["Location"] == reverse("joining:account")
    child = reverse("joining:child")
    assert visitor.get(reverse("joining:account")).headers["Location"] == child
    assert visitor.post(reverse("joining:yes")).headers["Location"] == reverse("joining:account")
    visitor.choose(puck.mother)
    assert visitor.post(reverse("joining:yes")).headers["Location"] == reverse("joining:account")
    assert puck.uses() == 0


def test_pressing_twice_and_going_back_is_once(puck: Home, visitor: Visitor) -> None:
    visitor.come_in(puck, puck.mother)
    assert visitor.say_yes().headers["Location"] == reverse("joining:code")
    assert visitor.get(reverse("joining:yes")).headers["Location"] == reverse("joining:code")
    visitor.type_letter(puck.text)  # the same letter once more
    visitor.choose(puck.father)
    visitor.say_yes()
    assert puck.uses() == 1
    assert puck.guardian(puck.father).joined_at is None


def test_the_day_may_be_typed_in_many_ways(puck: Home) -> None:
    for day in (TYPED, "3-9-2018", "03/09/2018", "03.09.2018", "03092018", "2018-09-03"):
        assert Visitor().type_letter(puck.text, day).status_code == 302, day


def test_a_code_without_a_birth_date_does_not_ask_for_one(cast: Cast, visitor: Visitor) -> None:
    made = with_letter(cast, home(cast, born_on=None))
    assert visitor.type_letter(made.text, "").status_code == 302


def accounts_at(address: str) -> int:
    with unlocked():
        return int(User.objects.at_address(address).count())


def test_the_lost_account_of_a_letter_keeps_nothing_of_the_child(
    puck: Home, visitor: Visitor, cast: Cast
) -> None:
    assert puck.code
    with unlocked():
        lost = factories.person("Nadia", joined_at=clock.now())
        Guardianship.objects.filter(pk=puck.mother.pk).update(guardian=lost)
        type(puck.code).objects.filter(pk=puck.code.pk).update(guardianship=puck.mother, places=1)
    visitor.type_letter(puck.text)
    assert "Iemand anders" not in visitor.get(reverse("joining:child")).content.decode()
    visitor.choose(puck.mother)
    visitor.prove()
    visitor.say_yes(first_name="Nadia", infix="", last_name="Jansen")
    assert puck.guardian(puck.mother) == visitor.person() != lost
