"""The mail: its link opens nothing by itself, and all that waits goes to who holds the mailbox."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.urls import reverse

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.joining import accepting, invitations
from kring.joining.homes import homes_of, to_invite
from kring.joining.models import Invitation
from kring.joining.tests.coming_in import (
    Home,
    Visitor,
    accounts,
    home,
    last_code,
    with_letter,
)
from kring.schools.models import Employment, Guardianship, TeachingAssignment
from tests import factories
from tests.cast import BACKEND, Cast
from tests.unlocked import unlocked

DRAWN = re.compile(r"nonce=\S+|[A-Za-z0-9]{64}")
ADDRESS = "nadia@kring.example"


@dataclass
class Invited:
    """A family with two children, and the mail to their mother."""

    puck: Home
    sibling: Home
    card: User
    token: str
    row: Invitation


def invite(cast: Cast, card: User, kind: str = "guardian", address: str = ADDRESS) -> Invitation:
    """As the office does it: to the address that it has of the card."""
    viewer = cast.viewer("administrator")
    school = cast.id("wilgenhoek")
    with unlocked():
        Guardianship.objects.filter(guardian=card).update(email=address)
    with seen_by(viewer):
        return invitations.invite(card, school_id=school, kind=kind, email=address, by=viewer)


@pytest.fixture
def nadia(cast: Cast) -> Invited:
    puck, sibling = home(cast), home(cast, first_name="Mees")
    with unlocked():
        Guardianship.objects.filter(pk=sibling.mother.pk).update(guardian=puck.mother.guardian_id)
    card = puck.guardian(puck.mother)
    row = invite(cast, card)
    return Invited(puck, sibling, card, row.token, row)


@pytest.fixture
def visitor(cast: Cast) -> Visitor:
    return Visitor()


def link(token: str) -> str:
    return reverse("joining:invitation", args=[token])


def prove(visitor: Visitor, token: str) -> Any:
    visitor.post(link(token))
    return visitor.post(reverse("joining:mailbox"), {"code": last_code()})


def say_yes(visitor: Visitor, *homes: Home, **typed: str) -> Any:
    children = [str(one.child.pk) for one in homes]
    return visitor.post(reverse("joining:invited"), {"children": children, **typed})


def test_all_children_of_the_card_come_with_one_yes(nadia: Invited, visitor: Visitor) -> None:
    first = visitor.get(link(nadia.token)).content.decode()
    assert "De Wilgenhoek" in first
    assert "Puck" not in first
    assert prove(visitor, nadia.token).headers["Location"] == reverse("joining:invited")
    page = visitor.get(reverse("joining:invited")).content.decode()
    assert "Puck" in page
    assert "Mees" in page
    answer = say_yes(visitor, nadia.puck, nadia.sibling)
    assert answer.headers["Location"] == reverse("joining:welcome")
    person = visitor.person()
    assert person
    assert (person.name, person.email) == ("Nadia Jansen", ADDRESS)
    for one in (nadia.puck, nadia.sibling):
        assert one.guardian(one.mother) == person
    with unlocked():
        row = Invitation.objects.get(pk=nadia.row.pk)
        assert row.accepted_by == row.person == person  # nothing keeps the empty card


def test_a_child_without_its_tick_is_let_go_with_a_trail(nadia: Invited, visitor: Visitor) -> None:
    prove(visitor, nadia.token)
    say_yes(visitor, nadia.puck)
    assert nadia.puck.guardian(nadia.puck.mother) == visitor.person()
    assert "Nadia" not in nadia.sibling.places()
    assert nadia.sibling.trail()[-1] == "guardianship.not_mine"


def test_without_any_tick_there_is_no_account(nadia: Invited, visitor: Visitor) -> None:
    before = accounts()
    prove(visitor, nadia.token)
    assert say_yes(visitor).headers["Location"] == reverse("joining:code")
    assert accounts() == before
    assert "Nadia" not in nadia.puck.places()
    assert visitor.get(link(nadia.token)).status_code == 410


def test_the_code_goes_to_the_address_that_was_invited_only(
    nadia: Invited, visitor: Visitor, cast: Cast
) -> None:
    visitor.force_login(cast.co_parent, backend=BACKEND)  # to whom it was forwarded
    visitor.post(link(nadia.token), {"email": cast.co_parent.email})
    assert mail.outbox[-1].to == [ADDRESS]
    box = reverse("joining:mailbox")
    assert visitor.post(box, {"code": "0000 0000"}).status_code == 422
    assert visitor.get(reverse("joining:invited")).headers["Location"] == reverse("joining:code")
    assert nadia.puck.guardian(nadia.puck.mother).joined_at is None


def test_a_known_address_signs_in_its_account(nadia: Invited, cast: Cast) -> None:
    here = Visitor()
    row = invite(cast, nadia.card, address=cast.mother.email)
    prove(here, row.token)
    assert here.person() == cast.mother
    say_yes(here, nadia.puck, nadia.sibling)
    assert nadia.puck.guardian(nadia.puck.mother) == cast.mother


def test_who_is_signed_in_with_another_address_is_told_and_goes_on(
    nadia: Invited, visitor: Visitor, cast: Cast
) -> None:
    visitor.force_login(cast.mother, backend=BACKEND)
    prove(visitor, nadia.token)
    page = visitor.get(reverse("joining:invited")).content.decode()
    assert "Fatima Amrani" in page
    assert ADDRESS in page
    say_yes(visitor, nadia.puck, nadia.sibling)
    assert nadia.puck.guardian(nadia.puck.mother) == cast.mother
    assert cast.mother.email != ADDRESS


def test_a_colleague_comes_in_with_roles_and_lessons(cast: Cast, visitor: Visitor) -> None:
    card, today = factories.person("Wouter"), clock.today()
    school = {"school_id": cast.id("wilgenhoek"), "user": card, "starts_on": today}
    factories.made(Employment(role="teacher", **school))
    factories.made(TeachingAssignment(group=cast.group_6, **school))
    row = invite(cast, card, "staff", "wouter@kring.example")
    assert "groep van je kind" not in visitor.get(link(row.token)).content.decode()
    prove(visitor, row.token)
    visitor.post(reverse("joining:invited"))
    person = visitor.person()
    assert person
    with unlocked():
        assert Employment.objects.get(user=person).role == "teacher"
        assert TeachingAssignment.objects.get(user=person).group_id == cast.id("group_6")


def test_a_role_that_one_has_already_stays_one(cast: Cast, visitor: Visitor) -> None:
    card, today = factories.person("Sanne"), clock.today()
    school = {"school_id": cast.id("wilgenhoek"), "user": card, "starts_on": today}
    factories.made(Employment(role="teacher", **school))
    factories.made(Employment(role="counselor", **school))
    row = invite(cast, card, "staff", cast.teacher.email)
    prove(visitor, row.token)
    visitor.post(reverse("joining:invited"))
    with unlocked():
        roles = Employment.objects.filter(user=cast.teacher).values_list("role", flat=True)
        assert sorted(roles) == ["counselor", "teacher"]


def test_used_expired_revoked_resent_and_forged_links_lead_to_one_page(cast: Cast) -> None:
    cards = [factories.waiting_card(cast.sam).guardian for _ in range(4)]
    rows = [invite(cast, card) for card in cards]
    pages = []
    with unlocked():
        found = Invitation.objects.filter(pk=rows[0].pk)
        found.update(accepted_at=clock.now())
        Invitation.objects.filter(pk=rows[1].pk).update(expires_at=clock.now() - timedelta(days=1))
        Invitation.objects.filter(pk=rows[2].pk).update(revoked_at=clock.now())
        Invitation.objects.filter(pk=rows[3].pk).update(serial=2)
    for token in (*(row.token for row in rows), "forged", f"{rows[0].token}x", "x" * 500):
        answers = (Visitor().get(link(token)), Visitor().post(link(token)))
        pages += [(one.status_code, DRAWN.sub("", one.content.decode())) for one in answers]
    assert {status for status, _ in pages} == {410}
    assert len({page for _, page in pages}) == 1
    assert mail.outbox == []


def test_taken_back_between_the_steps_it_stops_there(nadia: Invited, visitor: Visitor) -> None:
    prove(visitor, nadia.token)
    with unlocked():
        Invitation.objects.filter(pk=nadia.row.pk).update(revoked_at=clock.now())
    before = accounts()
    assert say_yes(visitor, nadia.puck).status_code == 410
    assert accounts() == before


def test_used_at_the_same_moment_it_counts_once(nadia: Invited, visitor: Visitor) -> None:
    prove(visitor, nadia.token)
    before = accounts()
    with patch("kring.joining.accepting.invitations.accept", return_value=False):
        assert say_yes(visitor, nadia.puck).status_code == 410
    assert accounts() == before
    assert nadia.puck.guardian(nadia.puck.mother).joined_at is None


def test_a_tie_that_one_has_already_is_not_doubled(nadia: Invited, cast: Cast) -> None:
    factories.guarded(nadia.puck.child, cast.mother.pk)
    found = invitations.opened(nadia.token)
    assert found
    children = {nadia.puck.child.pk, nadia.sibling.child.pk}
    assert accepting.accept(found, cast.mother, children)
    assert not accepting.accept(found, cast.mother, children)
    assert not accepting.refuse(found)
    with unlocked():
        ties = Guardianship.objects.filter(student=nadia.puck.child, ends_at=None)
        assert sorted(one.guardian.first_name for one in ties) == ["Fatima", "Karel"]


def test_what_the_school_withholds_stays_withheld_and_unsaid(
    nadia: Invited, visitor: Visitor
) -> None:
    with unlocked():
        Guardianship.objects.filter(pk=nadia.sibling.mother.pk).update(access="withheld")
    prove(visitor, nadia.token)
    assert "Mees" not in visitor.get(reverse("joining:invited")).content.decode()
    say_yes(visitor, nadia.puck)
    assert nadia.sibling.places()["Nadia"] == "mother withheld"
    assert nadia.sibling.guardian(nadia.sibling.mother) == visitor.person()


def test_where_mail_is_away_it_says_so(nadia: Invited, visitor: Visitor) -> None:
    with patch("django.core.mail.EmailMessage.send", side_effect=ConnectionRefusedError):
        assert visitor.post(link(nadia.token)).status_code == 503


def test_saying_no_too_late_changes_nothing(nadia: Invited, visitor: Visitor) -> None:
    prove(visitor, nadia.token)
    with patch("kring.joining.accepting.Invitation.revoke", return_value=False):
        assert say_yes(visitor).status_code == 410
    assert "Nadia" in nadia.puck.places()


def test_a_child_of_another_family_cannot_be_ticked(
    nadia: Invited, visitor: Visitor, cast: Cast
) -> None:
    prove(visitor, nadia.token)
    answer = visitor.post(reverse("joining:invited"), {"children": [str(cast.sam.pk)]})
    assert answer.status_code == 422


# ── the address that the school has now ──────────────────────────────────────
def test_a_mail_to_an_address_that_was_wrong_opens_nothing_any_more(
    nadia: Invited, visitor: Visitor
) -> None:
    prove(visitor, nadia.token)  # whoever reads that mailbox
    with unlocked():
        Guardianship.objects.filter(guardian=nadia.card).update(email="echt@kring.example")
    before = accounts()
    assert visitor.get(reverse("joining:invited")).status_code == 410
    assert Visitor().get(link(nadia.token)).status_code == 410
    found = invitations.opened(nadia.token)
    assert found
    assert not accepting.accept(found, nadia.card, {nadia.puck.child.pk})
    assert accounts() == before
    assert nadia.puck.guardian(nadia.puck.mother) == nadia.card


def test_only_what_has_the_address_of_the_mail_comes_along(
    nadia: Invited, visitor: Visitor, cast: Cast
) -> None:
    cast.change(nadia.sibling.mother, email="elders@kring.example")
    cast.change(nadia.puck.mother, email=ADDRESS.upper())
    prove(visitor, nadia.token)
    say_yes(visitor, nadia.puck)
    assert nadia.puck.guardian(nadia.puck.mother) == visitor.person()
    assert nadia.sibling.guardian(nadia.sibling.mother) == nadia.card
    assert nadia.sibling.places()["Nadia"] == "mother in_care"


def test_sent_again_it_goes_to_the_address_that_the_school_has_now(
    nadia: Invited, cast: Cast, sign_in: Any
) -> None:
    here, school = sign_in("administrator"), cast.id("wilgenhoek")
    with unlocked():
        Guardianship.objects.filter(guardian=nadia.card).update(email="echt@kring.example")
    office = cast.viewer("administrator")
    with seen_by(office):
        asked = to_invite(homes_of(office, school))
    assert nadia.card.pk in {adult.person_id for adult in asked}
    here.post(reverse("inviting:sending", args=[school, nadia.row.pk]))
    with unlocked():
        standing = Invitation.objects.get(person=nadia.card, revoked_at=None)
        assert standing.email == "echt@kring.example"
        assert Invitation.objects.get(pk=nadia.row.pk).revoked_at
        Guardianship.objects.filter(guardian=nadia.card).update(email="")
    here.post(reverse("inviting:sending", args=[school, standing.pk]))
    with unlocked():
        assert Invitation.objects.get(person=nadia.card, revoked_at=None).serial == 1


def test_lessons_and_invitations_that_go_leave_a_trail(cast: Cast, visitor: Visitor) -> None:
    card, today = factories.person("Wouter"), clock.today()
    school = {"school_id": cast.id("wilgenhoek"), "user": card, "starts_on": today}
    factories.made(Employment(role="teacher", **school))
    lesson = factories.made(TeachingAssignment(group=cast.group_6, **school))
    row = invite(cast, card, "staff", "wouter@kring.example")
    prove(visitor, row.token)
    visitor.post(reverse("joining:invited"))
    assert trail(lesson.pk) == ["assignment.claimed"]


def test_an_invitation_that_a_letter_made_needless_is_taken_back_in_the_trail(
    nadia: Invited, visitor: Visitor, cast: Cast
) -> None:
    for one in (nadia.puck, nadia.sibling):
        visitor.come_in(with_letter(cast, one), one.mother, "letter@kring.example")
    assert trail(nadia.row.pk) == ["invitation.sent", "invitation.revoked"]


def trail(subject_id: Any) -> list[str]:
    with unlocked():
        lines = AuditEntry.objects.filter(subject_id=subject_id).order_by("created_at", "pk")
        return [line.verb for line in lines]


def test_who_is_known_by_an_address_only_is_asked_for_a_name(
    nadia: Invited, visitor: Visitor, cast: Cast
) -> None:
    cast.change(nadia.card, first_name="Nadia", last_name="")  # guessed from the address
    prove(visitor, nadia.token)
    assert 'value="Nadia"' in visitor.get(reverse("joining:invited")).content.decode()
    assert say_yes(visitor, nadia.puck, nadia.sibling).status_code == 422
    say_yes(visitor, nadia.puck, nadia.sibling, first_name="Nadja", last_name="de Boer")
    person = visitor.person()
    assert person
    assert person.name == "Nadja de Boer"
