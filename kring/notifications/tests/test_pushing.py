"""Push messages: what they say, to which devices they go, and what becomes of each answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.translation import override
from pytest_django.fixtures import Settings

from kring.base import clock
from kring.base.jobs import at_work
from kring.feed.models import Post
from kring.notifications import digest, letters
from kring.notifications.channels.web_push import ByPush
from kring.notifications.jobs import deliver
from kring.notifications.models import Delivery, Notification, PushSubscription
from kring.notifications.pushing.message import LONGEST, SAID, SAID_OF, payload, topic_of
from kring.notifications.tests.conftest import let_time_pass, tell, waiting
from kring.schools.models import Guardianship
from tests import factories
from tests.cast import Cast
from tests.push_service import Phone, PushService, running
from tests.unlocked import as_worker, unlocked

HOUR = timedelta(hours=1)


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    """A push service on this machine, that the setting names."""
    with running(PushService()) as listening:
        settings.PUSH_SERVICES = [listening.origin]
        yield listening


def given(person_id: UUID, phone: Phone) -> PushSubscription:
    """This person wants push messages on this phone."""
    return factories.push_device(person_id, phone.endpoint, p256dh=phone.p256dh, auth=phone.auth)


def send_pushes() -> None:
    """Run every job that waits to push, as the worker does."""
    with as_worker():
        for arguments in map(dict, {tuple(one.items()) for one in waiting(deliver)}):
            if arguments["channel"] == ByPush.channel:
                deliver(**arguments)


def deliveries(post: Post) -> dict[UUID | None, Delivery]:
    """What became of the push messages about a post, per device."""
    with unlocked():
        found = Delivery.objects.filter(notification__about_id=post.card_id, channel="push")
        return {one.subscription_id: one for one in found}


def pushed(cast: Cast, *answers: str, service: PushService) -> tuple[list[Phone], Post]:
    """A post to group 5 is pushed to phones of the mother."""
    phones = [service.phone(answer) for answer in answers]
    for phone in phones:
        given(cast.id("mother"), phone)
    post = cast.post("group_5", by="teacher")
    tell(post)
    send_pushes()
    return phones, post


def only(post: Post) -> Delivery:
    """The one push message about it."""
    (found,) = deliveries(post).values()
    return found


def test_it_says_where_to_look_and_nothing_of_the_thing(cast: Cast, service: PushService) -> None:
    (phone,), post = pushed(cast, "201", service=service)
    (taken,) = service.to(phone)
    told = phone.open(taken.body)
    sent = only(post)
    assert told == {
        "title": cast.wilgenhoek.name,
        "body": "New message from a group" if cast.mother.language == "en" else told["body"],
        "path": f"/notifications/{sent.notification_id}/",
        "tag": topic_of(sent.notification_id),
        "urgent": False,
    }
    assert post.text not in str(told)
    assert sent.state == "sent"
    with unlocked():
        assert PushSubscription.objects.get().used_at


def test_the_head_of_it_is_as_the_standards_say(cast: Cast, service: PushService) -> None:
    (phone,), post = pushed(cast, "201", service=service)
    (taken,) = service.to(phone)
    assert taken.headers["TTL"] == str(3 * 24 * 60 * 60)
    assert taken.headers["Urgency"] == "normal"
    assert taken.headers["Content-Encoding"] == "aes128gcm"
    assert taken.headers["Topic"] == topic_of(only(post).notification_id)
    assert len(taken.headers["Topic"]) <= 32
    assert taken.headers["Authorization"].startswith("vapid t=")
    assert "Cookie" not in taken.headers


def test_all_texts_fit_and_name_nobody(cast: Cast) -> None:
    for verb, kind in [("post.published", one) for one in SAID] + [(one, "own") for one in SAID_OF]:
        for language in ("nl", "en"):
            made = payload(
                school="ß" * 500,
                verb=verb,
                kind=kind,
                urgent=False,
                language=language,
                notification_id=cast.id("mother"),
            )
            assert len(made) <= LONGEST


@pytest.mark.parametrize("verb", SAID_OF)
@pytest.mark.parametrize("urgent", [True, False])
def test_it_says_what_the_verb_is_about_and_an_old_list_to_call_is_no_new_emergency(
    cast: Cast,
    verb: str,
    urgent: bool,  # noqa: FBT001
) -> None:
    assert verb in letters.entitled  # a verb that is told of
    made = json.loads(
        payload(
            school="De Wilgenhoek",
            verb=verb,
            kind="own",
            urgent=urgent,
            language="en",
            notification_id=cast.id("mother"),
        )
    )
    with override("en"):
        assert made["body"] == str(SAID_OF[verb])
    assert made["urgent"] is urgent


@pytest.mark.parametrize("answer", ["404", "410"])
def test_a_device_that_its_service_knows_no_more_is_gone(
    cast: Cast, service: PushService, answer: str
) -> None:
    _, post = pushed(cast, answer, "201", service=service)
    assert Counter(one.state for one in deliveries(post).values()) == {"failed": 1, "sent": 1}
    with unlocked():
        assert PushSubscription.objects.count() == 1


@pytest.mark.parametrize("answer", ["400", "401", "403", "413", "302"])
def test_what_is_refused_for_good_does_not_go_again(
    cast: Cast, service: PushService, answer: str
) -> None:
    service.headers["302"] = {"Location": f"{service.origin}/201/elsewhere"}
    _, post = pushed(cast, answer, service=service)
    assert (only(post).state, only(post).trouble) == ("failed", answer)
    assert len(service.taken) == 1
    with unlocked():
        assert PushSubscription.objects.exists()


@pytest.mark.parametrize("answer", ["429", "500", "503"])
def test_what_cannot_be_taken_now_goes_later(cast: Cast, service: PushService, answer: str) -> None:
    _, post = pushed(cast, answer, service=service)
    first = only(post)
    assert (first.state, first.trouble, first.tries) == ("queued", answer, 1)
    assert first.due_at > clock.now()
    let_time_pass()
    send_pushes()
    assert only(post).tries == 2
    assert {one.headers["Topic"] for one in service.taken} == {topic_of(first.notification_id)}


def in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + HOUR, usegmt=True)


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("40", 38, 41),
        ("in an hour", 3500, 3601),
        ("999999999999", 7100, 7201),
        ("-5", 55, 61),
        ("soon", 55, 61),
        ("0", 0, 2),
    ],
)
def test_a_service_is_asked_again_when_it_says(
    cast: Cast, service: PushService, asked: str, least: int, most: int
) -> None:
    service.headers["429"] = {"Retry-After": in_an_hour() if asked == "in an hour" else asked}
    _, post = pushed(cast, "429", service=service)
    wait = (only(post).due_at - clock.now()).total_seconds()
    assert least <= wait <= most


def test_one_that_hangs_holds_up_no_other_and_is_not_blamed(
    cast: Cast, service: PushService
) -> None:
    phones, post = pushed(cast, "hang", "201", "hang", "201", service=service)
    states = Counter(one.state for one in deliveries(post).values())
    assert states == {"sent": 2, "queued": 2}
    late = [one for one in deliveries(post).values() if one.state == "queued"]
    assert {(one.trouble, one.tries) for one in late} == {("late", 0)}
    let_time_pass()
    send_pushes()  # while the first request is still open
    assert all(len(service.to(phone)) == 1 for phone in phones)


@pytest.mark.parametrize(
    ("days", "working", "state"),
    [
        *((3.9, None, "sent"), (4.1, None, "failed"), (9, None, "failed")),
        *((9, 7, "failed"), (6, 5, "failed"), (6, 1, "sent"), (4.1, 0, "sent")),
    ],
)
def test_what_a_silent_service_put_off_for_days_is_news_no_more(
    cast: Cast, service: PushService, days: float, working: int | None, state: str
) -> None:
    """It is due anew whenever that is asked; but who keeps hours of work may only now work."""
    given(cast.id("duo_teacher"), service.phone())
    if working is not None:
        weekday = (clock.today() - timedelta(days=working)).isoweekday()
        whole = {"weekday": weekday, "starts_at": time.min, "ends_at": time.max}
        factories.working_hours(cast.id("wilgenhoek"), cast.id("duo_teacher"), **whole)
    post = cast.post("group_5", by="teacher")
    tell(post)
    with unlocked():
        Notification.objects.update(created_at=clock.now() - timedelta(days=days))
    send_pushes()
    late = only(post)
    assert (late.state, late.trouble) == (state, "too old" if state == "failed" else "")


def test_nobody_there_is_asked_again_later(cast: Cast, settings: Settings) -> None:
    settings.PUSH_SERVICES = ["http://127.0.0.1:9"]  # where nobody listens
    given(cast.id("mother"), Phone("http://127.0.0.1:9/push"))
    post = cast.post("group_5", by="teacher")
    tell(post)
    send_pushes()
    assert (only(post).state, only(post).tries) == ("queued", 1)


def test_who_may_not_see_it_any_more_is_not_told(cast: Cast, service: PushService) -> None:
    phone = service.phone()
    given(cast.id("co_parent"), phone)
    post = cast.post("group_5", by="teacher")
    tell(post)
    with unlocked():
        ties = Guardianship.objects.filter(guardian=cast.co_parent)
        ties.update(ends_at=clock.now() - HOUR)
    send_pushes()
    assert service.taken == []
    assert only(post).state == "skipped"


def test_a_post_withdrawn_before_it_was_pushed_reaches_nobody(
    cast: Cast, service: PushService
) -> None:
    given(cast.id("mother"), service.phone())
    post = cast.post("group_5", by="teacher")
    tell(post)
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("teacher"))
    send_pushes()
    assert service.taken == []


def test_a_device_of_an_ended_session_gets_nothing(cast: Cast, service: PushService) -> None:
    device = given(cast.id("mother"), service.phone())
    post = cast.post("group_5", by="teacher")
    tell(post)
    with unlocked():
        key = device.session.session_key
        Session.objects.filter(pk=key).update(expire_date=clock.now() - HOUR)
    send_pushes()
    assert service.taken == []
    assert only(post).state == "skipped"
    tell(cast.post("group_5", by="teacher"))
    with unlocked():
        assert Delivery.objects.filter(channel="push").count() == 1


def test_a_device_removed_between_claim_and_sending_gets_nothing(
    cast: Cast, service: PushService
) -> None:
    device = given(cast.id("mother"), service.phone())
    post = cast.post("group_5", by="teacher")
    tell(post)
    with unlocked():
        device.delete()
    with as_worker():
        (settled,) = next(ByPush(post.school_id).deliver([only_in_block(post)]))
    assert settled.state == "skipped"
    assert service.taken == []


def only_in_block(post: Post) -> Delivery:
    with at_work(post.school_id):
        return Delivery.objects.get(channel="push")


def test_an_endpoint_that_no_setting_names_any_more_is_not_called(
    cast: Cast, service: PushService, settings: Settings
) -> None:
    given(cast.id("mother"), service.phone())
    post = cast.post("group_5", by="teacher")
    tell(post)
    settings.PUSH_SERVICES = []
    send_pushes()
    assert service.taken == []
    assert (only(post).state, only(post).trouble) == ("failed", "endpoint")


def test_keys_that_are_none_are_forgotten(cast: Cast, service: PushService) -> None:
    phone = service.phone()
    factories.push_device(cast.id("mother"), phone.endpoint, p256dh="BBBB")
    post = cast.post("group_5", by="teacher")
    tell(post)
    send_pushes()
    assert (only(post).state, only(post).trouble) == ("failed", "keys")
    with unlocked():
        assert not PushSubscription.objects.exists()


def test_after_a_kill_it_goes_again_with_the_same_topic(cast: Cast, service: PushService) -> None:
    (phone,), post = pushed(cast, "201", service=service)
    cast.change(only(post), state="sending", done_at=None)
    send_pushes()
    topics: list[str] = [one.headers["Topic"] for one in service.to(phone)]
    assert len(topics) == 2
    assert len(set(topics)) == 1


def test_one_subject_costs_as_many_queries_for_thirty_as_for_three(
    cast: Cast, service: PushService, django_assert_num_queries: object
) -> None:
    counts = []
    for many in (3, 9):
        for _ in range(many):
            given(cast.id("mother"), service.phone())
        post = cast.post("group_5", by="teacher")
        tell(post)
        with at_work(post.school_id):
            wanted = list(
                Delivery.objects.filter(notification__about_id=post.card_id, channel="push")
            )
        with as_worker():
            connection.force_debug_cursor = True
            before = len(connection.queries_log)
            list(ByPush(post.school_id).deliver(wanted))
            counts.append(len(connection.queries_log) - before)
            connection.force_debug_cursor = False
    assert counts[0] == counts[1]


def test_every_verb_says_who_may_know_of_it() -> None:
    """Without that nobody is pushed; a digest is a mail only."""
    assert set(letters.writers) - {digest.WEEKLY, digest.DAILY} <= set(letters.entitled)


def test_who_may_see_only_a_sibling_is_told(cast: Cast, service: PushService) -> None:
    given(cast.id("mother"), service.phone())
    given(cast.id("co_parent"), service.phone())
    school = cast.post("wilgenhoek", by="principal")
    care = cast.post("vijver", by="aftercare", card_id=school.card_id)
    tell(school)
    with at_work(school.school_id):
        notification = Notification.objects.filter(subject_id=school.pk)[0]
        told = letters.entitled["post.published"](notification)
        assert cast.id("mother") in set(told.values_list("pk", flat=True))
    cast.change(care, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("aftercare"))
    send_pushes()
    assert len(service.taken) == 2
