"""The form sent twice, again, or by two at the same moment; and verbs that meet."""

from __future__ import annotations

from collections import Counter
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.jobs import dispatch
from kring.events.models import AuditEntry, Event
from kring.feed.models import Comment, Like, Post, PostPhoto, PostRevision
from kring.media.files import stored_ids
from kring.media.models import Asset
from kring.media.tests.pictures import quarters, written
from kring.notifications.jobs import deliver
from kring.notifications.models import Delivery, Notification
from kring.schools.models import Employment
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast
from tests.database import Urls
from tests.faults.at_once import ROW, browser, gate, table
from tests.faults.invariants import violations
from tests.unlocked import unlocked

COMPOSE = "/posts/new/"
SENT = HTTPStatus.SEE_OTHER


def sheet(cast: Cast, *audience: str, **typed: Any) -> dict[str, Any]:
    usual = {"text": "Wie heeft er eierdozen?", "key": str(uuid4()), "allows_comments": "on"}
    return {"audience": audience or [f"group:{cast.id('group_5')}"]} | usual | typed


def send(key: str, address: str, form: dict[str, Any]) -> int:
    return browser(key).post(address, form).status_code


def events() -> Counter[str]:
    with unlocked():
        return Counter(Event.objects.values_list("verb", flat=True))


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Any) -> None:
    files = settings.STORAGES["default"]
    options = files["OPTIONS"] | {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"default": files | {"OPTIONS": options}}


# ── one form ─────────────────────────────────────────────────────────────────
def test_a_form_sent_twice_at_once_and_then_again_is_one_post(own_database: Urls) -> None:
    cast = Cast()
    photos = [factories.asset(cast.id("wilgenhoek"), cast.id("teacher")) for _ in range(2)]
    form = sheet(cast, assets=",".join(str(photo.pk) for photo in photos))
    with gate(own_database, table("feed_post")) as held:
        sent = [held.keep(partial(send, "teacher", COMPOSE, form)) for _ in range(3)]
    assert [one.result() for one in sent] == [SENT] * 3
    assert send("teacher", COMPOSE, form) == SENT
    assert send("teacher", COMPOSE, form | {"text": "Een ander"}) == HTTPStatus.UNPROCESSABLE_ENTITY
    with unlocked():
        assert Post.objects.get().text == form["text"]
        assert PostPhoto.objects.count() == 2
    assert events() == {"post.published": 1}


def test_a_broadcast_sent_twice_at_once_is_one_post_for_each_school(own_database: Urls) -> None:
    cast = Cast()
    job = {"starts_on": clock.today(), "role": Employment.Role.AFTERCARE}
    there = {"school_id": cast.id("vijver"), "user_id": cast.id("principal")}
    factories.made(Employment(**there | job))
    both = [f"school:{cast.id('wilgenhoek')}", f"school:{cast.id('vijver')}"]
    form = sheet(cast, *both)
    turned = form | {"audience": both[::-1]}  # no deadlock either
    with gate(own_database, table("feed_post")) as held:
        sent = [held.keep(partial(send, "principal", COMPOSE, one)) for one in (form, turned)]
    assert [one.result() for one in sent] == [SENT] * 2
    with unlocked():
        assert Counter(Post.objects.values_list("school_id", flat=True)) == {
            cast.id("wilgenhoek"): 1,
            cast.id("vijver"): 1,
        }
        assert Post.objects.values("card_id").distinct().count() == 1
    assert events() == {"post.published": 2}


def test_a_comment_sent_twice_at_once_and_then_again_is_one(own_database: Urls) -> None:
    post = Cast().post("group_5", by="teacher")
    form, address = {"text": "Wat leuk", "key": str(uuid4())}, f"/posts/{post.pk}/comments/"
    with gate(own_database, table("feed_comment")) as held:
        said = [held.keep(partial(send, "mother", address, form)) for _ in range(2)]
    assert [one.result() for one in said] == [SENT] * 2
    assert send("mother", address, form) == SENT
    assert send("co_parent", address, form) == SENT
    with unlocked():
        assert Counter(Comment.objects.values_list("author__first_name", flat=True)) == {
            "Fatima": 1,
            "Joris": 1,
        }
        assert Post.objects.get().comment_count == 2
    assert events() == {"comment.said": 2}


def test_a_like_given_twice_at_once_is_one(own_database: Urls) -> None:
    post = Cast().post("group_5", by="teacher")
    like = partial(send, "mother", f"/posts/{post.pk}/likes/", {"liked": "yes"})
    with gate(own_database, table("feed_like")) as held:
        given = [held.keep(like) for _ in range(2)]
    assert [one.result() for one in given] == [SENT] * 2
    with unlocked():
        assert (Like.objects.count(), Post.objects.get().like_count) == (1, 1)


def test_where_the_line_to_the_database_breaks_nothing_is_left_and_the_form_goes_again(
    own_database: Urls,
) -> None:
    cast = Cast()
    form, jpeg = sheet(cast), written(quarters())

    def with_a_photo() -> int:
        photo = SimpleUploadedFile("foto.jpg", jpeg, "image/jpeg")
        return send("teacher", COMPOSE, form | {"photos": photo})

    with gate(own_database, table("feed_post")) as held:
        broken = held.keep(with_a_photo)
        assert list(stored_ids())
        held.end_who_waits()
        assert broken.result() == HTTPStatus.INTERNAL_SERVER_ERROR
    with unlocked():
        assert not Post.objects.exists()
        assert not Asset.objects.exists()
        assert not violations()  # the files may stay, for a commit may stand whose answer was lost
    assert not events()
    assert with_a_photo() == SENT
    with unlocked():
        asset = PostPhoto.objects.get().asset
        assert default_storage.exists(f"photos/{asset.pk.hex[-2:]}/{asset.pk.hex}/small.webp")


# ── verbs that meet ──────────────────────────────────────────────────────────
def test_a_post_withdrawn_by_two_at_once_is_withdrawn_once(own_database: Urls) -> None:
    post = Cast().post("group_5", by="teacher")
    address = f"/posts/{post.pk}/withdrawal/"
    with gate(own_database, ROW, post.pk) as held:
        gone = [
            held.keep(partial(send, key, address, {}))
            for key in ("teacher", "teacher", "principal")
        ]
    assert [one.result() for one in gone] == [SENT] * 3
    assert events() == {"post.withdrawn": 1}
    with unlocked():
        assert Post.objects.get().withdrawn_by_id == Cast().id("teacher")
        assert not violations()


def test_two_edits_at_once_lose_no_text(own_database: Urls) -> None:
    post = Cast().post("group_5", by="teacher", text="Eerst")
    address = f"/posts/{post.pk}/edit/"
    with gate(own_database, ROW, post.pk) as held:
        changed = [
            held.keep(partial(send, key, address, {"text": text, "allows_comments": "on"}))
            for key, text in (("teacher", "Van de juf"), ("principal", "Van de directeur"))
        ]
    assert [one.result() for one in changed] == [SENT] * 2
    with unlocked():
        texts = [Post.objects.get().text, *PostRevision.objects.values_list("text", flat=True)]
        assert sorted(texts) == ["Eerst", "Van de directeur", "Van de juf"]
        assert not violations()


@pytest.mark.parametrize("who", ["teacher", "principal"])
def test_an_edit_that_comes_after_a_withdrawal_changes_nothing(
    own_database: Urls, who: str
) -> None:
    post = Cast().post("group_5", by="teacher", text="Eerst")
    form = {"text": "Daarna", "allows_comments": "on"}
    with gate(own_database, ROW, post.pk) as held:
        gone = held.keep(partial(send, "teacher", f"/posts/{post.pk}/withdrawal/", {}))
        edited = held.keep(partial(send, who, f"/posts/{post.pk}/edit/", form))
    assert gone.result() == SENT
    assert edited.result() == HTTPStatus.NOT_FOUND
    assert events() == {"post.withdrawn": 1}
    with unlocked():
        assert Post.objects.get().text == "Eerst"
        assert not PostRevision.objects.exists()
        assert not AuditEntry.objects.filter(verb="post.edited").exists()


def test_a_withdrawal_that_comes_after_an_edit_takes_all_of_it(own_database: Urls) -> None:
    post = Cast().post("group_5", by="teacher", text="Eerst")
    form = {"text": "Daarna", "allows_comments": "on"}
    with gate(own_database, ROW, post.pk) as held:
        edited = held.keep(partial(send, "principal", f"/posts/{post.pk}/edit/", form))
        gone = held.keep(partial(send, "teacher", f"/posts/{post.pk}/withdrawal/", {}))
    assert (edited.result(), gone.result()) == (SENT, SENT)
    assert browser("mother").get(f"/posts/{post.pk}/").status_code == HTTPStatus.NOT_FOUND
    with unlocked():
        assert not violations()


def test_an_undo_while_people_are_being_told_reaches_nobody_any_more(own_database: Urls) -> None:
    cast = Cast()
    post = cast.post("group_5", by="teacher", text="Vergissing")
    event = factories.event(post)
    told = {"school_id": str(post.school_id), "event_id": str(event.pk)}
    with gate(own_database, table("notifications_notification")) as held:
        telling = held.keep(partial(dispatch, **told))
        undone = browser("teacher").post(f"/posts/{post.pk}/withdrawal/", {"undo": ""})
        assert undone.headers["Location"] == f"{COMPOSE}?again={post.pk}"
    telling.result()
    with unlocked():
        chunk = Delivery.objects.values_list("chunk", flat=True).first()
        assert Notification.objects.count() > 10
    deliver(school_id=str(post.school_id), chunk=str(chunk))
    assert not mail.outbox
    with unlocked():
        states = set(Delivery.objects.values_list("state", flat=True))
    assert states == {Delivery.State.SKIPPED}
    mother = viewer_of(cast.id("mother"))
    with seen_by(mother):
        assert not Post.objects.visible_to(mother).exists()
    assert "Vergissing" in browser("teacher").get(f"{COMPOSE}?again={post.pk}").content.decode()


def test_what_was_withdrawn_before_people_are_told_tells_nobody(own_database: Urls) -> None:
    post = Cast().post("group_5", by="teacher")
    event = factories.event(post)
    assert send("teacher", f"/posts/{post.pk}/withdrawal/", {"undo": ""}) == HTTPStatus.FOUND
    dispatch(school_id=str(post.school_id), event_id=str(event.pk))
    with unlocked():
        assert not Notification.objects.exists()


def test_a_comment_that_comes_after_a_withdrawal_is_not_there(own_database: Urls) -> None:
    post = Cast().post("group_5", by="teacher")
    form = {"text": "Wat leuk", "key": str(uuid4())}
    with gate(own_database, ROW, post.pk) as held:
        gone = held.keep(partial(send, "teacher", f"/posts/{post.pk}/withdrawal/", {}))
        said = held.keep(partial(send, "mother", f"/posts/{post.pk}/comments/", form))
    assert gone.result() == SENT
    assert said.result() in {SENT, HTTPStatus.NOT_FOUND}
    for key in ("mother", "principal"):
        assert browser(key).get(f"/posts/{post.pk}/").status_code == HTTPStatus.NOT_FOUND
