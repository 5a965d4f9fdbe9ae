"""'Ik heb dit gelezen': urgent messages stay on top until then, and a link of a mail will do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.feed import confirming
from kring.feed.models import Confirmation, Post, Reading
from kring.feed.tests.urgent import urgent
from kring.notifications.channels.email import compose
from kring.notifications.letters import write
from kring.schools.models import Guardianship
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

LONG_AGO = timedelta(days=3)


def cards(client: Client, address: str = "/") -> list[str]:
    """The ids of the cards, from the top."""
    shown = client.get(address).content.decode()
    return re.findall(r'<article[^>]* id="post-([0-9a-f-]+)"', shown)


def confirmed(post: Post) -> dict[str | None, str]:
    """Who said so, over which way."""
    with unlocked():
        rows = Confirmation.objects.filter(post=post)
        return {Cast().key(one.person_id): one.way for one in rows}


def confirm(client: Client, post: Post, **headers: str) -> int:
    where = reverse("feed:confirmation", args=[post.pk])
    return client.post(where, headers=headers).status_code


def link(cast: Cast, who: str, post: Post) -> str:
    return confirming.path_of(cast.id(who), post.card_id)


def end(cast: Cast, who: str) -> None:
    """The office ended every tie of this guardian a minute ago."""
    with unlocked():
        ties = Guardianship.objects.filter(guardian=cast.id(who))
        ties.update(ends_at=clock.now() - factories.MINUTE)


# ── in the feed ──────────────────────────────────────────────────────────────
def test_an_urgent_message_stays_on_top_until_this_person_confirmed(
    cast: Cast, sign_in: SignIn
) -> None:
    post = urgent(cast, ago=LONG_AGO)
    others = [str(cast.post("group_5", by="teacher").pk) for _ in range(3)]
    mother = sign_in("mother")
    assert cards(mother)[0] == str(post.pk)
    assert set(cards(mother)[1:]) == set(others)
    mother.get(f"/posts/{post.pk}/")  # opening it is reading, and not yet saying so
    assert cards(mother)[0] == str(post.pk)
    assert confirm(mother, post) == 303
    assert confirmed(post) == {"mother": "app"}
    assert cards(mother)[-1] == str(post.pk)
    assert cards(sign_in("co_parent"))[0] == str(post.pk)


def test_it_says_urgent_in_words_and_asks(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    shown = sign_in("mother").get("/").content.decode()
    assert "Urgent message" in shown or "Spoedbericht" in shown
    assert f'formaction="/posts/{post.pk}/confirmation/"' in shown


def test_it_stands_there_once_on_the_first_page_only_and_with_every_filter(
    cast: Cast, sign_in: SignIn
) -> None:
    post = urgent(cast, ago=LONG_AGO)
    for _ in range(25):
        cast.post("group_5", by="teacher")
    mother = sign_in("mother")
    first = cards(mother)
    assert first[0] == str(post.pk)
    assert first.count(str(post.pk)) == 1
    older = re.search(r'href="(/\?before=[^"]*)"', mother.get("/").content.decode())
    assert older
    assert cards(mother, older[1].replace("&amp;", "&"))[-1] == str(post.pk)
    assert cards(mother, f"/?about={cast.id('noor')}")[0] == str(post.pk)


@pytest.mark.parametrize("gone", ["withdrawn", "a week ago", "own", "not out yet"])
def test_what_is_over_or_ones_own_is_not_on_top(cast: Cast, sign_in: SignIn, gone: str) -> None:
    made: dict[str, dict[str, Any]] = {
        "withdrawn": {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")},
        "a week ago": {"ago": timedelta(days=7, minutes=1)},
        "own": {"ago": LONG_AGO},
        "not out yet": {"ago": -timedelta(minutes=5)},
    }
    post = urgent(cast, **made[gone])
    newer = cast.post("group_5", by="teacher")
    who = "teacher" if gone == "own" else "mother"
    assert cards(sign_in(who))[0] == str(newer.pk) or gone == "not out yet"
    if gone == "not out yet":
        assert cards(sign_in(who)) == [str(newer.pk)]
    assert str(post.pk) not in cards(sign_in(who))[:1]


def test_who_may_not_see_it_has_nothing_on_top(cast: Cast, sign_in: SignIn) -> None:
    urgent(cast)
    for who in ("guardian_elsewhere", "withheld_father", "grandmother", "teacher_next_door"):
        assert cards(sign_in(who)) == []


def test_a_message_that_only_asks_has_the_button_and_its_own_place(
    cast: Cast, sign_in: SignIn
) -> None:
    post = urgent(cast, is_urgent=False, ago=LONG_AGO)
    newer = cast.post("group_5", by="teacher")
    mother = sign_in("mother")
    assert cards(mother) == [str(newer.pk), str(post.pk)]
    assert confirm(mother, post) == 303
    assert confirm(mother, newer) == 404


def test_one_press_counts_for_every_sibling_of_a_broadcast(cast: Cast, sign_in: SignIn) -> None:
    at_school = urgent(cast, "wilgenhoek", by="principal")
    at_bso = urgent(cast, "vijver", by="aftercare", card_id=at_school.card_id)
    mother = sign_in("mother")
    assert len(cards(mother)) == 1
    confirm(mother, at_school)
    confirm(mother, at_bso)
    assert confirmed(at_school) == confirmed(at_bso) == {"mother": "app"}
    assert f'id="asked-{at_school.pk}" role="status"' in mother.get("/").content.decode() or (
        f'id="asked-{at_bso.pk}" role="status"' in mother.get("/").content.decode()
    )


def test_the_author_confirms_nothing(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    teacher = sign_in("teacher")
    assert f"/posts/{post.pk}/confirmation/" not in teacher.get("/").content.decode()
    confirm(teacher, post)
    assert confirmed(post) == {}


def test_by_htmx_the_answer_takes_the_place_of_the_button(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    answer = sign_in("mother").post(
        reverse("feed:confirmation", args=[post.pk]), headers={"HX-Request": "true"}
    )
    assert f'id="asked-{post.pk}" role="status"' in answer.content.decode()


def test_staff_see_how_many_families_confirmed(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    factories.reading(post, cast.id("co_parent"))
    factories.confirmation(post, cast.id("mother"))
    shown = sign_in("teacher").get("/").content.decode()
    assert re.search(r"gelezen door 2 van 24 gezinnen, (bevestigd door|confirmed by) 1", shown)
    assert f"/posts/{post.pk}/calls/" in shown


# ── by the link of a mail ────────────────────────────────────────────────────
def test_looking_changes_nothing_and_says_nothing(cast: Cast) -> None:
    post = urgent(cast, text="Sam moet worden opgehaald.")
    scanner = Client()
    for _ in range(3):
        answer = scanner.get(link(cast, "mother", post))
        assert answer.status_code == 200
        assert scanner.head(link(cast, "mother", post)).status_code in {200, 405}
    shown = answer.content.decode()
    assert "Sam" not in shown
    assert "Fatima" not in shown
    assert "opgehaald" not in shown
    assert cast.wilgenhoek.name in shown
    assert confirmed(post) == {}
    with unlocked():
        assert not Reading.objects.filter(post=post).exists()


def test_pressing_the_button_without_signing_in_counts_and_twice_is_once(cast: Cast) -> None:
    post = urgent(cast)
    strict = Client(enforce_csrf_checks=True)  # the link is the proof
    for _ in range(2):
        assert strict.post(link(cast, "mother", post)).status_code == 200
    assert confirmed(post) == {"mother": "mail"}
    assert "<form" not in strict.get(link(cast, "mother", post)).content.decode()


def test_the_link_opens_nothing_else(cast: Cast) -> None:
    post = urgent(cast)
    browser = Client()
    browser.post(link(cast, "mother", post))
    assert browser.get(f"/posts/{post.pk}/").status_code == 302
    assert browser.get("/").status_code == 302


def test_who_is_signed_in_comes_to_the_message(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    answer = sign_in("mother").get(link(cast, "mother", post))
    assert answer.headers["Location"] == f"/posts/{post.pk}/"
    assert sign_in("co_parent").get(link(cast, "mother", post)).status_code == 200


def test_pressing_on_the_tablet_of_somebody_else_counts_for_whom_the_mail_was_to(
    cast: Cast, sign_in: SignIn
) -> None:
    post = urgent(cast)
    sign_in("co_parent").post(link(cast, "mother", post))
    assert confirmed(post) == {"mother": "mail"}


@pytest.mark.parametrize(
    "why", ["forged", "of another salt", "expired", "withdrawn", "ended", "never", "left", "plain"]
)
def test_a_link_that_does_not_work_says_so_and_not_why(cast: Cast, why: str) -> None:
    post, who = urgent(cast), "mother"
    if why == "plain":
        post = cast.post("group_5", by="teacher")
    if why == "never":
        who = "guardian_elsewhere"
    address = link(cast, who, post)
    if why == "forged":
        address = f"{address[:-2]}x/"
    if why == "of another salt":
        address = reverse("feed:by_mail", args=[f"{cast.id('mother').hex}.{uuid4().hex}"])
    if why == "withdrawn":
        cast.change(post, withdrawn_at=clock.now(), withdrawn_by=cast.id("teacher"))
    if why == "ended":
        end(cast, "mother")
    if why == "left":
        cast.change(cast.mother, is_active=False)
    later = confirming.KEPT.total_seconds() + 60 if why == "expired" else 0
    with mock.patch("django.core.signing.time.time", return_value=clock.now().timestamp() + later):
        answers = [Client().get(address), Client().post(address)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("<form" not in answer.content.decode() for answer in answers)
    assert confirmed(post) == {}


def test_a_link_to_one_card_says_nothing_of_another(cast: Cast) -> None:
    one, other = urgent(cast), urgent(cast)
    Client().post(link(cast, "mother", one))
    assert (confirmed(one), confirmed(other)) == ({"mother": "mail"}, {})


def test_the_urgent_mail_must_arrive_and_leads_there(cast: Cast) -> None:
    post = urgent(cast, text="Sam moet worden opgehaald.")
    told = factories.notification(post, cast.id("mother"))
    written = write(told.pk, cast.id("mother"))
    assert written
    person, letter = written
    assert letter.stops == ""
    mail = compose(letter, person, uuid4())
    assert cast.wilgenhoek.name in mail.subject
    assert mail.extra_headers["Importance"] == "high"
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail.extra_headers
    html = mail.alternatives[0][0]
    for text in (str(mail.body), str(html)):
        assert "Sam" not in text
        assert "opgehaald" not in text
        found = re.search(r"(/posts/read/[^\s\"]+)", text)
        assert found
        assert Client().get(found[1]).status_code == 200
