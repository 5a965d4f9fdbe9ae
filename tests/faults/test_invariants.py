"""The checker itself: silent where all is well, and loud for each thing that is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.test import Client
from pytest_django import Settings

from kring.base import clock
from kring.events.jobs import dispatch
from kring.events.models import AuditEntry, Event
from kring.feed.models import Comment, Post
from kring.media.files import delete_files, store
from kring.media.tests.made import RENDERED
from kring.notifications.jobs import deliver
from kring.notifications.models import Delivery, Notification
from tests import factories
from tests.cast import Cast
from tests.faults.invariants import violations
from tests.unlocked import unlocked

HOUR = timedelta(hours=1)


def found(*, at_rest_after: timedelta = timedelta()) -> list[str]:
    with unlocked():
        return violations(at_rest_after=at_rest_after)


def sole() -> str:
    (one,) = found()
    return one


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    files = settings.STORAGES["default"]
    options = files["OPTIONS"] | {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"default": files | {"OPTIONS": options}}


@pytest.fixture
def post(cast: Cast, sign_in: Callable[[str], Client]) -> Post:
    """A post to a group with a photo, sent, told and delivered, edited, and commented on."""
    photo = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    store(photo.pk, RENDERED)
    form = {"text": "Hallo", "key": str(uuid4()), "allows_comments": "on", "assets": str(photo.pk)}
    form |= {"audience": f"group:{cast.id('group_5')}"}
    assert sign_in("teacher").post("/posts/new/", form).status_code == 303
    with unlocked():
        Post.objects.update(published_at=TransactionNow())
        made, event = Post.objects.get(), Event.objects.get()
    dispatch(school_id=str(made.school_id), event_id=str(event.pk))
    with unlocked():
        chunk = Delivery.objects.values_list("chunk", flat=True).first()
    deliver(school_id=str(made.school_id), chunk=str(chunk))
    form = {"text": "Hallo allemaal", "allows_comments": "on"}
    assert sign_in("teacher").post(f"/posts/{made.pk}/edit/", form).status_code == 303
    comment = factories.comment(made, cast.id("mother"))
    address = f"/posts/{made.pk}/comments/{comment.pk}/hiding/"
    assert sign_in("teacher").post(address).status_code == 303
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # done, by us
    return made


def test_all_is_well(post: Post) -> None:
    assert found() == []


def test_a_database_where_nothing_happened_yet_is_well(cast: Cast) -> None:
    assert found() == []


def test_a_withdrawn_post_is_well(cast: Cast, sign_in: Callable[[str], Client], post: Post) -> None:
    sign_in("principal").post(f"/posts/{post.pk}/withdrawal/")
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert found() == []


def test_somebody_who_was_not_told(cast: Cast, post: Post) -> None:
    with unlocked():
        Notification.objects.filter(person=cast.mother).delete()
    assert sole() == f"I1: {cast.id('mother')} was not told of {post.card_id}"


def test_somebody_who_was_told_and_should_not(cast: Cast, post: Post) -> None:
    told = factories.notification(post, cast.id("withheld_father"))
    factories.delivery(told)
    with unlocked():
        Delivery.objects.filter(notification=told).update(state="sent", done_at=clock.now())
    assert sole() == f"I3: {cast.id('withheld_father')} was told of {post.card_id}"


def test_whose_rights_changed_since_is_not_judged(cast: Cast, post: Post) -> None:
    with unlocked():
        cast.mother.guardianships.update(ends_at=clock.now())
    factories.guarded(cast.sam, cast.id("operator"))
    assert found() == []


def test_a_post_without_an_event(post: Post) -> None:
    factories.event(factories.post(post.audience, post.author_id, withdrawn_at=None))
    with unlocked():
        Event.objects.filter(subject_id=post.pk).delete()
        Event.objects.update(created_at=clock.now() - HOUR)
    assert f"I1: nothing was heard of the post {post.pk}" in found()


def test_an_event_without_a_post_and_one_too_many(post: Post) -> None:
    again = factories.event(post)
    assert sole() == f"I1: the post {post.pk} was published 2 times"
    with unlocked():
        Event.objects.filter(pk=again.pk).update(subject_id=(nobody := uuid4()))
    assert sole() == f"I1: there is an event of the post {nobody}, and no post"


@pytest.mark.parametrize("state", [Delivery.State.QUEUED, Delivery.State.SENDING])
def test_a_mail_that_waits_for_too_long(cast: Cast, post: Post, state: str) -> None:
    with unlocked():
        Delivery.objects.filter(person=cast.mother).update(state=state, done_at=None)
    assert "still is" in sole()
    assert found(at_rest_after=HOUR) == []


def test_a_mail_that_was_never_made_or_not_finished(cast: Cast, post: Post) -> None:
    with unlocked():
        Delivery.objects.filter(person=cast.mother).delete()
        Delivery.objects.filter(person=cast.co_parent).update(done_at=None)
    assert {one[:4] for one in found()} == {"I2: "}
    assert len(found()) == 2


def test_a_mail_to_somebody_else(cast: Cast, post: Post) -> None:
    with unlocked():
        Delivery.objects.filter(person=cast.mother).update(person=cast.withheld_father)
    assert "is for somebody else" in sole()


@pytest.mark.parametrize("status", ["failed", "doing", "todo"])
def test_a_job_that_was_lost(post: Post, status: str) -> None:
    school: UUID = post.school_id
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT kring_enqueue('mail', 'x', 0, NULL, %s, NULL)", [f'{{"school_id": "{school}"}}']
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status", [status]
        )
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '5 minutes'")
    assert sole().endswith(f"still is {status}")


@pytest.mark.parametrize("verb", ["post.edited", "comment.hidden"])
def test_a_change_without_a_trace(post: Post, verb: str) -> None:
    with unlocked():
        AuditEntry.objects.filter(verb=verb).delete()
    assert sole().startswith("I5")


def test_a_withdrawal_without_a_trace_and_a_trace_without_one(cast: Cast, post: Post) -> None:
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by=cast.id("teacher"))
    assert sole().startswith("I5")
    for _ in range(2):
        entry = factories.audit_entry(post)
        cast.change(entry, verb="post.withdrawn")
    assert sole() == f"I5: 2 notes say that {post.pk} was withdrawn"
    cast.change(post, withdrawn_at=None, withdrawn_by=None)
    with unlocked():
        Comment.objects.all().delete()
    assert sole().startswith("I5")


def test_a_photo_without_files_and_files_without_a_photo(post: Post) -> None:
    with unlocked():
        asset = post.photos.get().asset_id
    delete_files(asset)
    assert {one[:3] for one in found()} == {"I6:"}
    assert len(found()) == 2
    store(asset, RENDERED)
    store(UUID(int=1), RENDERED)  # of 1970
    assert sole().startswith("I6: the files of ")
