"""Sending later: seen by its writer only, changed until its moment, and held back in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import seen_by
from kring.events.handlers import handlers
from kring.events.models import AuditEntry, Event
from kring.feed.models import Post
from kring.feed.models.post import NOT_YET
from kring.feed.planning import hold_back, let_go
from kring.feed.tests.sheets import (
    COMPOSE,
    SignIn,
    agree,
    drafts,
    later,
    posts,
    said_at,
    sheet,
    standing,
)
from kring.notifications.letters import write
from kring.notifications.models import Notification
from kring.schools.models import Employment, TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked
from tests.visibility.acting import changing, who_may

PLANNED = reverse("feed:planned")


def plan(client: Client, cast: Cast, **typed: Any) -> Post:
    """Plan a message for three days from now, at eight."""
    answer = client.post(COMPOSE, sheet(cast, **later() | typed))
    assert (answer.status_code, answer.headers["Location"]) == (303, PLANNED)
    return standing()[-1]


def events(verb: str, post: Post) -> int:
    with unlocked():
        return Event.objects.filter(verb=verb, subject_id=post.pk).count()


def queued(job: str) -> list[tuple[datetime, dict[str, Any]]]:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at, args FROM procrastinate_jobs WHERE task_name = %s", [job]
        )
        return list(cursor.fetchall())


def its_moment_comes(post: Post) -> None:
    """A minute before, and then at the moment itself."""
    let_go(school_id=str(post.school_id), post=str(post.pk))
    with unlocked():
        Post.objects.filter(card_id=post.card_id).update(
            published_at=clock.now() - factories.MINUTE
        )
        found = list(Event.objects.filter(subject_id=post.pk).order_by("created_at"))
    for event in found:
        if event.verb != "post.planned":
            with at_work(post.school_id):
                for handle in handlers[event.verb]:
                    handle(event)


def told(verb: str) -> set[UUID]:
    with unlocked():
        return set(Notification.objects.filter(verb=verb).values_list("person_id", flat=True))


# ── the moment ───────────────────────────────────────────────────────────────
def test_it_goes_at_the_moment_at_school(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    day = clock.today() + timedelta(days=3)
    assert said_at(post) == f"{day} 08:00"
    assert (post.is_planned, post.published_at) == (True, NOT_YET)
    assert events("post.published", post) == 0
    [(moment, _args)] = queued("kring.events.jobs.dispatch")
    assert post.planned_at
    assert moment == post.planned_at - timedelta(minutes=1)


def test_the_form_says_so_of_that_night(cast: Cast, sign_in: SignIn) -> None:
    spring = min(day for day in _last_sundays_of_march() if day > clock.today())
    form = sheet(cast, send_on=spring.isoformat(), send_at="02:30")
    answer = sign_in("teacher").post(COMPOSE, form)
    assert answer.status_code == 422
    assert 'id="id_send_at_error"' in answer.content.decode()


def _last_sundays_of_march() -> list[date]:
    ends = [date(clock.today().year + ahead, 3, 31) for ahead in (0, 1)]
    return [end - timedelta(days=(end.weekday() + 1) % 7) for end in ends]


@pytest.mark.parametrize(
    "moment",
    [
        {"send_on": "2026-12-01", "send_at": ""},
        {"send_on": "", "send_at": "08:00"},
        {"send_on": "2020-01-06", "send_at": "08:00"},
        {"send_on": "9999-12-31", "send_at": "23:59"},
        {"send_on": "gisteren", "send_at": "8 uur"},
        {"send_on": "0001-01-01", "send_at": "00:00"},
    ],
    ids=str,
)
def test_a_moment_that_cannot_be_is_never_now(
    cast: Cast, sign_in: SignIn, moment: dict[str, str]
) -> None:
    answer = sign_in("teacher").post(COMPOSE, sheet(cast, **moment))
    assert answer.status_code == 422
    assert "Het gymrooster is anders." in answer.content.decode()
    assert posts() == []


# ── who sees it ──────────────────────────────────────────────────────────────
def test_until_its_moment_only_its_writer_sees_it_and_only_in_the_list(
    cast: Cast, sign_in: SignIn
) -> None:
    post = plan(sign_in("teacher"), cast)
    address = reverse("feed:post", args=[post.pk])
    assert sign_in("teacher").get(address).headers["Location"] == PLANNED
    assert str(post.pk) in sign_in("teacher").get(PLANNED).content.decode()
    for who in ("duo_teacher", "principal", "administrator", "mother"):
        assert sign_in(who).get(address).status_code == 404
    for who in ("teacher", "duo_teacher", "principal"):
        assert "gymrooster" not in sign_in(who).get("/").content.decode()
    for who in ("duo_teacher", "principal"):
        assert "gymrooster" not in sign_in(who).get(PLANNED).content.decode()


def test_at_its_moment_it_is_out_and_all_are_told(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    its_moment_comes(post)
    assert "gymrooster" in sign_in("mother").get("/").content.decode()
    assert cast.id("mother") in told("post.published")
    assert drafts() == []


def test_the_job_may_run_twice(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    for _ in range(2):
        let_go(school_id=str(post.school_id), post=str(post.pk))
    assert events("post.published", post) == 1


def test_a_film_does_not_let_it_out_before(cast: Cast, sign_in: SignIn) -> None:
    film = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    cast.change(film, kind="film", state="waiting")
    post = plan(sign_in("teacher"), cast, assets=str(film.pk), waits="on")
    assert not post.waits
    with at_work(post.school_id), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kring_release_card(%s, '0 seconds')", [post.card_id])
        assert cursor.fetchall() == []


# ── changed, sent now, held back ─────────────────────────────────────────────
def test_its_text_and_moment_are_changed_by_another_in_its_place(
    cast: Cast, sign_in: SignIn
) -> None:
    teacher = sign_in("teacher")
    before = plan(teacher, cast)
    page = teacher.get(COMPOSE, {"change": str(before.pk)}).content.decode()
    assert "Het gymrooster is anders." in page
    assert f'name="replaces" value="{before.pk}"' in page
    form = sheet(cast, text="Om negen uur.", replaces=str(before.pk), **later(days=5, at="09:30"))
    assert teacher.post(COMPOSE, form).status_code == 303
    [post] = standing()
    assert post.text == "Om negen uur."
    assert said_at(post).endswith("09:30")
    assert post.card_id != before.card_id
    assert [draft.card_id for draft in drafts()] == [post.card_id]
    let_go(school_id=str(before.school_id), post=str(before.pk))  # the first job passes silently
    assert events("post.published", before) == 0
    again = teacher.post(COMPOSE, form)  # the second try of a train
    assert again.status_code == 303
    assert len(standing()) == 1


def test_editing_one_leads_to_the_composer(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    answer = sign_in("teacher").get(reverse("feed:edit", args=[post.pk]))
    assert answer.headers["Location"] == f"{COMPOSE}?change={post.pk}"


def test_what_went_out_meanwhile_is_not_changed_but_asked_about(
    cast: Cast, sign_in: SignIn
) -> None:
    teacher = sign_in("teacher")
    before = plan(teacher, cast)
    cast.change(before, published_at=clock.now() - timedelta(minutes=1))
    answer = teacher.post(COMPOSE, sheet(cast, text="Anders", replaces=str(before.pk), **later()))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Anders" in page
    assert str(before.pk) not in page
    assert len(standing()) == 1
    assert teacher.get(COMPOSE, {"change": str(before.pk)}).status_code == 404


def test_nobody_changes_sends_or_holds_back_anothers(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    for who in ("duo_teacher", "principal", "mother"):
        client = sign_in(who)
        assert client.get(COMPOSE, {"change": str(post.pk)}).status_code == 404
        assert client.post(reverse("feed:sending", args=[post.pk])).status_code == 404
        assert client.post(reverse("feed:holding", args=[post.pk])).status_code == 404
    form = sheet(cast, replaces=str(post.pk))
    assert sign_in("duo_teacher").post(COMPOSE, form).status_code == 422
    assert [one.pk for one in standing()] == [post.pk]


@pytest.mark.parametrize("field", ["published_at", "planned_at", "is_urgent", "asks_reading"])
def test_row_security_alone_keeps_its_moment(cast: Cast, sign_in: SignIn, field: str) -> None:
    post = plan(sign_in("teacher"), cast)
    value = clock.now() if field.endswith("_at") else True
    assert who_may(cast, changing(post, **{field: value})) == set()


def test_it_can_be_sent_now_once(cast: Cast, sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    photo = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    before = plan(teacher, cast, assets=str(photo.pk), **{f"description-{photo.pk}": "De gymzaal"})
    sending, key = reverse("feed:sending", args=[before.pk]), str(uuid4())
    for _ in range(2):
        assert teacher.post(sending, {"key": key}).status_code == 303
    [post] = standing()
    assert not post.is_planned
    assert post.published_at - clock.now() <= timedelta(seconds=10)
    with unlocked():
        assert post.photos.get().description == "De gymzaal"
    assert drafts() == []
    assert teacher.post(sending, {"key": str(uuid4())}).status_code == 404


def test_sending_now_asks_the_school_again(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    post = plan(principal, cast, audience=[f"school:{cast.id('wilgenhoek')}"])
    agree(cast, school_post_roles=["administrator"])
    answer = principal.post(reverse("feed:sending", args=[post.pk]), {"key": str(uuid4())})
    assert answer.status_code == 422
    assert [one.pk for one in standing()] == [post.pk]


def test_held_back_it_is_a_draft_again(cast: Cast, sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    post = plan(teacher, cast)
    answer = teacher.post(reverse("feed:holding", args=[post.pk]))
    assert answer.headers["Location"] == PLANNED
    assert standing() == []
    [draft] = drafts()
    assert (draft.card_id, draft.text) == (None, "Het gymrooster is anders.")
    page = teacher.get(COMPOSE, {"draft": str(draft.pk)}).content.decode()
    assert f'value="group:{cast.id("group_5")}" checked' in page
    let_go(school_id=str(post.school_id), post=str(post.pk))
    assert events("post.published", post) == 0
    form = sheet(cast, key=str(draft.key))
    assert teacher.post(COMPOSE, form).status_code == 303
    assert len(standing()) == 1


def test_held_back_without_a_kept_form_nothing_is_lost(cast: Cast, sign_in: SignIn) -> None:
    soon = clock.now() + timedelta(hours=2)
    post = cast.post("group_5", by="teacher", published_at=NOT_YET, planned_at=soon)
    page = sign_in("teacher").get(COMPOSE, {"change": str(post.pk)}).content.decode()
    assert "Morgen gaan we naar het bos." in page
    sign_in("teacher").post(reverse("feed:holding", args=[post.pk]))
    [draft] = drafts()
    assert draft.text == "Morgen gaan we naar het bos."
    assert draft.typed["audience"] == [f"group:{cast.id('group_5')}"]


def test_what_came_out_is_held_back_no_more(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    teacher = cast.viewer("teacher")
    with seen_by(teacher):
        mine = Post.objects.get(pk=post.pk)
        cast.change(post, published_at=clock.now())
        assert not mine.unplan(by=teacher)
        assert not hold_back(mine, by=teacher)
    assert len(standing()) == 1


def test_a_broadcast_is_held_back_as_one(cast: Cast, sign_in: SignIn) -> None:
    job = Employment(school_id=cast.id("vijver"), user_id=cast.id("principal"))
    job.role, job.starts_on = Employment.Role.PRINCIPAL, clock.today()
    factories.made(job)
    both = [f"school:{cast.id('wilgenhoek')}", f"school:{cast.id('vijver')}"]
    principal = sign_in("principal")
    post = plan(principal, cast, audience=both)
    assert len(standing()) == 2
    page = principal.get(PLANNED).content.decode()
    assert page.count('class="standing"') == 1
    principal.post(reverse("feed:holding", args=[post.pk]))
    assert standing() == []


# ── its writer ───────────────────────────────────────────────────────────────
def leaves(cast: Cast, who: str) -> None:
    yesterday = clock.today() - timedelta(days=1)
    with unlocked():
        Employment.objects.filter(user=cast.id(who)).update(ends_on=yesterday)
        TeachingAssignment.objects.filter(user=cast.id(who)).update(ends_on=yesterday)


def test_of_who_left_nothing_goes_and_the_office_is_told(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    leaves(cast, "teacher")
    its_moment_comes(post)
    assert standing() == []
    assert events("post.published", post) == 0
    assert {cast.id("principal"), cast.id("administrator")} <= told("post.stopped")
    assert cast.id("mother") not in told("post.stopped") | told("post.published")
    with unlocked():
        entry = AuditEntry.objects.get(verb="post.stopped", subject_id=post.pk)
    assert entry.person_id == cast.id("teacher")


def test_who_teaches_another_group_by_then_finds_it_as_a_draft(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    with unlocked():
        TeachingAssignment.objects.filter(user=cast.id("teacher")).update(
            ends_on=clock.today() - timedelta(days=1)
        )
    its_moment_comes(post)
    assert standing() == []
    assert cast.id("teacher") in told("post.stopped")
    assert [draft.card_id for draft in drafts()] == [None]


def test_a_rule_that_changed_by_then_holds(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("principal"), cast, audience=[f"school:{cast.id('wilgenhoek')}"])
    agree(cast, school_post_roles=["administrator"])
    its_moment_comes(post)
    assert standing() == []


def test_of_whose_account_is_closed_nothing_goes(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    cast.change(cast.teacher, is_active=False)
    its_moment_comes(post)
    assert standing() == []


def test_the_office_reads_by_whom_it_was_and_not_what_it_said(cast: Cast, sign_in: SignIn) -> None:
    post = plan(sign_in("teacher"), cast)
    leaves(cast, "teacher")
    its_moment_comes(post)
    with unlocked():
        notification = Notification.objects.get(verb="post.stopped", person=cast.id("principal"))
    written = write(notification.pk, cast.id("principal"))
    assert written
    letter = written[1]
    assert "gymrooster" not in letter.text
    assert letter.path == "/"


# ── the list ─────────────────────────────────────────────────────────────────
def test_the_list_asks_as_often_for_thirty_as_for_three(cast: Cast, sign_in: SignIn) -> None:
    teacher, soon = sign_in("teacher"), clock.now() + timedelta(hours=2)
    teacher.get(PLANNED)

    def asked(more: int) -> int:
        for _ in range(more):
            cast.post("group_5", by="teacher", published_at=NOT_YET, planned_at=soon)
            factories.draft(cast.id("wilgenhoek"), cast.id("teacher"))
        with CaptureQueriesContext(connection) as found:
            assert teacher.get(PLANNED).status_code == 200
        return len(found)

    assert asked(3) == asked(27)
