"""Posts that wait for their films: they come out when all are ready, and are never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.bus import record
from kring.events.jobs import dispatch
from kring.events.models import Event
from kring.feed.models import Post, PostPhoto
from kring.feed.models.post import LONGEST_WAIT
from kring.media.models import Asset
from kring.notifications.models import Notification
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

READY = {
    "state": Asset.State.READY,
    "width": 1600,
    "height": 900,
    "placeholder": "3OcRJYB4d3h",
    "colour": "#336699",
}


def film(cast: Cast, who: str = "teacher", school: str = "wilgenhoek") -> Asset:
    """One that waits for its conversion; there are no files with it."""
    told: dict[str, Any] = {"kind": Asset.Kind.FILM, "state": Asset.State.WAITING, "seconds": 12}
    size = {"width": 0, "height": 0, "bytes": 1, "placeholder": ""}
    return factories.made(
        Asset(school_id=cast.id(school), uploaded_by_id=cast.id(who), **told | size)
    )


def send(client: Client, cast: Cast, *assets: Asset, **typed: Any) -> Post:
    """What the composer sends; gives the post."""
    form = {
        "audience": [f"group:{cast.id('group_5')}"],
        "text": "Kijk eens.",
        "key": str(uuid4()),
        "assets": ",".join(str(one.pk) for one in assets),
        "waits": "on",
    }
    assert client.post(reverse("feed:compose"), form | typed).status_code == 303
    with unlocked():
        return Post.objects.latest("created_at")


def ends(asset: Asset, **became: Any) -> None:
    """The film is ready, or not to be; all who listen hear of it."""
    with unlocked():
        Asset.objects.filter(pk=asset.pk).update(**became or READY)
        record("film.ended", asset, by=Viewer.service(asset.school_id))
    tell("film.ended", asset.pk)


def tell(verb: str, subject: UUID) -> None:
    with unlocked():
        found = list(Event.objects.filter(verb=verb, subject_id=subject))
    for event in found:
        dispatch(school_id=str(event.school_id), event_id=str(event.pk))


def left(post: Post) -> timedelta:
    """Until it comes out."""
    with unlocked():
        post.refresh_from_db()
    return post.published_at - clock.now()


def queued(event_verb: str, post: Post) -> int:
    """How often its telling stands in the queue."""
    with unlocked():
        event = Event.objects.get(verb=event_verb, subject_id=post.pk)
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE args->>'event_id' = %s", [str(event.pk)]
        )
        return int(cursor.fetchone()[0])


def test_a_post_waits_for_its_film_and_comes_out_with_it(cast: Cast, sign_in: SignIn) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset)
    assert left(post) > LONGEST_WAIT - timedelta(seconds=10)
    address = reverse("feed:post", args=[post.pk])
    assert sign_in("mother").get(address).status_code == 404
    assert queued("post.published", post) == 1
    ends(asset)
    assert left(post) <= timedelta(seconds=10)  # those of undo
    assert queued("post.published", post) == 2  # now, and at the moment that was
    with unlocked():
        photo = PostPhoto.objects.get(post=post)
    assert (photo.state, photo.width, photo.colour) == ("ready", 1600, "#336699")


def test_a_film_that_fails_holds_nothing_up(cast: Cast, sign_in: SignIn) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset)
    ends(asset, state=Asset.State.FAILED, trouble="broken")
    assert left(post) <= timedelta(seconds=10)


def test_of_two_films_the_last_lets_it_out(cast: Cast, sign_in: SignIn) -> None:
    first, second = film(cast), film(cast)
    post = send(sign_in("teacher"), cast, first, second)
    ends(first)
    assert left(post) > timedelta(minutes=20)
    ends(second)
    assert left(post) <= timedelta(seconds=10)


def test_who_does_not_want_to_wait_sends_at_once(cast: Cast, sign_in: SignIn) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset, waits="")
    assert left(post) <= timedelta(seconds=10)
    cast.change(post, published_at=clock.now() - factories.MINUTE)
    shown = sign_in("mother").get(reverse("feed:post", args=[post.pk]))
    assert shown.status_code == 200
    ends(asset)
    with unlocked():
        assert PostPhoto.objects.get(post=post).state == Asset.State.READY


def test_a_film_that_was_ready_before_the_post_is_taken_over(cast: Cast, sign_in: SignIn) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset)
    with unlocked():  # it ended while the post was being written: nobody heard of it
        Asset.objects.filter(pk=asset.pk).update(**READY)
    tell("post.waiting", post.pk)
    assert left(post) <= timedelta(seconds=10)


def test_a_post_without_films_never_waits(cast: Cast, sign_in: SignIn) -> None:
    assert left(send(sign_in("teacher"), cast)) <= timedelta(seconds=10)
    ready = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    assert left(send(sign_in("teacher"), cast, ready)) <= timedelta(seconds=10)


def test_what_was_withdrawn_does_not_come_out(cast: Cast, sign_in: SignIn) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset)
    assert sign_in("teacher").post(reverse("feed:withdrawal", args=[post.pk])).status_code == 303
    ends(asset)
    assert left(post) > timedelta(minutes=20)
    assert queued("post.published", post) == 1


def test_a_film_of_somebody_else_is_no_film(cast: Cast, sign_in: SignIn) -> None:
    asset = film(cast, who="duo_teacher")
    form = {
        "audience": [f"group:{cast.id('group_5')}"],
        "text": "Kijk eens.",
        "key": str(uuid4()),
        "assets": str(asset.pk),
    }
    assert sign_in("teacher").post(reverse("feed:compose"), form).status_code == 422


@pytest.mark.parametrize("who", ["mother", "co_parent"])
def test_families_see_nothing_of_a_film_that_failed(cast: Cast, sign_in: SignIn, who: str) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset, waits="")
    cast.change(post, published_at=clock.now() - factories.MINUTE)
    ends(asset, state=Asset.State.FAILED, trouble="broken")
    page = sign_in(who).get(reverse("feed:post", args=[post.pk])).content.decode()
    assert str(asset.pk) not in page
    assert "<photo-lightbox" not in page


def test_only_a_job_lets_a_card_come_out(cast: Cast, sign_in: SignIn) -> None:
    """The function of the owner can be called by every block: there it does nothing."""
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset)
    with unlocked():
        PostPhoto.objects.filter(post=post).update(state=Asset.State.READY)
    for who in ("mother", "teacher", "principal"):
        with seen_by(cast.viewer(who)), connection.cursor() as cursor:
            call = "SELECT * FROM kring_release_card(%s, interval '-1 day')"
            cursor.execute(call, [post.card_id])
            assert cursor.fetchall() == []
    with seen_by(Viewer.service(post.school_id)), connection.cursor() as cursor:
        cursor.execute(call, [post.card_id])
        assert [row[0] for row in cursor.fetchall()] == [post.pk]
    assert left(post) > -timedelta(seconds=5)  # and the past is out of reach


def test_the_same_form_with_another_photo_is_another_message(cast: Cast, sign_in: SignIn) -> None:
    first, second = (factories.asset(cast.id("wilgenhoek"), cast.id("teacher")) for _ in range(2))
    teacher, key = sign_in("teacher"), str(uuid4())
    send(teacher, cast, first, key=key)
    send(teacher, cast, first, key=key)  # a second try
    form = {
        "audience": [f"group:{cast.id('group_5')}"],
        "text": "Kijk eens.",
        "key": key,
        "assets": f"{first.pk},{second.pk}",
    }
    answer = teacher.post(reverse("feed:compose"), form)
    assert answer.status_code == 422
    assert str(second.pk) in answer.content.decode()
    with unlocked():
        assert Post.objects.filter(key=key).count() == 1


def test_a_sign_that_no_keyboard_types_is_a_space_in_a_description(
    cast: Cast, sign_in: SignIn
) -> None:
    asset = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    described = {f"description-{asset.pk}": "een egel\x0bin het blad \u202e" + "x" * 400}
    post = send(sign_in("teacher"), cast, asset, **described)
    with unlocked():
        told = PostPhoto.objects.get(post=post).description
    assert told.startswith("een egel in het blad xxx")
    assert len(told) == 300


# ── films that fail ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("waits", ["on", ""])
def test_a_message_of_which_only_a_failed_film_was_left_goes(
    cast: Cast, sign_in: SignIn, waits: str
) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset, text="", waits=waits)
    if not waits:
        cast.change(post, published_at=clock.now() - factories.MINUTE)
    ends(asset, state=Asset.State.FAILED, trouble="too_slow")
    address = reverse("feed:post", args=[post.pk])
    assert sign_in("mother").get(address).status_code == 404
    assert sign_in("mother").get("/").content.decode().count("<article") == 0
    with unlocked():
        post.refresh_from_db()
    assert post.withdrawn_at is not None


def test_a_film_that_failed_before_it_was_sent_is_nothing_to_say(
    cast: Cast, sign_in: SignIn
) -> None:
    asset = film(cast)
    with unlocked():
        Asset.objects.filter(pk=asset.pk).update(state=Asset.State.FAILED, trouble="broken")
    key = str(uuid4())
    audience = [f"group:{cast.id('group_5')}"]
    form = {"audience": audience, "text": "", "key": key, "assets": str(asset.pk)}
    assert sign_in("teacher").post(reverse("feed:compose"), form).status_code == 422
    with unlocked():
        assert not Post.objects.filter(key=key).exists()


def test_the_writer_hears_once_that_a_film_did_not_come_along_and_reads_why(
    cast: Cast, sign_in: SignIn
) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset)
    ends(asset, state=Asset.State.FAILED, trouble="too_slow")
    for _ in range(2):
        tell("film.failed", post.pk)
    with unlocked():
        told = Notification.objects.filter(verb="film.failed", about_id=post.card_id)
        assert [one.person_id for one in told] == [cast.id("teacher")]
    page = sign_in("teacher").get(reverse("feed:post", args=[post.pk])).content.decode()
    assert "De film" in page


def test_who_took_a_message_back_hears_nothing_more_of_its_film(
    cast: Cast, sign_in: SignIn
) -> None:
    asset = film(cast)
    post = send(sign_in("teacher"), cast, asset)
    assert sign_in("teacher").post(reverse("feed:withdrawal", args=[post.pk])).status_code == 303
    ends(asset, state=Asset.State.FAILED, trouble="too_slow")
    with unlocked():
        assert not Event.objects.filter(verb="film.failed", subject_id=post.pk).exists()
