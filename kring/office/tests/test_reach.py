"""The page of the reach: who is not in, whose mail comes back, and one click for the letters."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.joining.models import LinkCode
from kring.notifications.models import Bounce, digest_of, try_again
from kring.notifications.reach import bouncing, reachable_of
from kring.office.reach import Lack, SchoolReach
from kring.office.tests.books import SignIn, at
from kring.schools.models import Mourning
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


def bounced(cast: Cast, who: str = "mother", school: str = "wilgenhoek") -> None:
    address = digest_of(getattr(cast, who).email)
    factories.bounce(cast.id(school), cast.id(who), address=address)


def page(cast: Cast, client: Any, asked: str = "") -> Any:
    return client.get(f"{at(cast, 'reach')}{asked}")


def lines(cast: Cast, lack: Lack, who: str = "principal") -> list[str]:
    viewer = cast.viewer(who)
    with seen_by(viewer):
        return [line.names for line in SchoolReach(cast.wilgenhoek, viewer).lacking(lack, None)]


def test_who_never_signed_in_gets_a_letter_with_one_click(cast: Cast, sign_in: SignIn) -> None:
    child = factories.student(cast.id("wilgenhoek"), "Juno")
    factories.enrolled(child, cast.id("group_5"))
    factories.waiting_card(child)
    office = sign_in("principal")
    found = page(cast, office).context["reach"]
    (tally,) = (one for one in found.tallies if one.group_id == cast.id("group_5"))
    assert 0 < tally.unconnected < tally.homes
    letters = office.post(
        reverse("inviting:letters", args=[cast.id("wilgenhoek")]),
        {"whom": "unconnected", "group": str(cast.id("group_5"))},
    )
    assert len(PdfReader(io.BytesIO(letters.content)).pages) == tally.unconnected
    with unlocked():
        assert LinkCode.objects.filter(student=child).exists()


def test_an_address_that_bounced_is_shown_with_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    bounced(cast)
    office = sign_in("administrator")
    for where in ("reach", "start"):
        assert cast.mother.name in office.get(at(cast, where)).text
    child = office.get(at(cast, "child", cast.id("sam")))
    assert [card.mail_fails.code for card in child.context["record"].guardians if card.mail_fails]


def test_the_office_clears_it_and_it_stands_in_the_trail(cast: Cast, sign_in: SignIn) -> None:
    bounced(cast, school="vijver")  # as the BSO found out: the address is the same
    office = sign_in("administrator")
    clearing = at(cast, "bounce_clearing", cast.id("mother"))
    assert office.post(clearing).status_code == 303
    with unlocked():
        assert not Bounce.objects.standing().exists()
    assert office.post(clearing).status_code == 404
    with unlocked():
        assert AuditEntry.objects.filter(verb="bounce.cleared", person_id=cast.mother.pk).exists()


def test_another_address_is_clean(cast: Cast) -> None:
    bounced(cast)
    cast.change(cast.mother, email="nieuw@kring.example")
    with seen_by(cast.viewer("principal")):
        assert not bouncing(cast.id("wilgenhoek"))


def test_who_mourns_is_not_pressed(cast: Cast) -> None:
    bounced(cast)
    before = lines(cast, Lack.ADDRESS)
    principal = cast.viewer("principal")
    with seen_by(principal):
        Mourning.begin(cast.sam, by=principal)
    assert [one for one in before if cast.mother.name in one]
    assert not [one for one in lines(cast, Lack.ADDRESS) if one in before]


@pytest.mark.parametrize(
    "who", ["mother", "teacher", "counselor", "aftercare", "principal_elsewhere"]
)
def test_only_the_office_knows_how_people_are_reached(cast: Cast, who: str) -> None:
    bounced(cast)
    viewer = cast.viewer(who)
    with seen_by(viewer):
        assert reachable_of(cast.id("wilgenhoek")) == {}
        if who != "mother":
            assert not try_again(cast.id("mother"), by=viewer, at=cast.wilgenhoek)
    with unlocked():
        assert Bounce.objects.standing().exists()


def test_one_clears_one_s_own(cast: Cast) -> None:
    bounced(cast)
    mother = cast.viewer("mother")
    with seen_by(mother):
        assert try_again(cast.id("mother"), by=mother)
        assert not try_again(cast.id("co_parent"), by=mother)


def test_an_answer_stands_on_the_page_and_leads_to_the_message(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    factories.reply(cast.id("wilgenhoek"), cast.id("mother"), subject_id=post.pk)
    (one,) = page(cast, sign_in("principal")).context["replies"]
    assert (one.name, one.post_id) == (cast.mother.name, post.pk)


@pytest.mark.parametrize("asked", ["?lack=nonsense", "?group=x", "?page=99999", "?lack=push"])
def test_what_makes_no_sense_narrows_nothing(cast: Cast, sign_in: SignIn, asked: str) -> None:
    assert page(cast, sign_in("principal"), asked).status_code == 200


def test_more_children_take_no_more_queries(
    cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for place in range(30):
        child = factories.student(cast.id("wilgenhoek"), f"Kind {place}")
        factories.enrolled(child, cast.id("group_5"))
        factories.guarded(child, factories.person(f"Ouder {place}").pk)
    office = sign_in("principal")
    with django_assert_max_num_queries(24):
        assert page(cast, office).status_code == 200


def test_a_monitor_reads_how_many_are_parked(cast: Cast, client: Any, settings: Settings) -> None:
    post = cast.post("group_5", by="teacher")
    parked = factories.delivery(factories.notification(post, cast.id("mother")))
    cast.change(parked, state="dead")
    settings.MONITOR_TOKEN = "geheim van de monitor"
    shown = {"Authorization": f"Bearer {settings.MONITOR_TOKEN}"}
    assert client.get(reverse("ops:parked"), headers=shown).text == "1\n"
