"""An urgent message: by whom, asked once with the number of families, and at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from kring.base import clock
from kring.base.visibility import seen_by
from kring.feed.models import Post
from kring.feed.tests.sheets import (
    COMPOSE,
    SignIn,
    agree,
    hidden_fields,
    later,
    mark_of,
    posts,
    sheet,
)
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


def confirmed(client: Any, form: dict[str, Any]) -> Any:
    """Send it, and answer the question that comes."""
    page = client.post(COMPOSE, form).content.decode()
    return client.post(COMPOSE, hidden_fields(page) | {"confirmed": mark_of(page)})


def test_it_asks_once_saying_to_how_many_it_goes(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("principal").post(COMPOSE, sheet(cast, urgent="on", call_after="30"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "24 " in page
    assert "1 " in page
    assert posts() == []
    kept = hidden_fields(page)
    assert kept["text"] == ["Het gymrooster is anders."]
    assert kept["call_after"] == ["30"]
    assert kept["audience"] == [f"group:{cast.id('group_5')}"]


def test_it_names_to_whom_it_goes(cast: Cast, sign_in: SignIn) -> None:
    to = [f"group:{cast.id('group_6')}", f"student:{cast.id('sam')}"]
    page = sign_in("principal").post(COMPOSE, sheet(cast, urgent="on", audience=to[:1])).text
    assert f">{cast.group_6.name}</span>" in page
    assert f">{cast.group_5.name}</span>" not in page
    page = sign_in("principal").post(COMPOSE, sheet(cast, urgent="on", audience=to[1:])).text
    assert re.search(r'class="chip [^"]*">Sam', page)


def test_confirmed_it_goes_at_once_and_before_all_else(cast: Cast, sign_in: SignIn) -> None:
    answer = confirmed(sign_in("principal"), sheet(cast, urgent="on", call_after="30"))
    assert answer.status_code == 303
    [post] = posts()
    assert post.is_urgent
    assert post.asks_reading
    assert post.published_at <= clock.now()
    assert post.call_at == post.published_at + timedelta(minutes=30)
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT queue_name FROM procrastinate_jobs WHERE queue_name = 'urgent'")
        assert cursor.fetchall()


def test_without_a_call_list_none_opens(cast: Cast, sign_in: SignIn) -> None:
    confirmed(sign_in("principal"), sheet(cast, urgent="on", call_after=""))
    assert posts()[0].call_at is None


def test_the_school_says_how_long_it_waits_before_it_calls(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, call_after_minutes=50)
    page = sign_in("principal").get(COMPOSE).content.decode()
    assert '<option value="50" selected>' in page


@pytest.mark.parametrize("minutes", ["5", "241", "-1", "x"])
def test_another_time_to_call_is_refused(cast: Cast, sign_in: SignIn, minutes: str) -> None:
    form = sheet(cast, urgent="on", call_after=minutes)
    assert sign_in("principal").post(COMPOSE, form).status_code == 422


def test_it_never_waits_for_films(cast: Cast, sign_in: SignIn) -> None:
    film = factories.asset(cast.id("wilgenhoek"), cast.id("principal"))
    cast.change(film, kind="film", state="waiting")
    confirmed(sign_in("principal"), sheet(cast, urgent="on", assets=str(film.pk), waits="on"))
    [post] = posts()
    assert not post.waits
    assert post.published_at <= clock.now()


@pytest.mark.parametrize("extra", [{}, {"confirmed": "24.26.1.0"}])
def test_a_teacher_who_ticks_it_all_the_same_is_refused_in_a_sentence(
    cast: Cast, sign_in: SignIn, extra: dict[str, str]
) -> None:
    answer = sign_in("teacher").post(COMPOSE, sheet(cast, urgent="on", **extra))
    assert answer.status_code == 422
    assert "De Wilgenhoek" in answer.content.decode()
    assert posts() == []


def test_who_may_not_is_not_offered_it(cast: Cast, sign_in: SignIn) -> None:
    assert 'name="urgent"' not in sign_in("teacher").get(COMPOSE).content.decode()
    assert 'name="urgent"' in sign_in("administrator").get(COMPOSE).content.decode()


def test_the_verb_itself_refuses_who_may_not(cast: Cast) -> None:
    teacher = cast.viewer("teacher")
    with seen_by(teacher), pytest.raises(PermissionDenied):
        Post.publish(
            cast.audience("group_5"),
            by=teacher,
            text="Brand.",
            key=uuid4(),
            byline=("Juf Sanne", "teacher"),
            urgent=True,
        )


def test_a_school_may_name_its_teachers(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, urgent_roles=["principal", "teacher"])
    assert confirmed(sign_in("teacher"), sheet(cast, urgent="on")).status_code == 303
    assert posts()[0].is_urgent
    answer = sign_in("administrator").post(COMPOSE, sheet(cast, urgent="on"))
    assert answer.status_code == 422


def test_a_substitute_counts_as_a_teacher(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, urgent_roles=["principal", "teacher"])
    assert confirmed(sign_in("substitute_today"), sheet(cast, urgent="on")).status_code == 303


def test_the_carers_of_an_after_school_care_answer_for_it(cast: Cast, sign_in: SignIn) -> None:
    form = sheet(cast, audience=[f"school:{cast.id('vijver')}"], urgent="on")
    assert confirmed(sign_in("aftercare"), form).status_code == 303


def test_the_team_is_counted_in_colleagues(cast: Cast, sign_in: SignIn) -> None:
    form = sheet(cast, audience=[f"staff:{cast.id('wilgenhoek')}"], urgent="on")
    page = sign_in("principal").post(COMPOSE, form).content.decode()
    assert mark_of(page).startswith("0.0.0.")
    assert not mark_of(page).endswith(".0")


def test_who_changes_her_mind_finds_all_of_it_again(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    photo = factories.asset(cast.id("wilgenhoek"), cast.id("principal"))
    form = sheet(cast, urgent="on", assets=str(photo.pk), call_after="60")
    form |= {f"description-{photo.pk}": "Het dak"}
    page = principal.post(COMPOSE, form).content.decode()
    answer = principal.post(COMPOSE, hidden_fields(page) | {"change": "yes"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Het gymrooster is anders." in page
    assert str(photo.pk) in page
    assert "Het dak" in page
    assert '<option value="60" selected>' in page
    assert 'name="urgent" id="id_urgent" checked' in page
    assert posts() == []


def test_it_is_asked_again_when_the_number_changed(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    page = principal.post(COMPOSE, sheet(cast, urgent="on")).content.decode()
    child = factories.student(cast.id("wilgenhoek"))
    factories.enrolled(child, cast.id("group_5"))
    answer = principal.post(COMPOSE, hidden_fields(page) | {"confirmed": mark_of(page)})
    again = answer.content.decode()
    assert answer.status_code == 200
    assert posts() == []
    assert mark_of(again) != mark_of(page)
    sent = principal.post(COMPOSE, hidden_fields(again) | {"confirmed": mark_of(again)})
    assert sent.status_code == 303
    assert len(posts()) == 1


def test_confirming_twice_sends_once(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    page = principal.post(COMPOSE, sheet(cast, urgent="on")).content.decode()
    form = hidden_fields(page) | {"confirmed": mark_of(page)}
    assert principal.post(COMPOSE, form).status_code == 303
    assert principal.post(COMPOSE, form).status_code == 303
    assert len(posts()) == 1


def test_the_school_changes_its_mind_before_it_is_confirmed(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    page = principal.post(COMPOSE, sheet(cast, urgent="on")).content.decode()
    agree(cast, urgent_roles=["administrator"])
    answer = principal.post(COMPOSE, hidden_fields(page) | {"confirmed": mark_of(page)})
    assert answer.status_code == 422
    assert "Het gymrooster is anders." in answer.content.decode()
    assert posts() == []


def test_an_urgent_message_has_no_moment_of_its_own(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("principal").post(COMPOSE, sheet(cast, urgent="on", **later()))
    assert answer.status_code == 422
    assert posts() == []


def test_what_hangs_behind_a_tick_that_is_off_means_nothing(cast: Cast, sign_in: SignIn) -> None:
    sign_in("principal").post(COMPOSE, sheet(cast, call_after="30", asks_reading="on"))
    [post] = posts()
    assert post.call_at is None
    assert post.asks_reading
    assert not post.is_urgent
