"""What is told of one's own thing is pushed for as long as it is so, and is one's own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from kring.base import clock
from kring.base.jobs import at_work
from kring.feed.models import Post
from kring.notifications import letters
from kring.notifications.models import Bounce, Notification, digest_of
from kring.schools.models import Employment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

DAY = timedelta(days=1)


def may_know(cast: Cast, verb: str, subject_id: UUID) -> set[UUID]:
    """Who may know of it now, as the worker asks before it pushes."""
    told = Notification(verb=verb, subject_id=subject_id, about_id=subject_id)
    with at_work(cast.id("wilgenhoek")):
        return set(letters.entitled[verb](told).values_list("pk", flat=True))


def leave(cast: Cast, key: str) -> None:
    """This person works nowhere any more."""
    with unlocked():
        Employment.objects.filter(user=cast.id(key)).update(ends_on=clock.today() - DAY)


def withdraw(cast: Cast, post: Post) -> None:
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("principal"))


def test_of_a_film_the_writer_hears_alone(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    assert may_know(cast, "film.failed", post.pk) == {cast.id("teacher")}


def test_of_a_film_nobody_hears_once_the_message_is_gone(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    withdraw(cast, post)
    assert not may_know(cast, "film.failed", post.pk)
    assert not may_know(cast, "film.failed", uuid4())


def test_a_writer_who_left_hears_of_no_film_and_of_no_plan(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    leave(cast, "teacher")
    assert not may_know(cast, "film.failed", post.pk)
    assert cast.id("teacher") not in may_know(cast, "post.stopped", post.pk)


def test_of_a_plan_that_stopped_the_writer_and_who_leads_hear(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    withdraw(cast, post)  # as a plan that stopped is
    told = may_know(cast, "post.stopped", post.pk)
    assert {cast.id("teacher"), cast.id("principal")} <= told
    assert not told & {cast.id("mother"), cast.id("aftercare"), cast.id("principal_elsewhere")}
    assert not may_know(cast, "post.stopped", uuid4())


def test_of_an_address_she_hears_whose_it_is_now(cast: Cast) -> None:
    mother = cast.mother
    bounce = factories.bounce(
        cast.id("wilgenhoek"), mother.pk, address=digest_of(str(mother.email))
    )
    assert may_know(cast, "address.failed", bounce.pk) == {mother.pk}
    with unlocked():
        Bounce.objects.filter(pk=bounce.pk).update(cleared_at=clock.now())
    assert not may_know(cast, "address.failed", bounce.pk)


def test_of_an_address_of_before_nobody_hears(cast: Cast) -> None:
    bounce = factories.bounce(cast.id("wilgenhoek"), cast.id("mother"))
    assert not may_know(cast, "address.failed", bounce.pk)
