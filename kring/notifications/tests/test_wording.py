"""What the page says that comes is what comes: sentences against ``kring_ways``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from itertools import product

import pytest
from django.utils.translation import override

from kring.base.visibility import seen_by
from kring.notifications import digest, wishing, wording
from kring.notifications.channels import ways as known
from kring.notifications.circumstances import situation_of
from kring.notifications.kinds import BROADCAST, MAIL, Kind, offered
from kring.notifications.models import Preference, Wishes
from kring.notifications.tests.test_ways import ways
from kring.notifications.wishing import Chosen
from kring.notifications.wording import Situation, sentences
from kring.schools.models import Policy
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

OF_STAFF = {Kind.COMMENTS, Kind.SILENCE}
SHOWN = (Kind.SCHOOL, Kind.GROUP, Kind.PLANNING, Kind.CONVERSATIONS, Kind.DIGEST)


def all_choices(kinds: tuple[Kind, ...]) -> Iterator[Chosen]:
    """Each rhythm with each of the switches of these kinds on and off."""
    switches = list(product(kinds, known))
    for rhythm in Wishes.Rhythm:
        for values in product((True, False), repeat=len(switches)):
            yield Chosen(rhythm=rhythm, said=dict(zip(switches, values, strict=True)))


BOTH = {MAIL: True, "push": True}
SITUATIONS = [
    Situation(kinds=SHOWN, works=mail | push)
    for mail, push in product(({}, {MAIL: False}, {MAIL: True}), ({}, {"push": True}))
]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_kind_is_said_once_whatever_was_chosen(situation: Situation) -> None:
    with override("en"):
        for chosen in all_choices((Kind.SCHOOL, Kind.CONVERSATIONS, Kind.DIGEST)):
            text = " ".join(sentences(chosen, situation))
            for kind in SHOWN:
                if kind != Kind.DIGEST:
                    assert text.count(str(kind.label)[1:]) == 1, (kind, chosen, text)
            assert "%" not in text
            assert text.endswith(".")


@pytest.mark.parametrize("situation", SITUATIONS)
def test_nothing_is_promised_over_a_way_that_leads_nowhere(situation: Situation) -> None:
    with override("en"):
        for chosen in all_choices((Kind.SCHOOL, Kind.DIGEST)):
            text = " ".join(sentences(chosen, situation))
            if not situation.leads(MAIL):
                assert "by mail" not in text
            if not situation.leads("push"):
                assert "push message:" not in text


def test_what_it_says_is_what_goes(cast: Cast) -> None:
    """Each rhythm and switch of two kinds, asked of the database that sends."""
    factories.push_device(cast.id("mother"))
    situation = Situation(kinds=SHOWN, works=BOTH)
    for chosen in all_choices((Kind.GROUP, Kind.DIGEST)):
        keep(cast, chosen)
        for kind in (Kind.GROUP, Kind.DIGEST):
            assert set(wording.ways(kind, chosen, situation)) == set(ways(cast, "mother", kind))


def keep(cast: Cast, chosen: Chosen) -> None:
    viewer = cast.viewer("mother")
    with seen_by(viewer):
        wishing.choose(chosen, by=viewer)


def test_choices_are_kept_as_they_were_made(cast: Cast) -> None:
    viewer = cast.viewer("mother")
    for chosen in (
        Chosen(rhythm=Wishes.Rhythm.DAILY, quiet=(time(22), time(0)), said={}),
        Chosen(said={(Kind.GROUP, "push"): False}),
    ):
        keep(cast, chosen)
        with seen_by(viewer):
            found = wishing.chosen_by(viewer)
        assert (found.rhythm, found.quiet) == (chosen.rhythm, chosen.quiet)
        assert dict(found.said) == dict(chosen.said)


def test_who_chose_nothing_chose_what_the_database_takes_for_it(cast: Cast) -> None:
    factories.push_device(cast.id("mother"))
    with unlocked():
        Preference.objects.all().delete()
        Wishes.objects.all().delete()
    for kind in Kind:
        assert {one for one in known if Chosen().goes(kind, one)} == set(ways(cast, "mother", kind))


# ── in words ─────────────────────────────────────────────────────────────────
def in_dutch(chosen: Chosen, situation: Situation) -> list[str]:
    with override("nl"):
        return sentences(chosen, situation)


def test_at_once_in_dutch() -> None:
    said = in_dutch(Chosen(), Situation(kinds=SHOWN, works=BOTH))
    assert said == [
        (
            "Meteen, per mail en per pushbericht: berichten van de school, berichten van de groep,"
            " agenda en gesprekken."
        ),
        "Elke zaterdag om 8.00 uur de nieuwsbrief van de week, per mail.",
        "Een spoedbericht komt altijd meteen, ook 's nachts en wat je ook koos.",
    ]


def test_only_the_newsletter_in_dutch() -> None:
    chosen = Chosen(rhythm=Wishes.Rhythm.WEEKLY, quiet=(time(21, 30), time(7)))
    kinds = (Kind.SCHOOL, Kind.GROUP, Kind.DIGEST)
    assert in_dutch(
        chosen, Situation(kinds=kinds, works={MAIL: True}, newsletter_for_all=False)
    ) == [
        "Je krijgt geen pushberichten: die staan op geen telefoon of computer van jou aan.",
        (
            "Met de nieuwsbrief van de week, per mail: berichten van de school en berichten van de"
            " groep."
        ),
        "Elke zaterdag om 8.00 uur de nieuwsbrief van de week, per mail.",
        "Tussen 21.30 en 7.00 uur komt er niets. Wat dan binnenkomt, krijg je om 7.00 uur.",
        "Een spoedbericht komt altijd meteen, ook 's nachts en wat je ook koos.",
    ]


def test_once_a_day_without_newsletter_is_nothing_and_says_so() -> None:
    said = {(Kind.DIGEST, one): False for one in known}
    chosen = Chosen(rhythm=Wishes.Rhythm.DAILY, said=said)
    found = in_dutch(chosen, Situation(kinds=(Kind.GROUP, Kind.DIGEST), works=BOTH))
    assert found[0] == "Niets vanzelf: berichten van de groep. Je kijkt in Kring wanneer je wilt."


def test_who_has_no_way_at_all_reads_what_the_school_does_then() -> None:
    found = in_dutch(Chosen(), Situation(kinds=SHOWN, works={}))
    assert found[0] == "Je hebt geen e-mailadres in Kring, dus je krijgt geen mail."
    assert found[-1] == "Een spoedbericht staat bovenaan in Kring. School belt wie het niet las."


def test_the_day_of_the_newsletter_is_the_schools(cast: Cast) -> None:
    with unlocked():
        Policy.objects.filter(school=cast.wilgenhoek).update(weekly_weekday=5, weekly_hour=15)
    viewer = cast.viewer("co_parent")
    with seen_by(viewer):
        situation = situation_of(viewer)
    assert (situation.newsletter, situation.newsletter_for_all) == ((5, 15), True)
    assert "Elke vrijdag om 15.00 uur de nieuwsbrief" in " ".join(in_dutch(Chosen(), situation))


def test_the_page_names_the_hour_at_which_the_daily_mail_goes() -> None:
    assert time(digest.DAILY_HOUR) == wording.DAILY_AT


def test_every_kind_has_its_words() -> None:
    assert set(wording.ABOUT) == set(wording.ABOUT_OF_STAFF) == set(Kind)
    assert offered <= set(Kind)
    assert set(BROADCAST) <= set(Kind)


@pytest.mark.parametrize(
    ("who", "more"),
    [("mother", set()), ("teacher", OF_STAFF), ("aftercare", OF_STAFF)],
)
def test_comments_are_a_choice_of_who_writes(cast: Cast, who: str, more: set[Kind]) -> None:
    kinds = set(wishing.switches(cast.viewer(who)))
    assert kinds == offered - {Kind.OWN} - OF_STAFF | more
