"""Deliveries that were given up: the operator sees them, and puts them back."""

from __future__ import annotations

from kring.notifications.models import Delivery
from kring.ops.parked import parked
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


def given_up(cast: Cast) -> Delivery:
    told = factories.notification(cast.post("group_5", by="teacher"), cast.id("mother"))
    one = factories.delivery(told)
    cast.change(one, state="dead", tries=5, trouble="451")
    return one


def test_they_are_counted_by_school_way_and_answer(cast: Cast) -> None:
    with unlocked():
        assert parked(again=False) == ["Nothing is parked."]
    given_up(cast)
    given_up(cast)
    with unlocked():
        (line,) = parked(again=False)
    assert line.split()[:3] == ["2", "email", "451"]
    assert cast.wilgenhoek.name in line


def test_they_go_back_into_the_queue_as_never_tried(cast: Cast) -> None:
    one = given_up(cast)
    with unlocked():
        assert "1 put back" in parked(again=True)[-1]
        one.refresh_from_db()
    assert (one.state, one.tries, one.done_at) == ("queued", 0, None)
