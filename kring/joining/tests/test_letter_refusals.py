"""What a letter does not do: tell strangers anything, work again, or get past the school's no."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import seen_by
from kring.joining import codes
from kring.joining.arrival import Arrival
from kring.joining.claiming import Wish, claim, decline
from kring.joining.journey import Journey
from kring.joining.models import LinkCode
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
from kring.schools.models import Enrollment, Guardianship
from tests import factories
from tests.cast import BACKEND, Cast
from tests.unlocked import unlocked

DRAWN = re.compile(r"nonce=\S+|[A-Za-z0-9]{64}")
MADE_UP = "ABC-DEF-GHJ-KMN-PQR-STV"


@pytest.fixture
def puck(cast: Cast) -> Home:
    return with_letter(cast, home(cast))


@pytest.fixture
def visitor(cast: Cast) -> Visitor:
    return Visitor()


def change_code(made: Home, **fields: Any) -> None:
    assert made.code
    with unlocked():
        LinkCode.objects.filter(pk=made.code.pk).update(**fields)


def said(answer: Any, typed: str) -> tuple[int, str]:
    """Status and page, but for what is drawn anew and what was typed."""
    return answer.status_code, DRAWN.sub("", answer.content.decode()).replace(typed, "")


def test_wrong_used_expired_revoked_and_foreign_codes_say_the_same(cast: Cast) -> None:
    made = [with_letter(cast, home(cast)) for _ in range(4)]
    change_code(made[0], expires_at=clock.now())
    change_code(made[1], revoked_at=clock.now())
    change_code(made[2], places=0)
    with unlocked():
        gone = clock.today() - timedelta(days=1)
        Enrollment.objects.filter(student=made[3].child).update(ends_on=gone)
    answers = [said(Visitor().type_letter(one.text), one.text) for one in made]
    answers.append(said(Visitor().type_letter(MADE_UP), MADE_UP))
    answers.append(said(Visitor().type_letter("geen code"), "geen code"))
    fine = with_letter(cast, home(cast))
    answers.append(said(Visitor().type_letter(fine.text, "04-09-2018"), fine.text))
    plain = {(status, page.replace("04-09-2018", TYPED)) for status, page in answers}
    assert len(plain) == 1
    assert plain.pop()[0] == 422


def test_every_try_costs_one_look_and_one_hash(puck: Home, visitor: Visitor) -> None:
    for text in (puck.text, MADE_UP, "geen code"):
        with patch("kring.joining.codes.Argon2id.verify", return_value=False) as verify:
            visitor.type_letter(text)
        assert verify.call_count == 1, text


def test_tries_are_limited_with_a_sentence(puck: Home) -> None:
    cache.clear()
    for _ in range(20):
        assert Visitor().type_letter(puck.text, "04-09-2018").status_code == 422
    answer = Visitor(REMOTE_ADDR="198.51.100.9").type_letter(puck.text)
    assert answer.status_code == 429
    assert 'role="alert"' in answer.content.decode()
    assert said(answer, puck.text) == said(
        Visitor(REMOTE_ADDR="198.51.100.9").type_letter(puck.text), puck.text
    )


def test_guesses_at_one_letter_from_many_networks_stop_after_a_few(puck: Home) -> None:
    """Hashes are left out: what is counted is how many guesses ever get that far.

    Ten thousand of them are made beside the pages, in ``test_codes``.
    """
    cache.clear()
    with patch("kring.joining.codes.Argon2id.verify", return_value=False) as verify:
        for number in range(100):
            here = Visitor(REMOTE_ADDR=f"198.51.100.{number}")
            guess = f"{puck.text[:7]}-ABC-DEF-GHJ-{number:03}"
            assert here.type_letter(guess).status_code in {422, 429}
    assert verify.call_count <= 20
    assert Visitor(REMOTE_ADDR="192.0.2.1").type_letter(puck.text).status_code == 429
    assert puck.uses() == 0


def test_a_code_taken_back_between_the_steps_stops_there(puck: Home, visitor: Visitor) -> None:
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    visitor.prove()
    change_code(puck, revoked_at=clock.now())
    before = accounts()
    assert visitor.say_yes().headers["Location"] == reverse("joining:code")
    assert (accounts(), puck.uses()) == (before, 0)
    assert visitor.get(reverse("joining:yes")).headers["Location"] == reverse("joining:code")


def test_a_place_taken_meanwhile_makes_no_account(puck: Home, visitor: Visitor, cast: Cast) -> None:
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    visitor.prove()
    Visitor().come_in(puck, puck.mother, cast.mother.email)
    before = accounts()
    assert visitor.say_yes().headers["Location"] == reverse("joining:code")
    assert accounts() == before
    assert puck.guardian(puck.mother) == cast.mother


def test_a_child_that_left_meanwhile_is_no_longer_let_in_to(puck: Home, visitor: Visitor) -> None:
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    visitor.prove()
    with unlocked():
        gone = clock.today() - timedelta(days=1)
        Enrollment.objects.filter(student=puck.child).update(ends_on=gone)
    visitor.say_yes()
    assert puck.uses() == 0


def test_the_way_in_ends_after_an_hour(puck: Home, visitor: Visitor) -> None:
    visitor.type_letter(puck.text)
    later = clock.now().timestamp() + 3601
    with patch("kring.joining.journey.time.time", return_value=later):
        assert visitor.get(reverse("joining:child")).status_code == 302


def test_a_place_that_the_school_withholds_is_never_offered(puck: Home, visitor: Visitor) -> None:
    with unlocked():
        Guardianship.objects.filter(pk=puck.father.pk).update(access="withheld")
    visitor.type_letter(puck.text)
    assert "Karel" not in visitor.get(reverse("joining:child")).content.decode()
    assert visitor.choose(puck.father).status_code == 422
    assert puck.uses() == 0


def withheld(puck: Home, person_id: Any, **fields: Any) -> None:
    factories.guarded(puck.child, person_id, access="withheld", relation="father", **fields)


def test_who_is_kept_from_this_child_reads_what_everybody_reads(
    puck: Home, visitor: Visitor, cast: Cast
) -> None:
    withheld(puck, cast.withheld_father.pk)
    visitor.force_login(cast.withheld_father, backend=BACKEND)
    answer = visitor.type_letter(puck.text)
    assert said(answer, puck.text) == said(visitor.type_letter(MADE_UP), MADE_UP)
    assert puck.trail()[-1] == "link_code.withheld"


def test_nor_when_he_signs_in_halfway(puck: Home, visitor: Visitor, cast: Cast) -> None:
    withheld(puck, cast.withheld_father.pk)
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    visitor.prove(cast.withheld_father.email)
    assert visitor.say_yes().headers["Location"] == reverse("joining:code")
    assert puck.guardian(puck.mother).joined_at is None
    assert "link_code.withheld" in puck.trail()


def test_nor_by_a_new_account_at_the_address_that_the_school_has(
    puck: Home, visitor: Visitor
) -> None:
    withheld(puck, factories.person("Karel").pk, email=ADDRESS.upper())
    before = accounts()
    visitor.come_in(puck, puck.mother)
    assert accounts() == before
    assert puck.uses() == 0
    assert puck.trail()[-1] == "link_code.withheld"


def test_who_waits_for_the_school_s_yes_may_look_again(puck: Home, visitor: Visitor) -> None:
    names = {"first_name": "Piet", "infix": "", "last_name": "Jansen"}
    visitor.type_letter(puck.text)
    visitor.choose(None, "grandparent")
    visitor.prove()
    visitor.say_yes(**names)
    assert visitor.type_letter(puck.text).status_code == 302
    visitor.choose(puck.mother)
    visitor.say_yes()
    assert puck.guardian(puck.mother).joined_at is None  # one person has one tie
    assert puck.uses() == 1


def test_another_home_s_places_are_not_offered(puck: Home, visitor: Visitor) -> None:
    elsewhere = factories.guarded(puck.child, factories.person("Bobbie").pk)
    visitor.type_letter(puck.text)
    assert "Bobbie" not in visitor.get(reverse("joining:child")).content.decode()
    assert visitor.choose(elsewhere).status_code == 422


def test_a_closed_account_does_not_come_in(puck: Home, visitor: Visitor, cast: Cast) -> None:
    with unlocked():
        type(cast.mother).objects.filter(pk=cast.mother.pk).update(is_active=False)
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    assert visitor.prove(cast.mother.email).headers["Location"] == reverse("joining:code")
    assert visitor.person() is None
    assert puck.uses() == 0


def test_the_code_from_the_mail_has_five_guesses_and_one_session(
    puck: Home, visitor: Visitor
) -> None:
    other = Visitor()
    for one in (visitor, other):
        one.type_letter(puck.text)
        one.choose(puck.mother)
    visitor.post(reverse("joining:account"), {"email": ADDRESS})
    right = last_code()
    box = reverse("joining:mailbox")
    assert other.post(box, {"code": right}).headers["Location"] == reverse("joining:account")
    for _ in range(5):
        assert visitor.post(box, {"code": "0000 0000"}).status_code == 422
    assert visitor.post(box, {"code": right}).headers["Location"] == reverse("joining:account")
    assert right not in str(dict(visitor.session))


def test_mails_are_limited(puck: Home, visitor: Visitor) -> None:
    cache.clear()
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    asked = [visitor.post(reverse("joining:account"), {"email": ADDRESS}) for _ in range(11)]
    assert asked[-1].status_code == 429
    assert len(mail.outbox) == 10


def test_no_mail_goes_out_without_a_letter(visitor: Visitor, cast: Cast) -> None:
    visitor.post(reverse("joining:account"), {"email": cast.mother.email})
    assert mail.outbox == []


def test_the_session_gets_a_new_key_with_the_account(puck: Home, visitor: Visitor) -> None:
    visitor.type_letter(puck.text)
    planted = visitor.session.session_key
    visitor.choose(puck.mother)
    visitor.prove()
    proven = visitor.session.session_key
    visitor.say_yes()
    assert len({planted, proven, visitor.session.session_key}) == 3
    assert "joining" not in visitor.session


def test_signing_out_forgets_the_way_in(puck: Home, visitor: Visitor, cast: Cast) -> None:
    visitor.force_login(cast.mother, backend=BACKEND)
    visitor.type_letter(puck.text)
    visitor.post(reverse("account_logout"))
    assert visitor.get(reverse("joining:child")).headers["Location"] == reverse("joining:code")


def test_forms_need_their_token(puck: Home) -> None:
    strict = Client(enforce_csrf_checks=True)
    typed = {"code": puck.text, "born_on": TYPED}
    assert strict.post(reverse("joining:code"), typed).status_code == 403


def test_another_host_is_refused(puck: Home) -> None:
    assert Client(headers={"host": "evil.example"}).get(reverse("joining:code")).status_code == 400


def test_a_letter_of_a_former_printing_is_worth_nothing(puck: Home, cast: Cast) -> None:
    viewer = cast.viewer("administrator")
    with seen_by(viewer):
        codes.issue(puck.child, puck.household, places=2, by=viewer)
    assert Visitor().type_letter(puck.text).status_code == 422


def test_a_verb_asks_all_of_it_again(puck: Home, cast: Cast) -> None:
    assert puck.code
    school, code = puck.child.school_id, puck.code.pk
    nowhere = Wish(place_id=uuid4())
    assert claim(school, code, nowhere, cast.mother) is None
    change_code(puck, guardianship=puck.mother)
    assert claim(school, code, Wish(place_id=None), cast.mother) is None
    change_code(puck, revoked_at=clock.now())
    assert claim(school, code, Wish(place_id=puck.mother.pk), cast.mother) is None
    decline(school, code, None)
    assert "link_code.declined" not in puck.trail()


def test_where_mail_is_away_it_says_so(puck: Home, visitor: Visitor) -> None:
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    with patch("django.core.mail.EmailMessage.send", side_effect=ConnectionRefusedError):
        answer = visitor.post(reverse("joining:account"), {"email": ADDRESS})
    assert answer.status_code == 503


def test_what_is_no_address_is_said(puck: Home, visitor: Visitor) -> None:
    visitor.type_letter(puck.text)
    visitor.choose(puck.mother)
    answer = visitor.post(reverse("joining:account"), {"email": "geen adres"})
    assert answer.status_code == 422
    visitor.prove()
    onward = visitor.get(reverse("joining:mailbox"))
    assert onward.headers["Location"] == reverse("joining:yes")


def arriving(journey: Journey, **typed: str) -> Arrival:
    """Somebody who pressed the yes."""
    request = RequestFactory().post(reverse("joining:yes"), typed)
    request.user = AnonymousUser()
    arrival = Arrival(request, journey, User(first_name="Nadia", last_name="Jansen"))
    assert arrival.form.is_valid()
    return arrival


def test_a_user_name_that_goes_at_the_last_moment_is_said(cast: Cast) -> None:
    typed = {"username": "nadia", "password": PASSWORD, "again": PASSWORD}
    one, other = (arriving(Journey(no_mail=True), **typed) for _ in range(2))
    assert one.account()
    assert other.account() is None
    assert not other.form.is_valid()


def test_pressing_twice_with_one_mailbox_makes_one_account(cast: Cast) -> None:
    one, other = (arriving(Journey(proven=True, address=ADDRESS)) for _ in range(2))
    assert one.account() == other.account()
