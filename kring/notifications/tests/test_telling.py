"""Who is told of a post: everybody who may see it at that moment, once, and nobody else."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.jobs import dispatch
from kring.feed.models import Post
from kring.feed.notices import TooEarlyError
from kring.notifications import telling
from kring.notifications.channels import ways
from kring.notifications.jobs import deliver
from kring.notifications.models import Notification
from kring.notifications.tests.conftest import (
    Server,
    deliveries,
    send_all,
    states,
    tell,
    waiting,
)
from kring.schools.models import Guardianship
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast
from tests.faults.crowd import CROWD, TELEPHONES
from tests.unlocked import unlocked

HOUR = timedelta(hours=1)


def told(post: Post) -> set[str]:
    """The addresses of whoever has a notification of this post, or a sibling of it."""
    with unlocked():
        found = Notification.objects.filter(about_id=post.card_id)
        return {str(email) for email in found.values_list("person__email", flat=True)}


def who_may_see(post: Post) -> set[str]:
    """Ask everybody, the other way round: through row security alone."""
    with unlocked():
        people = list(User.objects.all())
    found = set()
    for person in people:
        with seen_by(viewer_of(person.pk)):
            if Post.objects.filter(pk=post.pk).exists():
                found.add(str(person.email))
    return found


@pytest.mark.parametrize(
    ("audience", "by"),
    [
        (("group_5",), "teacher"),
        (("group_5", "group_6"), "principal"),
        (("sam",), "teacher"),
        (("lina", "milan"), "duo_teacher"),
        (("wilgenhoek",), "principal"),
        (("staff of wilgenhoek",), "administrator"),
        (("bso",), "aftercare"),
        (("kompas",), "principal_elsewhere"),
    ],
)
def test_everybody_who_may_see_a_post_is_told_and_nobody_else(
    cast: Cast, audience: tuple[str, ...], by: str
) -> None:
    post = cast.post(*audience, by=by)
    tell(post)
    assert told(post) == who_may_see(post) - {getattr(cast, by).email}


def test_each_gets_exactly_one_mail(cast: Cast, server: Server) -> None:
    post = cast.post("group_5", by="teacher")
    tell(post)
    send_all()
    assert len(server.reached) == len(set(server.reached))
    reached = set(server.reached)
    for key in ("mother", "co_parent", "informed_father", "duo_teacher", "aide", "principal"):
        assert getattr(cast, key).email in reached
    for key in ("teacher", "withheld_father", "ex_guardian", "grandmother", "guardian_elsewhere"):
        assert getattr(cast, key).email not in reached
    assert all(
        envelope == (mail["To"],)
        for envelope, mail in zip(server.envelopes, server.taken, strict=True)
    )


def test_who_never_signed_in_or_has_no_address_is_told_but_gets_no_mail(cast: Cast) -> None:
    cast.change(cast.co_parent, email=None)
    cast.change(cast.informed_father, is_active=False)
    cast.change(cast.mother, joined_at=None)
    post = cast.post("group_5", by="teacher")
    tell(post)
    with unlocked():
        people = set(
            Notification.objects.filter(about_id=post.card_id).values_list("person", flat=True)
        )
    for key in ("co_parent", "informed_father", "mother"):
        assert cast.id(key) in people
        assert cast.id(key) not in deliveries(post)


def test_a_dispatch_that_runs_twice_tells_nobody_twice(cast: Cast, server: Server) -> None:
    post = cast.post("group_5", by="teacher")
    event = tell(post)
    before = deliveries(post)
    dispatch(school_id=str(post.school_id), event_id=str(event.pk))
    assert deliveries(post).keys() == before.keys()
    assert len(waiting(deliver)) == 1
    send_all()
    assert len(server.taken) == len(before)


def test_who_joined_the_group_between_two_runs_is_told_by_the_second(
    cast: Cast, server: Server
) -> None:
    post = cast.post("sam", by="teacher")
    event = tell(post)
    factories.guarded(cast.sam, cast.id("guardian_elsewhere"))
    dispatch(school_id=str(post.school_id), event_id=str(event.pk))
    send_all()
    assert server.reached.count(cast.guardian_elsewhere.email) == 1
    assert server.reached.count(cast.mother.email) == 1


def test_a_guardianship_that_ended_before_the_dispatch_is_not_told(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    with unlocked():
        ties = Guardianship.objects.filter(guardian=cast.co_parent)
        ties.update(ends_at=clock.now() - timedelta(seconds=1))
    tell(post)
    assert cast.co_parent.email not in told(post)
    assert cast.mother.email in told(post)


def test_a_post_withdrawn_before_its_dispatch_tells_nobody(cast: Cast) -> None:
    teacher = cast.id("teacher")
    post = cast.post("group_5", by="teacher", withdrawn_at=clock.now(), withdrawn_by_id=teacher)
    tell(post)
    assert told(post) == set()
    assert waiting(deliver) == []


def test_a_dispatch_before_its_moment_is_tried_again_and_not_taken_for_done(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher", ago=-HOUR)
    with pytest.raises(TooEarlyError):
        tell(post)
    assert told(post) == set()


def test_siblings_of_a_broadcast_tell_a_person_once(cast: Cast, server: Server) -> None:
    one = cast.post("wilgenhoek", by="principal")
    other = cast.post("vijver", by="aftercare", card_id=one.card_id)
    tell(one)
    tell(other)
    send_all()
    assert server.reached.count(cast.mother.email) == 1  # has children at both
    assert cast.co_parent.email in server.reached  # at the school only
    assert len(server.reached) == len(set(server.reached))


def test_large_audiences_go_in_chunks_with_a_job_each(
    cast: Cast, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "CHUNK", 10)
    post = cast.post("group_5", by="teacher")
    tell(post)
    jobs = waiting(deliver)
    assert len(jobs) == len({job["chunk"] for job in jobs}) > 2
    send_all()
    assert len(server.reached) == len(set(server.reached)) == states(post)["sent"]


def test_thousands_cost_a_job_for_each_thousand_and_way(cast: Cast) -> None:
    """Each job is a NOTIFY, which PostgreSQL cannot fold: their payloads differ."""
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(CROWD, [2_500, cast.id("wilgenhoek"), cast.id("sam")])
        cursor.execute(TELEPHONES, [2, "https://fcm.googleapis.com/", "B" * 87, "A" * 22])
        cursor.execute("SET LOCAL session_replication_role = origin")
    post = cast.post("sam", by="teacher")
    tell(post)
    assert 2_500 < len(told(post)) < 2_600
    jobs = waiting(deliver)
    assert Counter(job["channel"] for job in jobs) == dict.fromkeys(ways, 3)
    assert len(jobs) == 3 * len(ways) == 6


def test_two_jobs_of_one_chunk_never_run_at_the_same_time(cast: Cast) -> None:
    tell(cast.post("group_5", by="teacher"))
    (job,) = waiting(deliver)
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT lock FROM procrastinate_jobs WHERE task_name = %s", [deliver.name])
        assert cursor.fetchall() == [(f"deliver {job['chunk']}",)]


def test_telling_many_asks_the_database_no_more_often_than_telling_few(cast: Cast) -> None:
    counts = []
    for audience in ("sam", "group_5"):
        post = cast.post(audience, by="teacher")
        with CaptureQueriesContext(connection) as queries:
            tell(post)
        counts.append(len(queries))
    assert counts[0] == counts[1]
