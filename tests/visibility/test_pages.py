"""What pages, mails and notifications show obeys the same rules, with the second lock away too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse

from kring.audiences.recipients import recipients_of
from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import Viewer, seen_by
from kring.events.models import Event
from kring.feed.models import Post
from kring.feed.notices import tell_who_may_see_it
from kring.feed.page import FeedPage
from kring.notifications.models import Delivery, Notification
from tests import factories
from tests.cast import EVERYBODY, Cast
from tests.circles import GROUP_5, LEADERS, NEVER, NOBODY, TEACHERS
from tests.unlocked import unlocked
from tests.visibility import scene
from tests.visibility.test_rights import POSTS

type SignIn = Callable[[str], Client]
WITHDRAWN = {"withdrawn post", "withdrawn post to the school"}  # on no page, not even the writer's


def out_of_the_second_lock(_viewer: Viewer) -> AbstractContextManager[None]:
    return unlocked()


@pytest.mark.parametrize("within", [out_of_the_second_lock, seen_by])
def test_the_feed_shows_exactly_what_one_may_see(
    cast: Cast, within: Callable[[Viewer], AbstractContextManager[None]]
) -> None:
    posts = scene.posts(cast)
    for key in EVERYBODY:
        viewer = cast.viewer(key)
        with within(viewer):
            shown = {card.id for card in FeedPage(viewer, "session").cards}
        wanted = {name for name, who in POSTS.items() if key in who} - WITHDRAWN
        assert {name for name, post in posts.items() if post.pk in shown} == wanted, key


def recipients(cast: Cast, post: Post) -> set[str | None]:
    with at_work(post.school_id):
        people = recipients_of(post).values_list("pk", flat=True)
        return {key for pk in people if (key := cast.key(pk))}


def test_who_receives_is_who_may_see(cast: Cast) -> None:
    posts = scene.posts(cast)
    assert {name: recipients(cast, post) for name, post in posts.items()} == POSTS


def test_exactly_who_may_see_it_is_told_and_mailed(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    with at_work(post.school_id):
        tell_who_may_see_it(tell := factories.event(post))
        tell_who_may_see_it(tell)  # a job may run twice
        told = [
            cast.key(one.person_id) for one in Notification.objects.filter(about_id=post.card_id)
        ]
        mailed = [cast.key(one.person_id) for one in Delivery.objects.all()]
    of_the_cast = sorted(key for key in told if key)
    assert of_the_cast == sorted(GROUP_5 - {"teacher"})
    assert sorted(key for key in mailed if key) == of_the_cast


def test_nobody_is_told_of_what_was_withdrawn(cast: Cast) -> None:
    post = scene.posts(cast)["withdrawn post"]
    with at_work(post.school_id):
        tell_who_may_see_it(factories.event(post))
        assert not Notification.objects.filter(about_id=post.card_id).exists()


def test_who_was_removed_a_minute_ago_hears_nothing(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    event: Event = factories.event(post)
    with unlocked():
        tie = cast.english_mother.guardianships.get()
    cast.change(tie, ends_at=clock.now() - factories.MINUTE)
    with at_work(post.school_id):
        tell_who_may_see_it(event)
        told = Notification.objects.filter(person=cast.id("english_mother"))
        assert not told.exists()


# ── ended: gone on the next request ──────────────────────────────────────────
def test_an_ended_guardianship_is_gone_everywhere_on_the_next_request(
    cast: Cast, sign_in: SignIn
) -> None:
    post = cast.post("group_5", by="teacher", text="Zaterdag is het feest.")
    comment = factories.comment(post, cast.id("teacher"), text="Neem je kom mee.")
    told = factories.notification(post, cast.id("english_mother"))
    page = reverse("feed:post", args=[post.pk])
    mother, teacher = sign_in("english_mother"), sign_in("teacher")
    assert "Zaterdag is het feest." in mother.get("/").content.decode()
    assert comment.text in mother.get(page).content.decode()
    families = reverse("feed:families", args=[post.pk])
    assert "Okafor" in teacher.get(families).content.decode()

    with unlocked():
        tie = cast.english_mother.guardianships.get()
    cast.change(tie, ends_at=clock.now() - factories.MINUTE)

    assert "Zaterdag is het feest." not in mother.get("/").content.decode()
    assert mother.get(page).status_code == 404
    like, say = reverse("feed:likes", args=[post.pk]), reverse("feed:comments", args=[post.pk])
    assert mother.post(like).status_code == 404
    assert mother.post(say, {"text": "Nog even.", "key": post.pk}).status_code == 404
    assert "Grace Okafor" not in teacher.get(families).content.decode()
    with seen_by(cast.viewer("english_mother")):
        assert not Notification.objects.filter(pk=told.pk).exists()


def test_a_like_of_who_left_still_counts_and_opens_nothing(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    factories.like(post, cast.id("english_mother"))
    with unlocked():
        assert Post.objects.get(pk=post.pk).like_count == 1
        tie = cast.english_mother.guardianships.get()
    cast.change(tie, ends_at=clock.now() - factories.MINUTE)
    assert sign_in("english_mother").get(reverse("feed:post", args=[post.pk])).status_code == 404


def test_readings_of_who_may_not_see_it_are_not_taken(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    for key in (*NEVER, "grandmother", "teacher_next_door", "guardian_elsewhere", "mother"):
        assert sign_in(key).post(reverse("feed:readings"), {"post": [post.pk]}).status_code == 204
    with unlocked():
        readers = {cast.key(one.user_id) for one in post.readings.all()}
    assert readers == {"mother"}


def test_only_staff_learn_who_has_read(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    factories.reading(post, cast.id("mother"))
    for key in ("co_parent", "teacher_parent", "informed_father"):
        assert "Fatima" not in sign_in(key).get("/").content.decode()
    for key in TEACHERS | LEADERS - NOBODY:
        families = sign_in(key).get(reverse("feed:families", args=[post.pk]))
        assert "Fatima Amrani" in families.content.decode(), key
