"""A scheduled newsletter that did not go: who counted on it is told, each time, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry, Event
from kring.feed.models import Newsletter, Post
from kring.feed.tests.test_newsletter import again, come_out, tell
from kring.notifications.kinds import Kind
from kring.notifications.letters import Letter, entitled, liners, write
from kring.notifications.models import Notification
from kring.schools.models import Employment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

VERB = "newsletter.stopped"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
type SignIn = Callable[[str], Client]


@pytest.fixture
def second(cast: Cast) -> None:
    """The principal teaches here too: she works on when she leads no more."""
    job = Employment(school_id=cast.id("wilgenhoek"), user_id=cast.id("principal"))
    job.role, job.starts_on = Employment.Role.TEACHER, clock.today() - DAY
    factories.made(job)


def scheduled(cast: Cast, who: str = "principal", posts: tuple[Post, ...] = ()) -> Newsletter:
    """One that goes in an hour: with words of its own, or with these messages alone."""
    here, by = cast.id("wilgenhoek"), cast.viewer(who)
    with seen_by(by):
        made = Newsletter.begin(here, by=by, title="Geheim feest", key=uuid4(), posts=posts)
        if not posts:
            made.write(by=by, title="De tuin", text="Wie helpt mee?")
        made.send(by=by, at=clock.now() + HOUR)
    return made


def leave_the_office(cast: Cast, who: str = "principal") -> None:
    with unlocked():
        held = Employment.objects.filter(user=cast.id(who), role__in=Employment.LEADING)
        held.update(ends_on=clock.today() - DAY)


def withdraw(cast: Cast, post: Post) -> None:
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("principal"))


def stop(of: Newsletter) -> None:
    """Its moment comes, and the worker tells that it did not go."""
    come_out(of)
    assert again(of).state == "draft"
    tell(of)


def told(cast: Cast) -> list[str]:
    with unlocked():
        rows = Notification.objects.filter(verb=VERB, kind=Kind.OWN)
        return sorted(str(cast.key(one)) for one in rows.values_list("person_id", flat=True))


def letter_to(cast: Cast, who: str) -> Letter:
    with unlocked():
        told = Notification.objects.filter(verb=VERB, person=cast.id(who)).latest("created_at")
    with override("en"):
        written = write(told.pk, cast.id(who))
    assert written
    return written[1]


def english(cast: Cast) -> None:
    for who in ("principal", "administrator"):
        cast.change(getattr(cast, who), language="en")


# ── who is told ──────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("second")
def test_the_office_and_its_sender_are_told_when_she_may_send_it_no_more(cast: Cast) -> None:
    issue = scheduled(cast)
    leave_the_office(cast)
    stop(issue)
    assert {"administrator", "principal"} <= set(told(cast))
    assert not {"teacher", "mother", "principal_elsewhere", "aftercare"} & set(told(cast))


def test_a_sender_who_left_the_school_is_not_told(cast: Cast) -> None:
    issue = scheduled(cast)
    leave_the_office(cast)
    stop(issue)
    assert "administrator" in told(cast)
    assert "principal" not in told(cast)


def test_of_one_of_which_nothing_is_left_both_hear(cast: Cast) -> None:
    post = cast.post("wilgenhoek", by="principal")
    issue = scheduled(cast, posts=(post,))
    withdraw(cast, post)
    stop(issue)
    assert {"administrator", "principal"} <= set(told(cast))
    with unlocked():
        entry = AuditEntry.objects.get(verb=VERB, subject_id=issue.pk)
    assert (entry.person_id, entry.fields) == (cast.id("principal"), ["items"])


def test_one_that_goes_tells_nobody_of_a_stop(cast: Cast) -> None:
    issue = scheduled(cast)
    come_out(issue)
    tell(issue)
    assert told(cast) == []


def test_each_stop_is_told_once_and_a_second_one_again(cast: Cast) -> None:
    post = cast.post("wilgenhoek", by="principal")
    issue = scheduled(cast, posts=(post,))
    withdraw(cast, post)
    stop(issue)
    tell(issue)
    assert told(cast).count("administrator") == 1
    cast.change(post, withdrawn_at=None, withdrawn_by_id=None)
    office = cast.viewer("administrator")
    with seen_by(office):
        again(issue).send(by=office, at=clock.now() + HOUR)
    withdraw(cast, post)
    stop(issue)
    assert told(cast).count("administrator") == 2


def test_who_sent_it_last_is_its_sender(cast: Cast) -> None:
    issue, office = scheduled(cast), cast.viewer("administrator")
    with seen_by(office):
        again(issue).hold_back(by=office)
        again(issue).send(by=office, at=clock.now() + HOUR)
    leave_the_office(cast)
    leave_the_office(cast, "administrator")
    with unlocked():
        Employment.objects.filter(user__in=(cast.principal, cast.administrator)).update(
            role=Employment.Role.TEACHER, ends_on=None
        )
    stop(issue)
    assert "administrator" in told(cast)
    assert "principal" not in told(cast)


def test_of_one_that_was_thrown_away_nobody_is_told(cast: Cast) -> None:
    issue, office = scheduled(cast), cast.viewer("administrator")
    leave_the_office(cast)
    with unlocked():
        Newsletter.objects.filter(pk=issue.pk).update(goes_at=clock.now() - HOUR)
    tell(issue)
    assert again(issue).state == "draft"
    with seen_by(office):
        again(issue).discard(by=office)
    tell(issue)
    assert told(cast) == []


# ── what they read ───────────────────────────────────────────────────────────
def test_the_office_reads_by_whom_it_was_and_why_and_nothing_of_what_stood_in_it(
    cast: Cast,
) -> None:
    english(cast)
    issue = scheduled(cast)
    leave_the_office(cast)
    stop(issue)
    letter = letter_to(cast, "administrator")
    assert f"{cast.principal.name} had scheduled" in letter.text
    assert "not allowed to send it" in letter.text
    assert "draft again" in letter.text
    assert "Geheim" not in f"{letter.subject} {letter.text}"
    assert letter.path == reverse("feed:issues", args=[issue.school_id])
    assert letter.stops == ""


def test_its_sender_reads_that_nothing_was_left_in_it(cast: Cast) -> None:
    english(cast)
    post = cast.post("wilgenhoek", by="principal")
    issue = scheduled(cast, posts=(post,))
    withdraw(cast, post)
    stop(issue)
    letter = letter_to(cast, "principal")
    assert letter.text.startswith("You had scheduled a newsletter")
    assert "nothing was left in it" in letter.text
    assert "nothing was left in it" in letter_to(cast, "administrator").text


@pytest.mark.usefixtures("second")
def test_a_sender_of_another_role_reads_why_and_is_sent_to_no_page_of_the_office(
    cast: Cast, sign_in: SignIn
) -> None:
    english(cast)
    issue = scheduled(cast)
    leave_the_office(cast)
    stop(issue)
    letter = letter_to(cast, "principal")
    assert "not allowed to send it" in letter.text
    assert "draft again" not in letter.text
    assert letter.path == reverse("feed:feed")
    assert sign_in("principal").get(letter.path).status_code == 200


def test_it_stands_in_the_list_without_a_name_or_a_title(cast: Cast, sign_in: SignIn) -> None:
    issue = scheduled(cast)
    leave_the_office(cast)
    stop(issue)
    page = sign_in("administrator").get(reverse("notifications:list")).text
    assert reverse("feed:issues", args=[issue.school_id]) in page
    assert "Geheim" not in page


def test_the_list_asks_as_often_for_thirty_as_for_three(cast: Cast) -> None:
    viewer = cast.viewer("administrator")
    told = [
        Notification(id=uuid4(), school_id=cast.id("wilgenhoek"), subject_id=uuid4(), verb=VERB)
        for _ in range(30)
    ]

    def asked(count: int) -> int:
        with seen_by(viewer), CaptureQueriesContext(connection) as queries:
            assert len(liners[VERB](told[:count], viewer)) == count
        return len(queries)

    assert asked(3) == asked(30)


# ── by push ──────────────────────────────────────────────────────────────────
def test_who_counts_on_it_by_then_is_told_by_push(cast: Cast) -> None:
    issue = scheduled(cast)
    leave_the_office(cast)
    stop(issue)
    with unlocked():
        told = Notification.objects.filter(verb=VERB, person=cast.administrator).get()
        gone = Notification(verb=VERB, event_id=uuid4(), subject_id=issue.pk)
    assert cast.id("administrator") in may_know(cast, told)
    assert cast.id("principal") not in may_know(cast, told)
    assert may_know(cast, gone) == set()
    with unlocked():
        Event.objects.filter(pk=told.event_id).update(subject_id=uuid4())
    assert may_know(cast, told) == set()


def may_know(cast: Cast, told: Notification) -> set[object]:
    with at_work(cast.id("wilgenhoek")):
        return set(entitled[VERB](told).values_list("pk", flat=True))


def test_no_stranger_sees_it(cast: Cast, viewer: Callable[[str], Viewer]) -> None:
    issue = scheduled(cast)
    leave_the_office(cast)
    stop(issue)
    for who in ("mother", "teacher", "principal_elsewhere"):
        stranger = viewer(who)
        with seen_by(stranger):
            assert not Notification.objects.visible_to(stranger).filter(verb=VERB).exists()
