"""A third channel: one class below, and nothing else of Kring is told of it.

Its addresses are telephone numbers that the school has. What it sends, a list takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.text import format_lazy
from procrastinate.contrib.django import app, connector_params
from procrastinate.psycopg_connector import PsycopgConnector
from pytest_django.fixtures import Settings

from kring.base import clock, sprite
from kring.base.jobs import lanes
from kring.base.visibility import seen_by
from kring.feed.ladder import Ladder
from kring.feed.models import Post
from kring.notifications import letters, wishing, wording
from kring.notifications.addresses import open_ways
from kring.notifications.channels import DownError, Settled, Way, in_order, urgent, way, ways
from kring.notifications.circumstances import situation_of
from kring.notifications.jobs import deliver, take_up_the_left
from kring.notifications.kinds import MAIL, Kind
from kring.notifications.models import Delivery, Preference, Wishes
from kring.notifications.tests import test_ways
from kring.notifications.tests.conftest import (
    Server,
    let_time_pass,
    mailers_at,
    send_all,
    tell,
    waiting,
)
from kring.schools.models import Mourning
from tests import factories
from tests.cast import Cast
from tests.loops import run
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

HOUR = timedelta(hours=1)
taken: list[str] = []  # what the gateway got
gateway = {"works": True}


class BySms(Way):
    """Letters as text messages, to the numbers that a school has of a guardian."""

    channel = "sms"
    label = format_lazy("Sms")
    by = format_lazy("per sms")
    lack = format_lazy("School heeft geen nummer van je.")
    icon = "phone"
    place = rung = 30
    queue = "sms"
    at_once = 10
    usual = False  # it costs money
    unfit = frozenset({Kind.DIGEST})
    addresses = """
    SELECT tie.guardian_id, NULL::uuid, true FROM schools_guardianship tie
    WHERE tie.guardian_id = ANY (people) AND tie.telephone <> '' AND tie.ends_at IS NULL
    """

    def deliver(self, deliveries: Sequence[Delivery]) -> Iterator[list[Settled]]:
        """One by one."""
        for one in deliveries:
            if not gateway["works"]:
                raise DownError
            written = letters.write(one.notification_id, one.person_id)
            assert written
            taken.append(str(written[0].email))
            yield [Settled(one, Delivery.State.SENT)]


@pytest.fixture
def sms() -> Iterator[type[Way]]:
    """Kring with the class: as if its module lay in the folder."""
    with_it = way(BySms)
    yield with_it
    del ways[BySms.channel], lanes[BySms.queue], lanes[urgent(BySms)]
    taken.clear()
    gateway["works"] = True


@pytest.fixture
def known(cast: Cast, sms: type[Way]) -> Cast:
    """Its addresses are told to the database, as ``kring migrate`` does; both parents want it."""
    with unlocked():
        open_ways()
    for key in ("mother", "co_parent"):
        wants(cast, key)
    return cast


def wants(cast: Cast, key: str, *, wanted: bool = True) -> None:
    said: dict[str, Any] = {"person_id": cast.id(key), "kind": Kind.GROUP, "channel": "sms"}
    with unlocked():
        Preference.objects.update_or_create(**said, defaults={"wanted": wanted})


def told(cast: Cast, **fields: Any) -> Post:
    """A post about Sam, of whom everybody is told."""
    post = cast.post("sam", by="teacher", **fields)
    tell(post)
    return post


def rows(post: Post) -> list[Delivery]:
    with unlocked():
        return list(Delivery.objects.filter(notification__about_id=post.card_id))


def over_sms(post: Post) -> dict[UUID, str]:
    """Per person the state of the text message about it."""
    return {one.person_id: one.state for one in rows(post) if one.channel == "sms"}


def queues() -> Counter[str]:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name FROM procrastinate_jobs WHERE task_name = %s", [deliver.name]
        )
        return Counter(name for (name,) in cursor)


# ── rows, chunks, queues ─────────────────────────────────────────────────────
def test_it_has_rows_chunks_and_jobs_of_its_own(known: Cast) -> None:
    post = told(known)
    assert over_sms(post) == {known.id(key): "queued" for key in ("mother", "co_parent")}
    chunks = {(one.channel, one.chunk) for one in rows(post)}
    assert len(chunks) == len({chunk for _channel, chunk in chunks}) == 2
    assert queues() == {"mail": 1, "sms": 1}


def test_a_parent_with_two_numbers_is_told_once(known: Cast) -> None:
    factories.guarded(known.lina, known.id("mother"), telephone="+31600000099")
    assert len([one for one in rows(told(known)) if one.channel == "sms"]) == 2


def test_of_however_many_people_it_has_one_job(known: Cast) -> None:
    for number in range(12):
        person = factories.person(f"Ouder {number}", joined_at=clock.now())
        factories.guarded(known.sam, person.pk, telephone=f"+3160000010{number:02}")
        factories.preference(person.pk, channel="sms", wanted=True)
    assert len(over_sms(told(known))) == 14
    assert queues() == {"mail": 1, "sms": 1}


@pytest.mark.usefixtures("own_database")
def test_a_worker_of_its_queue_sends_it_and_no_mail(server: Server, sms: type[Way]) -> None:
    cast = Cast()
    with unlocked():
        open_ways()
    wants(cast, "mother")
    post = told(cast)

    async def work() -> None:
        connector = PsycopgConnector(kwargs=connector_params())
        with app.replace_connector(connector) as lane:
            async with lane.open_async():
                await lane.run_worker_async(
                    queues=[sms.queue], wait=False, install_signal_handlers=False
                )

    assert sms.queue in lanes
    run(work())
    assert over_sms(post) == {cast.id("mother"): "sent"}
    assert taken == [cast.mother.email]
    assert server.taken == []
    assert queues() == {"mail": 1, "sms": 1}  # the second is done, and kept until it is swept


def test_what_is_urgent_waits_in_a_queue_that_only_it_can_hold_up(known: Cast) -> None:
    wants(known, "co_parent", wanted=False)
    post = told(known, is_urgent=True)
    assert {"urgent_sms", "urgent_mail"} == set(queues()) <= set(lanes)
    assert known.id("co_parent") in over_sms(post)  # nobody is asked


# ── a channel that is down ───────────────────────────────────────────────────
def test_a_dead_gateway_delays_its_own_messages_only(known: Cast, server: Server) -> None:
    post = told(known)
    gateway["works"] = False
    for _ in range(3):
        with pytest.raises(DownError):
            send_of("sms")
    send_of(MAIL)
    assert {one.state for one in rows(post) if one.channel == MAIL} == {"sent"}
    assert len(server.taken) == len([one for one in rows(post) if one.channel == MAIL])
    assert set(over_sms(post).values()) == {"queued"}
    assert {one.tries for one in rows(post) if one.channel == "sms"} == {0}
    gateway["works"] = True
    send_of("sms")
    assert set(over_sms(post).values()) == {"sent"}
    assert len(taken) == len(set(taken)) == 2


def test_a_dead_mail_server_delays_no_text_message(
    known: Cast, server: Server, settings: Settings
) -> None:
    settings.MAILERS = mailers_at(9)  # where nobody listens
    post = told(known)
    with pytest.raises(DownError):
        send_of(MAIL)
    send_of("sms")
    assert set(over_sms(post).values()) == {"sent"}


def send_of(channel: str) -> None:
    for arguments in waiting(deliver):
        if arguments["channel"] == channel:
            deliver(**arguments)


def test_where_the_class_is_gone_again_all_others_go_on(known: Cast, server: Server) -> None:
    """An older Kring on the tables of a newer one, for a moment."""
    before = told(known)
    kept = ways.pop("sms")
    try:
        post = told(known)
        assert over_sms(post) == {}
        send_of(MAIL)
        with unlocked(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")
        let_time_pass()
        with unlocked():
            take_up_the_left(0)
        assert queues() == {}
        viewer = known.viewer("mother")
        with seen_by(viewer):
            assert "sms" not in situation_of(viewer).works
            wishing.chosen_by(viewer)  # is not stopped by a row of it
    finally:
        ways["sms"] = kept
    with unlocked():
        take_up_the_left(0)
    send_all()
    assert set(over_sms(before).values()) == {"sent"}


# ── choices, quiet hours, mourning ───────────────────────────────────────────
def test_who_chose_nothing_gets_what_is_usual_for_it(known: Cast) -> None:
    assert "sms" not in test_ways.ways(known, "informed_father", Kind.GROUP)
    assert "sms" in test_ways.ways(known, "informed_father", Kind.GROUP, urgent=True)
    assert "sms" in test_ways.ways(known, "mother", Kind.GROUP)
    assert "sms" not in test_ways.ways(known, "mother", Kind.SCHOOL)


def test_it_never_carries_what_it_is_not_fit_for(known: Cast) -> None:
    factories.preference(known.id("mother"), channel="sms", kind=Kind.DIGEST, wanted=True)
    assert set(test_ways.ways(known, "mother", Kind.DIGEST)) == {MAIL}


def test_who_stopped_it_a_second_ago_gets_nothing_that_was_queued(known: Cast) -> None:
    post = told(known)
    viewer = known.viewer("mother")
    with seen_by(viewer):
        wishing._keep_switches(viewer.person_id, {(Kind.GROUP, "sms"): False})
    send_of("sms")
    assert over_sms(post)[known.id("mother")] == "skipped"
    assert taken == [known.co_parent.email]


def test_quiet_hours_hold_it_back(known: Cast) -> None:
    here = clock.now().astimezone(clock.SCHOOL_TIME)
    quiet = {"quiet_from": (here - HOUR).time(), "quiet_until": (here + HOUR).time()}
    with unlocked():
        Wishes.objects.filter(person=known.mother).update(**quiet)
    post = told(known)
    send_of("sms")
    assert over_sms(post)[known.id("mother")] == "queued"
    assert taken == [known.co_parent.email]


def test_nothing_goes_to_who_mourns_not_even_what_was_queued(known: Cast) -> None:
    before = told(known)
    factories.made(Mourning(school=known.wilgenhoek, student=known.sam))
    send_of("sms")
    assert set(over_sms(before).values()) == {"skipped"}
    assert over_sms(told(known, is_urgent=True)) == {}
    assert taken == []


# ── on pages ─────────────────────────────────────────────────────────────────
def test_it_has_a_box_a_column_and_words_on_the_page_of_choices(
    known: Cast, sign_in: SignIn
) -> None:
    mother = sign_in("mother")
    page = mother.get(reverse("notifications:settings")).text
    assert '<th scope="col">Sms</th>' in page
    assert 'name="group_sms" id="id_group_sms" checked' in " ".join(page.split())
    assert 'name="school_sms"' in page
    assert "digest_sms" not in page
    assert "Meteen, per mail en per sms: berichten van de groep." in page
    mother.post(reverse("notifications:settings"), {"rhythm": "at_once", "school_sms": "on"})
    assert set(test_ways.ways(known, "mother", Kind.SCHOOL)) == {"sms"}
    assert set(test_ways.ways(known, "mother", Kind.GROUP)) == set()
    page = mother.get(reverse("notifications:settings")).text
    assert "Meteen, per sms: berichten van de school." in page


def test_who_has_no_address_of_the_kind_reads_so(known: Cast, sign_in: SignIn) -> None:
    address = reverse("notifications:settings")
    assert str(BySms.lack) in sign_in("teacher").get(address).text
    assert str(BySms.lack) not in sign_in("mother").get(address).text


def test_what_the_page_says_is_what_goes(known: Cast) -> None:
    for key in ("mother", "informed_father", "teacher"):
        viewer = known.viewer(key)
        with seen_by(viewer):
            chosen, situation = wishing.chosen_by(viewer), situation_of(viewer)
        for kind in Kind:
            said = set(wording.ways(kind, chosen, situation))
            assert said == set(test_ways.ways(known, key, kind)), (key, kind)


def test_it_has_a_rung_on_the_ladder(known: Cast, sign_in: SignIn) -> None:
    post = told(known)
    send_of("sms")
    viewer = known.viewer("teacher")
    with seen_by(viewer):
        ladder = Ladder.of(viewer, post.pk)
        assert [one.channel for one, _count in ladder.ways] == ["push", MAIL, "sms"]
        assert dict(ladder.ways)[BySms] > 0
        step = next(one for one in ladder.steps if known.mother.name in one.line.names)
    assert [(one.way.channel, bool(one.at)) for one in step.rungs][-1] == ("sms", True)
    page = sign_in("teacher").get(reverse("feed:ladder", args=[post.pk])).text
    assert '<th scope="col">Sms</th>' in page
    assert '<td data-label="Sms">' in page


# ── every channel ────────────────────────────────────────────────────────────
def test_every_channel_says_all_that_is_asked_of_it(sms: type[Way]) -> None:
    assert sms in in_order()
    for one in in_order():
        assert 0 < len(one.channel) <= 10  # of the column
        assert one.channel.isidentifier()
        assert one.icon in sprite.ICONS
        assert all(str(said) for said in (one.label, one.by, one.lack))
        assert {one.queue, urgent(one)} <= set(lanes)
    for name in ("place", "rung", "channel", "queue"):
        said = [getattr(one, name) for one in in_order()]
        assert len(said) == len(set(said)), name
