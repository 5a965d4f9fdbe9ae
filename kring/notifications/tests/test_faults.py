"""What goes wrong outside, and what people get all the same: each once, or not at all."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.jobs import dispatch
from kring.feed.models import Post
from kring.notifications.channels import DownError
from kring.notifications.kinds import MAIL, Kind
from kring.notifications.models import Notification, Preference, Wishes
from kring.notifications.tests.conftest import (
    Server,
    deliveries,
    mailers_at,
    send_all,
    states,
    tell,
    waiting,
)
from tests.cast import Cast
from tests.unlocked import unlocked

TEN_MINUTES = timedelta(minutes=10)
BUSY = "451 Try again later"


@pytest.fixture
def post(cast: Cast) -> Post:
    """A post whose recipients were told; their mails wait."""
    made = cast.post("group_5", by="teacher")
    tell(made)
    return made


def test_a_server_that_says_later_for_ten_minutes_takes_all_afterwards_and_none_twice(
    post: Post, server: Server, settings: Settings
) -> None:
    everybody, passed = len(deliveries(post)), timedelta()
    while passed < TEN_MINUTES:
        for one in deliveries(post).values():
            server.answers[str(one.person.email)] = [BUSY]
        send_all()
        assert states(post) == {"queued": everybody}
        passed += wait(post)
    for one in deliveries(post).values():
        server.answers[str(one.person.email)] = []
    send_all()
    assert states(post) == {"sent": everybody}
    assert len(server.reached) == len(set(server.reached)) == everybody
    assert max(one.tries for one in deliveries(post).values()) <= len(settings.DELIVERY_BACKOFF)


def wait(post: Post) -> timedelta:
    """Let the time pass until the next try of all, and say how long that was."""
    waiting_for = max(one.due_at for one in deliveries(post).values()) - clock.now()
    with unlocked():
        for one in deliveries(post).values():
            one.due_at = clock.now() - timedelta(seconds=1)
            one.save(update_fields=["due_at"])
    return waiting_for


def test_a_server_that_is_away_for_an_hour_costs_nobody_a_try(
    post: Post, server: Server, settings: Settings
) -> None:
    there = settings.MAILERS
    settings.MAILERS = mailers_at(9)  # where nobody listens
    for _ in range(10):
        with pytest.raises(DownError):
            send_all()
    settings.MAILERS = there
    send_all()
    assert {one.tries for one in deliveries(post).values()} == {1}
    assert states(post) == {"sent": len(server.taken)}


def test_a_withdrawn_post_takes_its_notifications_along(
    cast: Cast, post: Post, server: Server
) -> None:
    principal = cast.viewer("principal")
    with seen_by(principal):
        assert post.withdraw(by=principal)
    for arguments in waiting(dispatch):
        dispatch(**arguments)
    with unlocked():
        assert not Notification.objects.filter(about_id=post.card_id).exists()
    send_all()
    assert server.taken == []


def test_who_stopped_a_kind_a_second_ago_gets_nothing_that_was_queued(
    cast: Cast, post: Post, server: Server
) -> None:
    with seen_by(cast.viewer("mother")):
        Preference.objects.create(person=cast.mother, kind=Kind.GROUP, channel=MAIL, wanted=False)
    send_all()
    assert cast.mother.email not in server.reached
    assert deliveries(post)[cast.id("mother")].state == "skipped"
    assert cast.co_parent.email in server.reached


def test_quiet_hours_that_began_since_hold_back_what_was_queued(
    cast: Cast, post: Post, server: Server
) -> None:
    here = clock.now().astimezone(clock.SCHOOL_TIME)
    with seen_by(cast.viewer("mother")):
        Wishes.objects.filter(person=cast.mother).update(
            quiet_from=(here - timedelta(hours=1)).time(),
            quiet_until=(here + timedelta(hours=1)).time(),
        )
    send_all()
    held = deliveries(post)[cast.id("mother")]
    assert (held.state, held.tries) == ("queued", 0)
    assert timedelta(minutes=50) < held.due_at - clock.now() < timedelta(minutes=61)
