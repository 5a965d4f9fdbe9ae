"""A right that ends between the page and the click: gone on the next request, everywhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from kring.base import clock
from kring.base.visibility import seen_by
from kring.feed.models import Comment, Like, Post, Reading
from kring.media import signing
from kring.media.files import store
from kring.media.tests.made import RENDERED
from kring.notifications import letters
from kring.notifications.jobs import deliver
from kring.notifications.models import Delivery, Notification
from kring.schools.models import Enrollment
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

ADDRESS_OF_A_PICTURE = re.compile(r'/media/[^"&\s]+')
GONE = HTTPStatus.NOT_FOUND
A_MINUTE = timedelta(minutes=1)  # a test is one transaction, whose moment is its beginning


def ended(cast: Cast) -> None:
    with unlocked():
        cast.english_mother.guardianships.update(ends_at=clock.now() - A_MINUTE)


def withheld(cast: Cast) -> None:
    with unlocked():
        cast.english_mother.guardianships.update(access="withheld")


def only_fetching(cast: Cast) -> None:
    with unlocked():
        cast.english_mother.guardianships.update(access="pick_up")


def wiped_out(cast: Cast) -> None:
    with unlocked():
        cast.english_mother.guardianships.all().delete()


WAYS = [ended, withheld, only_fetching, wiped_out]


@pytest.fixture
def post(cast: Cast, settings: Settings, tmp_path: Path) -> Post:
    """A post of her child's group, with a photo whose files are there."""
    files = settings.STORAGES["default"]
    options = files["OPTIONS"] | {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"default": files | {"OPTIONS": options}}
    made = cast.post("group_5", by="teacher", text="Morgen naar het bos")
    photo = factories.photo(made)
    store(photo.asset_id, RENDERED)
    return made


@pytest.mark.parametrize("take_away", WAYS)
def test_what_stood_on_the_page_is_gone_with_the_next_click(
    cast: Cast, sign_in: SignIn, post: Post, take_away: Callable[[Cast], None]
) -> None:
    her, address = sign_in("english_mother"), f"/posts/{post.pk}/"
    mine = factories.comment(post, cast.id("english_mother"), text="Leuk, ik help mee")
    factories.like(post, cast.id("english_mother"))
    assert "Morgen naar het bos" in her.get("/").content.decode()
    assert "Leuk, ik help mee" in her.get(address).content.decode()

    take_away(cast)

    shown = her.get("/").content.decode()
    assert "Morgen naar het bos" not in shown
    assert "groep 5" not in shown
    assert "Daniel" not in shown or take_away is only_fetching
    said = {"text": "Nog iets", "key": str(uuid4())}
    clicks: list[Any] = [
        her.get(address),
        her.post(f"{address}comments/", said),
        her.post(f"{address}comments/", said, headers={"HX-Request": "true"}),
        her.post(f"{address}comments/{mine.pk}/removal/"),
        her.post(f"{address}likes/", {"liked": "yes"}),
        her.post(f"{address}likes/", {"liked": "no"}),
        her.get(f"{address}families/"),
        her.get(f"{address}history/"),
        her.get(f"{address}edit/"),
    ]
    assert [click.status_code for click in clicks] == [GONE] * len(clicks)
    # By itself: a random token may hold the three letters.
    assert not [click for click in clicks if re.search(rb"\bbos\b", click.content)]
    assert her.post("/posts/readings/", {"post": [str(post.pk)]}).status_code == 204
    for about in (cast.id("daniel"), cast.id("group_5"), cast.id("wilgenhoek")):
        assert "Morgen naar het bos" not in her.get(f"/?about={about}").content.decode()
    with unlocked():
        assert Comment.objects.count() == 1
        assert Like.objects.count() == 1
        assert Reading.objects.filter(user=cast.english_mother).count() == 1  # of before


@pytest.mark.parametrize("take_away", WAYS)
def test_a_notification_that_waited_says_nothing_any_more(
    cast: Cast, post: Post, take_away: Callable[[Cast], None]
) -> None:
    notification = factories.notification(post, cast.id("english_mother"))
    delivery = factories.delivery(notification)
    person = cast.id("english_mother")
    assert letters.write(notification.pk, person)

    take_away(cast)

    assert letters.write(notification.pk, person) is None
    viewer = viewer_of(person)
    if take_away is not only_fetching:  # who may fetch still has to do with the school
        with seen_by(viewer):
            assert not Notification.objects.visible_to(viewer).exists()
    deliver(school_id=str(post.school_id), chunk=str(delivery.chunk))
    assert not mail.outbox
    with unlocked():
        assert Delivery.objects.get().state == Delivery.State.SKIPPED


@pytest.mark.parametrize("take_away", WAYS)
def test_the_family_is_counted_no_longer(
    cast: Cast, sign_in: SignIn, post: Post, take_away: Callable[[Cast], None]
) -> None:
    factories.reading(post, cast.id("english_mother"))
    teacher, counted = sign_in("teacher"), re.compile(r"(\d+) van (\d+) gezinnen")

    def count() -> tuple[int, int]:
        found = counted.search(teacher.get(f"/posts/{post.pk}/").content.decode())
        assert found
        return int(found[1]), int(found[2])

    assert "Okafor" in teacher.get(f"/posts/{post.pk}/families/").content.decode()
    read, families = count()

    take_away(cast)

    # The child stays, and with it a family of which nobody is known.
    assert count() in {(read - 1, families - 1), (read - 1, families)}
    assert "Okafor" not in teacher.get(f"/posts/{post.pk}/families/").content.decode().replace(
        "Daniel Okafor", ""
    )


@pytest.mark.parametrize("take_away", WAYS)
def test_an_address_of_a_picture_dies_within_five_minutes(
    cast: Cast,
    sign_in: SignIn,
    post: Post,
    take_away: Callable[[Cast], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    her = sign_in("english_mother")
    pictures = ADDRESS_OF_A_PICTURE.findall(her.get(f"/posts/{post.pk}/").content.decode())
    assert len(pictures) >= 2
    now = time.time()

    take_away(cast)

    assert not ADDRESS_OF_A_PICTURE.search(her.get("/").content.decode())
    for seconds, dead in ((0, False), (5 * 60, True), (60 * 60, True)):
        later = SimpleNamespace(time=lambda seconds=seconds: now + seconds)
        monkeypatch.setattr(signing, "time", later)
        for picture in pictures:
            found = her.get(picture)
            assert (found.status_code == GONE) == dead
            if not dead:
                found.close()
                age = re.search(r"max-age=(\d+)", found["Cache-Control"])
                assert age
                assert int(age[1]) <= 5 * 60  # no longer in the browser either


def test_who_signs_out_takes_the_addresses_along(cast: Cast, sign_in: SignIn, post: Post) -> None:
    her = sign_in("english_mother")
    pictures = ADDRESS_OF_A_PICTURE.findall(her.get(f"/posts/{post.pk}/").content.decode())
    her.cookies.clear()
    assert {her.get(picture).status_code for picture in pictures} == {GONE}
    assert {sign_in("mother").get(picture).status_code for picture in pictures} == {GONE}


def test_a_job_that_ended_yesterday_writes_and_reads_nothing(
    cast: Cast, sign_in: SignIn, post: Post
) -> None:
    her, address = sign_in("teacher"), f"/posts/{post.pk}/"
    assert her.get(f"{address}edit/").status_code == HTTPStatus.OK
    with unlocked():
        yesterday = clock.today() - timedelta(days=1)
        cast.teacher.employments.update(ends_on=yesterday)
        cast.teacher.assignments.update(ends_on=yesterday)
    form = {"text": "Toch nog", "allows_comments": "on", "key": str(uuid4())}
    clicks = [
        her.get(address),
        her.post(f"{address}edit/", form),
        her.post(f"{address}withdrawal/"),
        her.get(f"{address}families/"),
        her.post("/posts/new/", form | {"audience": f"group:{cast.id('group_5')}"}),
        her.get(f"/posts/new/?again={post.pk}"),
    ]
    assert [click.status_code for click in clicks] == [GONE] * len(clicks)
    assert "bos" not in her.get("/").content.decode()
    with unlocked():
        assert Post.objects.get().text == "Morgen naar het bos"


def test_a_child_that_left_keeps_what_it_saw_and_sees_nothing_new(
    cast: Cast, sign_in: SignIn, post: Post
) -> None:
    two_days = timedelta(days=2)
    cast.change(post, published_at=clock.now() - two_days)
    with unlocked():
        stay = Enrollment.objects.filter(student=cast.daniel)
        stay.update(ends_on=clock.today() - timedelta(days=1))
    later = cast.post("group_5", by="teacher", text="Nieuws van vandaag")
    her = sign_in("english_mother")
    shown = her.get("/").content.decode()
    assert "Morgen naar het bos" in shown
    assert "Nieuws van vandaag" not in shown
    assert her.get(f"/posts/{later.pk}/").status_code == GONE
