"""Turning push messages on and off: whose device, until when, and what a browser may say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from kring.accounts.jobs import forget_what_ended
from kring.base import clock
from kring.base.visibility import seen_by
from kring.notifications.channels.web_push import push_a_trial
from kring.notifications.models import PushSubscription
from kring.notifications.pushing.devices import LARGEST, MOST, devices_of
from kring.notifications.tests.conftest import waiting
from tests import factories
from tests.cast import Cast
from tests.push_service import Phone, PushService, running
from tests.unlocked import as_worker, unlocked

type SignIn = Callable[[str], Client]


def phone() -> Phone:
    return Phone(f"https://fcm.googleapis.com/fcm/send/{uuid4().hex}")


def subscribe(client: Client, told: Any) -> HttpResponse:
    """What the switch posts."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return client.post(reverse("notifications:devices"), body, content_type="application/json")  # type: ignore[return-value]


def all_devices() -> list[PushSubscription]:
    with unlocked():
        return list(PushSubscription.objects.order_by("created_at"))


def test_a_browser_turns_it_on_for_who_is_signed_in_there(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("mother")
    told = phone().told()
    assert subscribe(client, told).status_code == 201
    (kept,) = all_devices()
    assert (kept.person_id, kept.endpoint) == (cast.id("mother"), told["endpoint"])
    assert subscribe(client, told).status_code == 201  # again changes nothing
    assert [one.pk for one in all_devices()] == [kept.pk]


def test_it_is_turned_off_there(cast: Cast, sign_in: SignIn) -> None:
    client, other = sign_in("mother"), sign_in("mother")
    subscribe(client, phone().told())
    subscribe(other, phone().told())
    assert client.delete(reverse("notifications:devices")).status_code == 204
    assert len(all_devices()) == 1


def test_another_address_of_the_same_browser_takes_the_place_of_the_first(sign_in: SignIn) -> None:
    client = sign_in("mother")
    subscribe(client, phone().told())
    second = phone().told()
    subscribe(client, second)
    assert [one.endpoint for one in all_devices()] == [second["endpoint"]]


def test_who_takes_over_a_browser_takes_its_pushes_along(cast: Cast, sign_in: SignIn) -> None:
    told = phone().told()
    subscribe(sign_in("mother"), told)
    (before,) = all_devices()
    subscribe(sign_in("co_parent"), told)
    (after,) = all_devices()
    assert after.person_id == cast.id("co_parent")
    assert after.pk != before.pk  # what waits for the mother does not go to him


def test_nobody_has_more_than_ten(sign_in: SignIn) -> None:
    clients = [sign_in("mother") for _ in range(MOST + 2)]
    for client in clients:
        assert subscribe(client, phone().told()).status_code == 201
    assert len(all_devices()) == MOST


@pytest.mark.parametrize("way", ["here", "everywhere", "elsewhere"])
def test_signing_out_takes_the_device_away_at_once(cast: Cast, sign_in: SignIn, way: str) -> None:
    client = sign_in("mother")
    subscribe(client, phone().told())
    (device,) = all_devices()
    if way == "elsewhere":
        sign_in("mother").post(reverse("accounts:sign_out_device", args=[device.session_id]))
    else:
        names = {"here": "account_logout", "everywhere": "accounts:sign_out_everywhere"}
        client.post(reverse(names[way]))
    assert all_devices() == []


def test_a_closed_account_gets_nothing(cast: Cast) -> None:
    factories.push_device(cast.id("mother"))
    cast.change(cast.mother, is_active=False)
    assert ways_of(cast) == []


def test_a_device_is_among_the_ways_while_its_session_lasts(cast: Cast) -> None:
    device = factories.push_device(cast.id("mother"))
    assert ways_of(cast) == [device.pk]


def test_a_device_stays_for_as_long_as_its_session_is_used(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("mother")
    subscribe(client, phone().told())
    (device,) = all_devices()
    here = Session.objects.filter(pk=client.session.session_key)
    for days_left in (1, 19):  # day 59; and day 100, which comes 41 days later
        here.update(expire_date=clock.now() + timedelta(days=days_left))
        client.cookies.pop("used", None)
        assert client.get("/").status_code == 200
        assert here.get().expire_date > clock.now() + timedelta(days=59)
        with as_worker():
            forget_what_ended(0)
        assert ways_of(cast) == [device.pk]
    here.update(expire_date=clock.now() - timedelta(seconds=1))
    client.get("/")
    assert ways_of(cast) == []


def ways_of(cast: Cast) -> list[Any]:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('kring.works_for', %s, true)", [f"{{{cast.wilgenhoek.pk}}}"]
        )
        cursor.execute(
            "SELECT subscription_id FROM kring_ways(%s::uuid[], 'school', false, %s)"
            " WHERE channel = 'push'",
            [[cast.id("mother")], cast.wilgenhoek.pk],
        )
        return [device for (device,) in cursor.fetchall()]


def changed(**told: Any) -> dict[str, Any]:
    fine = phone().told()
    return fine | told | {"keys": told.get("keys", fine["keys"])}


JUNK: dict[str, Any] = {
    "no JSON": b"{",
    "no object": [],
    "a number": 3,
    "nothing": b"",
    "no octets of a text": b"\xff\xfe",
    "deep": b"[" * 3000,
    "too large": b" " * (LARGEST + 1),
    "no keys": {"endpoint": "https://fcm.googleapis.com/x"},
    "endpoint inside": changed(endpoint="https://127.0.0.1/x"),
    "endpoint too long": changed(endpoint="https://fcm.googleapis.com/" + "x" * 1001),
    "endpoint that is a list": changed(endpoint=["https://fcm.googleapis.com/x"]),
    "keys that are a list": changed(keys=["p256dh", "auth"]),
    "key off the curve": changed(keys={"p256dh": "B" * 87, "auth": "A" * 22}),
    "key too short": changed(keys={"p256dh": "BBBB", "auth": "A" * 22}),
    "secret too short": changed(keys=phone().told()["keys"] | {"auth": "AAAA"}),
    "secret with other signs": changed(keys=phone().told()["keys"] | {"auth": "é" * 22}),
    **{  # which base64 cannot be
        f"secret of {length} signs": changed(keys=phone().told()["keys"] | {"auth": "A" * length})
        for length in (1, 5, 21)
    },
    "no secret": changed(keys={"p256dh": phone().p256dh}),
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_is_refused(sign_in: SignIn, name: str) -> None:
    assert subscribe(sign_in("mother"), JUNK[name]).status_code == 422
    assert all_devices() == []


def test_a_page_elsewhere_cannot_turn_it_on(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.mother, backend="kring.accounts.backend.Backend")
    assert subscribe(client, phone().told()).status_code == 403


def test_a_shared_tablet_gets_none(sign_in: SignIn, settings: Settings) -> None:
    client = sign_in("teacher")
    client.cookies[settings.TABLET_COOKIE_NAME] = "secret"
    assert subscribe(client, phone().told()).status_code == 422


def test_the_key_is_told_with_what_a_form_needs(sign_in: SignIn) -> None:
    answer = sign_in("mother").get(reverse("notifications:push_key"))
    assert set(answer.json()) == {"key", "token"}
    assert len(answer.json()["key"]) == 87
    assert "no-store" in answer["Cache-Control"]


def test_one_stops_a_device_of_ones_own_only(cast: Cast, sign_in: SignIn) -> None:
    device = factories.push_device(cast.id("mother"))
    address = reverse("notifications:device_removal", args=[device.pk])
    assert sign_in("co_parent").post(address).status_code == 404
    assert len(all_devices()) == 1
    assert sign_in("mother").post(address).status_code == 303
    assert all_devices() == []


def test_a_list_of_ones_own_begins_with_this_one(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("mother")
    factories.push_device(cast.id("mother"))
    factories.push_device(cast.id("co_parent"))
    subscribe(client, phone().told())
    viewer, session = cast.viewer("mother"), client.session.load()
    with seen_by(viewer):
        found = devices_of(viewer, session)
    assert [one.is_this_one for one in found] == [True, False]
    assert all(one.words is not None for one in found)


def test_it_is_offered_until_this_device_gets_them_and_again_after_a_new_sign_in(
    sign_in: SignIn,
) -> None:
    client, address = sign_in("mother"), reverse("notifications:list")
    assert "<push-switch" in client.get(address).text
    subscribe(client, phone().told())
    assert "<push-switch" not in client.get(address).text
    assert "<push-switch" in sign_in("mother").get(address).text  # which ends no other session


def test_nobody_reads_an_endpoint_inside_a_block(cast: Cast) -> None:
    factories.push_device(cast.id("mother"))
    with seen_by(cast.viewer("mother")):
        assert PushSubscription.objects.get().endpoint is None
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT endpoint FROM notifications_pushsubscription")


def test_nobody_adds_a_device_to_a_session_of_somebody_else(cast: Cast) -> None:
    device = factories.push_device(cast.id("co_parent"))
    with seen_by(cast.viewer("mother")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT kring_keep_device(%s, %s, 'https://a.example/', 'k', 's', '')",
            [uuid4(), device.session_id],
        )
        assert cursor.fetchone() == (None,)
    assert len(all_devices()) == 1


def test_one_tries_a_device_of_ones_own(cast: Cast, sign_in: SignIn, settings: Settings) -> None:
    with running(PushService()) as service:
        settings.PUSH_SERVICES = [service.origin]
        mine = service.phone()
        device = factories.push_device(
            cast.id("mother"), mine.endpoint, p256dh=mine.p256dh, auth=mine.auth
        )
        address = reverse("notifications:device_trial", args=[device.pk])
        assert sign_in("co_parent").post(address).status_code == 404
        assert sign_in("mother").post(address).status_code == 303
        with as_worker():
            for arguments in waiting(push_a_trial):
                push_a_trial(**arguments)
        (taken,) = service.to(mine)
    assert mine.open(taken.body)["title"] == "Kring"
    assert taken.headers["Urgency"] == "high"


def test_trying_has_its_limit(cast: Cast, sign_in: SignIn) -> None:
    device = factories.push_device(cast.id("mother"))
    client = sign_in("mother")
    for _ in range(12):
        client.post(reverse("notifications:device_trial", args=[device.pk]))
    assert len(waiting(push_a_trial)) == 10


def test_the_page_says_on_which_devices_it_is_on(cast: Cast, sign_in: SignIn) -> None:
    factories.push_device(cast.id("mother"), device="Safari on iPhone")
    page = sign_in("mother").get(reverse("notifications:settings")).content.decode()
    assert "Safari on iPhone" in page
    assert "<push-switch" in page
