"""The page of choices and the screen that asks once, as a person uses them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from typing import Any

import pytest
from django.conf import settings as ours
from django.db import connection
from django.test import Client
from django.urls import reverse

from kring.base.visibility import seen_by
from kring.notifications import wishing
from kring.notifications.channels import ways
from kring.notifications.kinds import MAIL, Kind
from kring.notifications.models import Bounce, Preference, Wishes, digest_of
from kring.notifications.wishing import Chosen
from kring.schools.models import WorkingHours
from tests import factories
from tests.cast import Cast, let_in
from tests.database import Urls
from tests.unlocked import unlocked

SETTINGS, FIRST = "notifications:settings", "notifications:first"
USUAL = dict.fromkeys(("school_email", "group_email", "group_push", "digest_email"), "on") | {
    "rhythm": "at_once"
}
type SignIn = Callable[[str], Client]


def send(client: Client, **fields: str) -> Any:
    return client.post(reverse(SETTINGS), USUAL | fields)


def chosen(cast: Cast, key: str = "mother") -> Chosen:
    viewer = cast.viewer(key)
    with seen_by(viewer):
        return wishing.chosen_by(viewer)


def shown(client: Client) -> str:
    answer = client.get(reverse(SETTINGS))
    assert answer.status_code == 200
    return answer.content.decode()


# ── the page ─────────────────────────────────────────────────────────────────
def test_what_one_chooses_is_kept_and_shown_again(cast: Cast, sign_in: SignIn) -> None:
    mother = sign_in("mother")
    answer = send(mother, rhythm="daily", quiet_from="22:00", quiet_until="07:00")
    assert answer.status_code == 303
    found = chosen(cast)
    assert found.rhythm == Wishes.Rhythm.DAILY
    assert found.quiet == (time(22), time(7))
    assert found.wants(Kind.GROUP, "push")
    assert not found.wants(Kind.SCHOOL, "push")
    page = shown(mother)
    assert 'value="22:00"' in page
    assert "Om 18.00 uur één mail: het dagoverzicht." in page
    assert "Tussen 22.00 en 7.00 uur komt er niets." in page


def test_it_is_ones_own_choice_and_nobody_elses(cast: Cast, sign_in: SignIn) -> None:
    before = chosen(cast, "co_parent")
    send(sign_in("mother"), rhythm="weekly", person=str(cast.id("co_parent")))
    assert chosen(cast).rhythm == Wishes.Rhythm.WEEKLY
    assert chosen(cast, "co_parent") == before


def test_nobody_of_the_school_reads_what_somebody_chose(cast: Cast, sign_in: SignIn) -> None:
    send(sign_in("mother"), rhythm="weekly")
    for key in ("principal", "administrator", "teacher", "co_parent"):
        with seen_by(cast.viewer(key)):
            assert not Wishes.objects.filter(person=cast.id("mother")).exists()
            assert not Preference.objects.filter(person=cast.id("mother")).exists()


def test_a_box_that_is_empty_is_a_no(cast: Cast, sign_in: SignIn) -> None:
    sign_in("mother").post(reverse(SETTINGS), {"rhythm": "at_once"})
    found = chosen(cast)
    kinds = wishing.switches(cast.viewer("mother"))
    assert not any(found.wants(kind, channel) for kind in kinds for channel in ways)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rhythm": ""}, "Kies hoe vaak."),
        ({"quiet_from": "22:00"}, "Vul in tot wanneer"),
        ({"quiet_until": "07:00"}, "Vul in vanaf wanneer"),
        ({"quiet_from": "09:00", "quiet_until": "09:00"}, "Beide tijden zijn gelijk"),
        ({"quiet_from": "laat", "quiet_until": "07:00"}, "Vul een tijd in, zoals 22:00"),
        ({"quiet_from": "22:00", "quiet_until": "25:00"}, "Vul een tijd in, zoals 07:00"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_kept(
    cast: Cast, sign_in: SignIn, fields: dict[str, str], words: str
) -> None:
    before = chosen(cast)
    answer = send(sign_in("mother"), **fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count(words) == 2  # above the form, and beside the field
    for value in filter(None, fields.values()):
        assert value in page  # as it was typed
    assert chosen(cast) == before


HOSTILE = [
    {"rhythm": "never"},
    {"rhythm": "at_once'; DROP TABLE notifications_wishes; --"},
    {"rhythm": "<script>alert(1)</script>"},
    {"quiet_from": "\x00", "quiet_until": "07:00"},
    {"quiet_from": "9" * 5000, "quiet_until": "07:00"},
    {"quiet_from": "<b>22:00</b>", "quiet_until": "07:00"},
]


@pytest.mark.parametrize("fields", HOSTILE)
def test_hostile_input_is_refused_in_place(
    cast: Cast, sign_in: SignIn, fields: dict[str, str]
) -> None:
    before = chosen(cast)
    answer = send(sign_in("mother"), **fields)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode()
    assert "<b>22" not in answer.content.decode()
    assert chosen(cast) == before


def test_switches_that_are_not_on_the_page_are_not_kept(cast: Cast, sign_in: SignIn) -> None:
    send(sign_in("mother"), own_email="on", comments_push="on", gossip_email="on")
    with unlocked():
        kinds = set(Preference.objects.filter(person=cast.mother).values_list("kind", flat=True))
    assert kinds == {str(one) for one in wishing.switches(cast.viewer("mother"))}


def test_without_a_line_in_the_table_nothing_breaks_for_who_belongs_nowhere(
    cast: Cast, sign_in: SignIn
) -> None:
    for key in ("operator", "grandmother", "withheld_father"):
        assert shown(sign_in(key))
        assert send(sign_in(key)).status_code == 303


def test_two_at_once_leave_one_row_of_each(own_database: Urls) -> None:
    cast = Cast()
    browsers = [Client() for _ in range(4)]
    for browser in browsers:
        let_in(browser, cast.mother)

    def choose(number: int) -> int:
        try:
            rhythm = ("at_once", "daily", "weekly")[number % 3]
            return int(send(browsers[number], rhythm=rhythm).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(choose, range(4))) == {303}
    with unlocked():
        assert Wishes.objects.filter(person=cast.mother).count() == 1
        rows = Preference.objects.filter(person=cast.mother).values_list("kind", "channel")
        assert len(rows) == len(set(rows))


def test_the_page_says_where_it_goes_and_leads_on_as_every_page_does(
    cast: Cast, sign_in: SignIn
) -> None:
    page = shown(sign_in("mother"))
    assert '#mail"></use></svg><span class="grow">mother@kring.example<small>' in page
    assert 'class="place" href="/agenda/"' in page
    assert 'href=""' not in page


def test_the_page_says_what_cannot_be_switched_off(cast: Cast, sign_in: SignIn) -> None:
    page = shown(sign_in("mother"))
    assert "Wat altijd komt" in page
    for words in ("Een spoedbericht", "Een code om in te loggen"):
        assert words in page
    assert "own_email" not in page
    assert "Reacties" not in page


def test_a_newsletter_has_no_box_for_push_and_none_is_kept(cast: Cast, sign_in: SignIn) -> None:
    mother = sign_in("mother")
    page = shown(mother)
    assert "digest_email" in page
    assert "digest_push" not in page
    send(mother, digest_push="on")
    assert not chosen(cast).wants(Kind.DIGEST, "push")
    with unlocked():
        assert not Preference.objects.filter(kind=Kind.DIGEST, channel="push").exists()


def test_staff_can_switch_the_note_of_a_quiet_week_off(cast: Cast, sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    assert "silence_email" in shown(teacher)
    assert "silence_email" not in shown(sign_in("mother"))
    send(teacher)
    assert not chosen(cast, "teacher").wants(Kind.SILENCE, MAIL)


@pytest.mark.parametrize(
    ("who", "own", "of_all"),
    [("mother", 0, 0), ("teacher", 1, 0), ("principal", 1, 1), ("administrator", 1, 1)],
)
def test_what_always_comes_names_what_staff_and_office_get(
    cast: Cast, sign_in: SignIn, who: str, own: int, of_all: int
) -> None:
    page = shown(sign_in(who))
    assert page.count("een film die niet meekwam") == own
    assert page.count("geplande berichten van collega") == of_all


def test_push_is_offered_where_it_makes_sense_and_not_at_first_sight(
    cast: Cast, sign_in: SignIn
) -> None:
    mother = sign_in("mother")
    assert "<push-switch" not in mother.get(reverse(FIRST)).text
    assert "<push-switch" in mother.get(reverse("notifications:list")).text
    post = cast.post("group_5", by="teacher", is_urgent=True, asks_reading=True)
    answer = mother.post(
        reverse("feed:confirmation", args=[post.pk]), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "<push-switch" in answer.text


def test_staff_read_about_their_working_hours(cast: Cast, sign_in: SignIn) -> None:
    assert "Vul je je werktijden in Kring in" in shown(sign_in("teacher"))
    hours = {"weekday": 1, "starts_at": time(8), "ends_at": time(16, 30)}
    factories.made(WorkingHours(school_id=cast.id("wilgenhoek"), person=cast.teacher, **hours))
    page = shown(sign_in("teacher"))
    assert "Reacties krijg je alleen in je werktijd." in page
    assert "Reacties wachten tot je werktijd." in page


def test_an_address_that_came_back_says_so_and_can_be_tried_again(
    cast: Cast, sign_in: SignIn
) -> None:
    mother = sign_in("mother")
    assert "kwam terug" not in shown(mother)
    told = {"address": digest_of(str(cast.mother.email)), "is_hard": True}
    factories.made(Bounce(school=cast.wilgenhoek, person=cast.mother, **told))
    page = shown(mother)
    assert "Mail naar dit adres kwam terug" in page
    assert "Je e-mailadres werkt niet" in page
    assert mother.post(reverse("notifications:address")).status_code == 303
    assert "Mail naar dit adres kwam terug" not in shown(mother)


def test_the_sentences_change_before_anything_is_kept(cast: Cast, sign_in: SignIn) -> None:
    mother, before = sign_in("mother"), chosen(cast)
    address = reverse("notifications:preview")
    part = mother.get(address, USUAL | {"rhythm": "weekly"}).content.decode()
    assert "Met de nieuwsbrief van de week" in part
    assert "<html" not in part
    assert chosen(cast) == before
    for nonsense in ({}, {"rhythm": "never"}, {"rhythm": "daily", "quiet_from": "x"}):
        assert mother.get(address, nonsense).status_code == 200


def test_the_way_there_stands_under_more(cast: Cast, sign_in: SignIn) -> None:
    assert reverse(SETTINGS) in sign_in("mother").get(reverse("home:more")).text


# ── the screen that asks once ────────────────────────────────────────────────
@pytest.fixture
def newcomer(cast: Cast) -> Cast:
    """The mother and the teacher were never asked."""
    with unlocked():
        Wishes.objects.all().delete()
    return cast


@pytest.mark.parametrize(
    ("who", "words"),
    [("mother", "als school iets voor je heeft"), ("teacher", "als collega")],
)
def test_the_first_visit_asks_how_often(
    newcomer: Cast, sign_in: SignIn, who: str, words: str
) -> None:
    answer = sign_in(who).get("/", follow=True)
    assert answer.redirect_chain == [(reverse(FIRST), 302)]
    assert words in answer.content.decode()


@pytest.mark.parametrize("rhythm", ["at_once", "daily", "weekly"])
def test_the_answer_is_kept_and_nobody_is_asked_again(
    newcomer: Cast, sign_in: SignIn, rhythm: str
) -> None:
    mother = sign_in("mother")
    assert mother.post(reverse(FIRST), {"rhythm": rhythm}).headers["Location"] == "/"
    assert chosen(newcomer).rhythm == rhythm
    assert mother.get("/").status_code == 200


def test_later_is_an_answer(newcomer: Cast, sign_in: SignIn) -> None:
    mother = sign_in("mother")
    mother.post(reverse(FIRST), {"later": "yes", "rhythm": "weekly"})
    assert chosen(newcomer).rhythm == Wishes.Rhythm.AT_ONCE
    assert mother.get("/").status_code == 200


def test_later_takes_back_nothing_that_was_chosen_before(cast: Cast, sign_in: SignIn) -> None:
    mother = sign_in("mother")
    send(mother, rhythm="weekly", quiet_from="22:00", quiet_until="07:00")
    mother.post(reverse(FIRST), {"later": "yes"})
    assert chosen(cast).rhythm == Wishes.Rhythm.WEEKLY
    assert chosen(cast).quiet


@pytest.mark.parametrize("rhythm", ["", "never", "\x00"])
def test_no_answer_at_all_asks_again_in_place(newcomer: Cast, sign_in: SignIn, rhythm: str) -> None:
    answer = sign_in("mother").post(reverse(FIRST), {"rhythm": rhythm})
    assert answer.status_code == 422
    with unlocked():
        assert not Wishes.objects.exists()


def test_a_link_of_a_mail_leads_where_it_says_first(newcomer: Cast, sign_in: SignIn) -> None:
    post = newcomer.post("group_5", by="teacher")
    mother = sign_in("mother")
    assert mother.get(reverse("feed:post", args=[post.pk])).status_code == 200
    assert mother.get("/", {"about": str(newcomer.id("sam"))}).status_code == 200
    assert mother.get("/").status_code == 302


def test_a_shared_tablet_asks_nobody(newcomer: Cast, sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    teacher.cookies[ours.TABLET_COOKIE_NAME] = "x"
    assert teacher.get("/").status_code == 200


@pytest.mark.parametrize("who", ["operator", "withheld_father", "grandmother", "ex_guardian"])
def test_who_gets_no_messages_is_not_asked_about_them(
    newcomer: Cast, sign_in: SignIn, who: str
) -> None:
    assert sign_in(who).get("/").status_code == 200


def test_who_chose_on_the_page_is_not_asked_any_more(newcomer: Cast, sign_in: SignIn) -> None:
    mother = sign_in("mother")
    send(mother, rhythm="daily")
    assert mother.get("/").status_code == 200
