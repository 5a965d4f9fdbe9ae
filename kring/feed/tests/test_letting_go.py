"""A planned message stays in until a job looked who its writer is by then: however late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import seen_by
from kring.calendar.models import CalendarEntry
from kring.feed.budget import Budget
from kring.feed.models.post import NOT_YET
from kring.feed.planning import let_go
from kring.feed.tests.sheets import SignIn, standing
from kring.feed.tests.test_planning import PLANNED, events, its_moment_comes, leaves, plan
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


def test_a_late_worker_keeps_it_in_until_somebody_looked(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    an_hour_ago = clock.now() - timedelta(hours=1)
    cast.change(post, planned_at=an_hour_ago)
    address = reverse("feed:post", args=[post.pk])
    for who in ("mother", "duo_teacher", "principal", "administrator"):
        assert sign_in(who).get(address).status_code == 404
        assert "gymrooster" not in sign_in(who).get("/").content.decode()
    assert str(post.pk) in sign_in("teacher").get(PLANNED).content.decode()  # and may hold it back
    let_go(school_id=str(post.school_id), post=str(post.pk))
    [out] = standing()
    assert clock.now() - timedelta(minutes=5) < out.published_at <= clock.now()
    assert events("post.published", post) == 1
    assert sign_in("mother").get(address).status_code == 200


def test_of_who_left_nothing_is_ever_seen_though_the_worker_is_late(
    cast: Cast, sign_in: SignIn
) -> None:
    post = plan(sign_in("teacher"), cast)
    cast.change(post, planned_at=clock.now() - timedelta(hours=1))
    leaves(cast, "teacher")
    address = reverse("feed:post", args=[post.pk])
    assert sign_in("mother").get(address).status_code == 404
    let_go(school_id=str(post.school_id), post=str(post.pk))
    assert standing() == []
    assert sign_in("mother").get(address).status_code == 404


def test_in_time_it_is_let_go_to_its_own_moment(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    let_go(school_id=str(post.school_id), post=str(post.pk))
    [out] = standing()
    assert out.published_at == out.planned_at == post.planned_at
    assert sign_in("mother").get(reverse("feed:post", args=[post.pk])).status_code == 404
    sign_in("teacher").post(reverse("feed:holding", args=[post.pk]))  # still in time
    assert standing() == []


def test_a_broadcast_that_goes_late_is_one_card_at_one_moment(cast: Cast) -> None:
    passed, card = clock.now() - timedelta(hours=2), uuid4()
    planned: dict[str, Any] = {"card_id": card, "published_at": NOT_YET, "planned_at": passed}
    one = cast.post("group_5", by="teacher", **planned)
    other = cast.post("vijver", by="aftercare", **planned)
    came_out = clock.now() - timedelta(hours=1)
    cast.change(one, published_at=came_out)  # by a worker that died after it
    let_go(school_id=str(other.school_id), post=str(other.pk))
    assert {post.published_at for post in standing()} == {came_out}


@pytest.mark.parametrize("who", ["teacher", "principal", "mother"])
def test_nobody_but_a_job_of_its_school_lets_it_go(cast: Cast, sign_in: SignIn, who: str) -> None:
    post = plan(sign_in("teacher"), cast)
    with seen_by(cast.viewer(who)), connection.cursor() as cursor:
        cursor.execute("SELECT kring_let_go(%s)", [post.pk])
        assert cursor.fetchall() == []
    with at_work(cast.id("vijver")), connection.cursor() as cursor:
        cursor.execute("SELECT kring_let_go(%s)", [post.pk])
        assert cursor.fetchall() == []
    assert standing()[0].published_at == NOT_YET


def test_what_was_taken_back_is_not_let_go(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("teacher"))
    with at_work(post.school_id), connection.cursor() as cursor:
        cursor.execute("SELECT kring_let_go(%s)", [post.pk])
        assert cursor.fetchall() == []


def test_what_nobody_let_go_counts_on_the_day_of_its_moment(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    group, day = cast.id("group_5"), clock.today() + timedelta(days=3)
    with seen_by(cast.viewer("teacher")):
        assert Budget.around(day, [group]).of(group) == 1
        assert Budget.around(day, [group], besides=post.card_id).of(group) == 0
        assert Budget.around(day - timedelta(days=1), [group]).of(group) == 0


def test_what_it_puts_in_the_agenda_comes_out_with_it(cast: Cast, sign_in: SignIn) -> None:
    agenda = {"agenda-on": "on", "agenda-title": "Gymles buiten", "agenda-begins": "09:00"}
    day = clock.today() + timedelta(days=4)
    post = plan(sign_in("teacher"), cast, **agenda | {"agenda-first_day": day.isoformat()})
    address = f"{reverse('calendar:agenda')}?maand={day:%Y-%m}"
    cast.change(post, planned_at=clock.now() - timedelta(hours=1))
    assert "Gymles buiten" not in sign_in("mother").get(address).content.decode()
    its_moment_comes(post)
    with unlocked():
        entry = CalendarEntry.objects.get(card_id=post.card_id)
    assert entry.published_at <= clock.now()
    cast.change(entry, published_at=clock.now() - factories.MINUTE)  # the transaction's now()
    assert "Gymles buiten" in sign_in("mother").get(address).content.decode()
